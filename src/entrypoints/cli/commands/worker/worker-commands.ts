import type { NounSpec } from '#entrypoints/cli/command-spec.ts'

const workerArgument = 'id of the worker (its last characters are enough), or its host: all workers of that host'

export const workerCommands: NounSpec = {
  noun: 'worker',
  summary: 'The processes that work on runs; `work` starts one',
  commands: [
    {
      usage: 'list',
      summary: 'List worker processes with what they run',
      examples: ['tenantatlas worker list', 'tenantatlas worker list -o json'],
      load: () => import('#entrypoints/cli/commands/worker/list.ts').then((module) => module.workerList),
    },
    {
      usage: 'drain <worker>',
      summary: 'Let a worker finish what it has and take nothing more',
      description: 'The process goes on living until somebody ends it; `worker resume` lets it take runs again.',
      arguments: { worker: workerArgument },
      options: [{ flags: '--wait', description: 'until it holds nothing more, so that it can be stopped' }],
      examples: ['tenantatlas worker drain atlas-2 --wait', 'tenantatlas worker drain …4f2a9c1e'],
      load: () => import('#entrypoints/cli/commands/worker/drain.ts').then((module) => module.workerDrain),
    },
    {
      usage: 'resume <worker>',
      summary: 'Let a drained worker take runs again',
      arguments: { worker: workerArgument },
      examples: ['tenantatlas worker resume atlas-2'],
      load: () => import('#entrypoints/cli/commands/worker/resume.ts').then((module) => module.workerResume),
    },
  ],
}
