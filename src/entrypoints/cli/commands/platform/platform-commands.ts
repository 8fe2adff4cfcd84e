import type { CommandSpec } from '#entrypoints/cli/command-spec.ts'

/** Commands that are no verb on a noun. */
export const platformCommands: readonly CommandSpec[] = [
  {
    usage: 'up',
    summary: 'Start everything on this machine: database, simulated tenants, worker, page',
    options: [
      { flags: '--port <port>', description: 'port of the page (default 4780)' },
      { flags: '--simulator-port <port>', description: 'port of the simulated cloud (default 4781)' },
      { flags: '--no-simulator', description: 'without simulated tenants' },
    ],
    examples: ['tenantatlas up', 'tenantatlas up --no-simulator'],
    load: () => import('#entrypoints/cli/commands/platform/up.ts').then((module) => module.up),
  },
  {
    usage: 'work',
    summary: 'Work on queued runs until stopped',
    options: [{ flags: '--slots <count>', description: 'runs worked on at once' }],
    examples: ['tenantatlas work', 'DATABASE_URL=postgres://… tenantatlas work --slots 8'],
    load: () => import('#entrypoints/cli/commands/platform/work.ts').then((module) => module.work),
  },
  {
    usage: 'serve',
    summary: 'Serve API, sign-in and page until stopped; no runs are worked on',
    options: [{ flags: '--port <port>', description: 'port to listen on (default 4780)' }],
    examples: ['DATABASE_URL=postgres://… tenantatlas serve'],
    load: () => import('#entrypoints/cli/commands/platform/serve.ts').then((module) => module.serve),
  },
  {
    usage: 'simulator',
    summary: 'Start only the simulated Microsoft Graph and Entra, for any Graph client',
    options: [
      { flags: '--seed <number>', description: 'the same seed makes the same tenants (default 7)' },
      { flags: '--tenants <count>', description: 'tenants to generate (default 3; 0 with --load)' },
      { flags: '--policies <count>', description: 'policies of each generated tenant (default 500)' },
      { flags: '--port <port>', description: 'port to listen on (default 4781)' },
      {
        flags: '--load <folder>',
        description: 'load an exported tenant from this folder; may be given several times',
        isList: true,
      },
      { flags: '--as <name>', description: 'name of the loaded tenant, in the order of --load', isList: true },
      { flags: '--journal <file>', description: 'where to write the journal of requests and changes' },
    ],
    examples: [
      'tenantatlas simulator --seed 7 --tenants 3 --policies 500 --port 4781',
      'tenantatlas simulator --load ./export --as "Contoso"',
    ],
    load: () => import('#entrypoints/cli/commands/platform/simulator.ts').then((module) => module.simulator),
  },
  {
    usage: 'demo',
    summary: 'Show the whole story: back up, wreck, compare, restore, undo',
    options: [
      { flags: '--json', description: 'end with one line of JSON: checks, requests, timings' },
      { flags: '--load <folder>', description: 'tell it on this exported tenant' },
    ],
    examples: ['tenantatlas demo', 'tenantatlas demo --load ./export --json'],
    load: () => import('#entrypoints/cli/demo/demo.ts').then((module) => module.demo),
  },
  {
    usage: 'seed',
    summary: 'Make the demo workspace with members, tenants and their policies; safe to repeat',
    examples: ['tenantatlas seed'],
    load: () => import('#entrypoints/cli/commands/platform/seed.ts').then((module) => module.seedDemo),
  },
  {
    usage: 'migrate',
    summary: 'Bring the database to the schema of this version',
    examples: ['DATABASE_URL=postgres://… tenantatlas migrate'],
    load: () => import('#entrypoints/cli/commands/platform/migrate.ts').then((module) => module.migrateDatabase),
  },
  {
    usage: 'doctor',
    summary: 'Show configuration, database, workers, clock and connections, and what is wrong with them',
    examples: ['tenantatlas doctor', 'tenantatlas doctor -o json'],
    load: () => import('#entrypoints/cli/commands/platform/doctor.ts').then((module) => module.doctor),
  },
  {
    usage: 'completion <shell>',
    summary: 'Print the completion script of a shell',
    arguments: { shell: 'bash, zsh or fish' },
    examples: [
      'source <(tenantatlas completion bash)',
      'tenantatlas completion fish > ~/.config/fish/completions/tenantatlas.fish',
    ],
    load: () => import('#entrypoints/cli/commands/platform/completion.ts').then((module) => module.completion),
  },
]
