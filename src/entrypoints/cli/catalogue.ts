/** Every command of the program. */
import type { CommandSpec, NounSpec, OptionSpec } from '#entrypoints/cli/command-spec.ts'

const limit: OptionSpec = { flags: '--limit <count>', description: 'at most this many (default 50)' }
const exitCode: OptionSpec = { flags: '--exit-code', description: 'exit with 10 when there are differences' }
const typesOption: OptionSpec = {
  flags: '--type <type>',
  description: 'only this policy type; may be given several times',
  isList: true,
}
const tenantArgument = 'name, public id or Entra id of the tenant'
const policyArgument = 'name, id or Graph id of the policy'
const backupArgument = 'id of the backup set, or "latest"'
const restoreArgument = 'id of the restore run'
const runArgument = 'id of the run; its last characters are enough'

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
    alias: 'worker',
    summary: 'Work on queued runs until stopped',
    options: [{ flags: '--slots <count>', description: 'runs worked on at once' }],
    examples: ['tenantatlas work', 'DATABASE_URL=postgres://… tenantatlas work --slots 8'],
    load: () => import('#entrypoints/cli/commands/platform/work.ts').then((module) => module.work),
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

export const nouns: readonly NounSpec[] = [
  {
    noun: 'workspace',
    summary: 'Workspaces: whose tenants are kept apart from whose',
    commands: [
      {
        usage: 'list',
        summary: 'List workspaces',
        examples: ['tenantatlas workspace list'],
        load: () => import('#entrypoints/cli/commands/workspace/list.ts').then((module) => module.workspaceList),
      },
      {
        usage: 'create <name>',
        summary: 'Create a workspace',
        options: [
          { flags: '--slug <slug>', description: 'short name for --workspace (default: made of the name)' },
          { flags: '--owner <name>', description: 'who owns it (default: Administrator)' },
        ],
        examples: ['tenantatlas workspace create "Contoso IT"'],
        load: () => import('#entrypoints/cli/commands/workspace/create.ts').then((module) => module.workspaceCreate),
      },
    ],
  },
  {
    noun: 'tenant',
    summary: 'Tenants of the workspace',
    commands: [
      {
        usage: 'list',
        summary: 'List tenants with policies, last sync, last backup and health',
        examples: ['tenantatlas tenant list', 'tenantatlas tenant list -o json'],
        load: () => import('#entrypoints/cli/commands/tenant/list.ts').then((module) => module.tenantList),
      },
      {
        usage: 'show [tenant]',
        summary: 'Show one tenant and its connection',
        arguments: { tenant: tenantArgument },
        examples: ['tenantatlas tenant show "Contoso"'],
        load: () => import('#entrypoints/cli/commands/tenant/show.ts').then((module) => module.tenantShow),
      },
      {
        usage: 'add <name>',
        summary: 'Add a tenant to the workspace',
        options: [{ flags: '--entra-id <id>', description: "Microsoft's id of the tenant (required)" }],
        examples: ['tenantatlas tenant add "Contoso" --entra-id 8c1f…'],
        load: () => import('#entrypoints/cli/commands/tenant/add.ts').then((module) => module.tenantAdd),
      },
    ],
  },
  {
    noun: 'connection',
    summary: 'How a tenant is reached',
    commands: [
      {
        usage: 'show',
        summary: 'Show endpoints and credentials of a tenant, never what is secret of them',
        examples: ['tenantatlas connection show --tenant "Contoso"'],
        load: () => import('#entrypoints/cli/commands/connection/show.ts').then((module) => module.connectionShow),
      },
      {
        usage: 'set',
        summary: 'Say how a tenant is reached: cloud, reader and writer credential',
        description:
          'Secrets are read from a file, or from standard input with "-"; never from the command line, which others can see.',
        options: [
          {
            flags: '--cloud <cloud>',
            description: 'which of Microsoft’s clouds',
            choices: ['global', 'usGovL4', 'usGovL5', 'china'],
          },
          { flags: '--authority-url <url>', description: 'own sign-in address instead of a cloud' },
          { flags: '--graph-url <url>', description: 'own Graph address instead of a cloud' },
          { flags: '--reader-client-id <id>', description: 'application (client) id that may read' },
          { flags: '--reader-secret-file <file>', description: 'file with its client secret, or -' },
          { flags: '--reader-certificate <file>', description: 'PEM file with its private key and certificate' },
          { flags: '--writer-client-id <id>', description: 'application (client) id that may write' },
          { flags: '--writer-secret-file <file>', description: 'file with its client secret, or -' },
          { flags: '--writer-certificate <file>', description: 'PEM file with its private key and certificate' },
        ],
        examples: [
          'tenantatlas connection set --tenant "Contoso" --reader-client-id 3b4e… --reader-certificate reader.pem',
          'tenantatlas connection set --tenant "Contoso" --writer-client-id 91aa… --writer-secret-file -',
        ],
        load: () => import('#entrypoints/cli/commands/connection/set.ts').then((module) => module.connectionSet),
      },
      {
        usage: 'certificate',
        summary: 'Make a certificate for an app registration; its private key never leaves the database',
        options: [
          { flags: '--client-id <id>', description: 'application (client) id it is for (required)' },
          {
            flags: '--purpose <purpose>',
            description: 'which credential it becomes (default reader)',
            choices: ['reader', 'writer'],
          },
          { flags: '--out <file>', description: 'where to write the certificate to upload (default: stdout)' },
        ],
        examples: ['tenantatlas connection certificate --tenant "Contoso" --client-id 3b4e… --out reader.cer'],
        load: () =>
          import('#entrypoints/cli/commands/connection/certificate.ts').then((module) => module.connectionCertificate),
      },
      {
        usage: 'verify',
        summary: 'Check tokens, permissions and reachability of a tenant',
        examples: ['tenantatlas connection verify --tenant "Contoso"'],
        load: () => import('#entrypoints/cli/commands/connection/verify.ts').then((module) => module.connectionVerify),
      },
    ],
  },
  {
    noun: 'inventory',
    summary: 'What was last observed of a tenant',
    commands: [
      {
        usage: 'sync',
        summary: 'Observe all policies, assignments, groups, filters and scope tags of a tenant',
        examples: [
          'tenantatlas inventory sync --tenant "Contoso"',
          'tenantatlas inventory sync --tenant "Contoso" --no-wait',
        ],
        load: () => import('#entrypoints/cli/commands/inventory/sync.ts').then((module) => module.inventorySync),
      },
    ],
  },
  {
    noun: 'policy',
    summary: 'Policies as last observed',
    commands: [
      {
        usage: 'list',
        summary: 'List policies of a tenant',
        options: [
          typesOption,
          { flags: '--search <text>', description: 'only names with this text' },
          {
            flags: '--state <state>',
            description: 'only those in this state (default present)',
            choices: ['present', 'assigned', 'unassigned', 'stale', 'unread', 'missing', 'all'],
          },
          { flags: '--sort <order>', description: 'order (default name)', choices: ['name', 'modified', 'observed'] },
          limit,
        ],
        examples: [
          'tenantatlas policy list --tenant "Contoso"',
          'tenantatlas policy list --type mobileApps --search browser',
        ],
        load: () => import('#entrypoints/cli/commands/policy/list.ts').then((module) => module.policyList),
      },
      {
        usage: 'show <policy>',
        summary: 'Show one policy and who it is assigned to',
        arguments: { policy: policyArgument },
        options: [typesOption],
        examples: ['tenantatlas policy show "Windows baseline" --tenant "Contoso"'],
        load: () => import('#entrypoints/cli/commands/policy/show.ts').then((module) => module.policyShow),
      },
      {
        usage: 'types',
        summary: 'List policy types and what can be done with each',
        examples: ['tenantatlas policy types'],
        load: () => import('#entrypoints/cli/commands/policy/types.ts').then((module) => module.policyTypesList),
      },
    ],
  },
  {
    noun: 'assignments',
    summary: 'Who policies are assigned to',
    commands: [
      {
        usage: 'show <policy>',
        summary: 'Show the assignments of a policy as last observed',
        arguments: { policy: policyArgument },
        options: [typesOption],
        examples: ['tenantatlas assignments show "Windows baseline" --tenant "Contoso"'],
        load: () => import('#entrypoints/cli/commands/assignments/show.ts').then((module) => module.assignmentsShow),
      },
      {
        usage: 'diff [policy]',
        summary: 'Compare assignments as last observed with a backup set',
        arguments: { policy: policyArgument },
        options: [
          { flags: '--backup <id>', description: 'backup set to compare with (default: the latest)' },
          { flags: '--with <policy>', description: 'compare with another policy instead' },
          exitCode,
        ],
        examples: [
          'tenantatlas assignments diff --tenant "Contoso"',
          'tenantatlas assignments diff "Windows baseline" --exit-code',
        ],
        load: () => import('#entrypoints/cli/commands/assignments/diff.ts').then((module) => module.assignmentsDiff),
      },
      {
        usage: 'fetch [policies...]',
        summary: 'Read assignments anew from the tenant: of policies, of types, or of all',
        arguments: { policies: 'names or ids of policies (default: all)' },
        options: [typesOption],
        examples: [
          'tenantatlas assignments fetch --tenant "Contoso"',
          'tenantatlas assignments fetch "Windows baseline"',
        ],
        load: () => import('#entrypoints/cli/commands/assignments/fetch.ts').then((module) => module.assignmentsFetch),
      },
      {
        usage: 'orphans',
        summary: 'List assignments to groups and filters that were deleted',
        examples: ['tenantatlas assignments orphans --tenant "Contoso"'],
        load: () =>
          import('#entrypoints/cli/commands/assignments/orphans.ts').then((module) => module.assignmentsOrphans),
      },
      {
        usage: 'explain <policy-or-group>',
        summary: 'Say in words who gets a policy, or which policies reach a group',
        arguments: { 'policy-or-group': 'name or id of a policy; with --group, of a group' },
        options: [typesOption, { flags: '--group', description: 'explain a group instead of a policy' }],
        examples: [
          'tenantatlas assignments explain "Windows baseline"',
          'tenantatlas assignments explain "Sales" --group',
        ],
        load: () =>
          import('#entrypoints/cli/commands/assignments/explain.ts').then((module) => module.assignmentsExplain),
      },
    ],
  },
  {
    noun: 'backup',
    summary: 'Backup sets: immutable copies of policies and assignments',
    commands: [
      {
        usage: 'create',
        summary: 'Back up a tenant, read live',
        options: [{ flags: '--note <text>', description: 'why' }, typesOption],
        examples: ['tenantatlas backup create --tenant "Contoso" --note "before the rollout"'],
        load: () => import('#entrypoints/cli/commands/backup/create.ts').then((module) => module.backupCreate),
      },
      {
        usage: 'list',
        summary: 'List backup sets of a tenant',
        options: [limit],
        examples: ['tenantatlas backup list --tenant "Contoso"'],
        load: () => import('#entrypoints/cli/commands/backup/list.ts').then((module) => module.backupList),
      },
      {
        usage: 'show <backup>',
        summary: 'Show one backup set and how complete it is',
        arguments: { backup: backupArgument },
        examples: ['tenantatlas backup show latest --tenant "Contoso"'],
        load: () => import('#entrypoints/cli/commands/backup/show.ts').then((module) => module.backupShow),
      },
      {
        usage: 'verify <backup>',
        summary: 'Hash every snapshot of a backup set again and report what is damaged',
        arguments: { backup: backupArgument },
        examples: ['tenantatlas backup verify latest --tenant "Contoso"'],
        load: () => import('#entrypoints/cli/commands/backup/verify.ts').then((module) => module.backupVerify),
      },
      {
        usage: 'diff <backup>',
        summary: 'Compare a backup set with what was last observed',
        arguments: { backup: backupArgument },
        options: [exitCode],
        examples: [
          'tenantatlas backup diff latest --tenant "Contoso"',
          'tenantatlas backup diff latest --exit-code -o json',
        ],
        load: () => import('#entrypoints/cli/commands/backup/diff.ts').then((module) => module.backupDiff),
      },
    ],
  },
  {
    noun: 'restore',
    summary: 'Bring assignments back: plan, review, apply, undo',
    commands: [
      {
        usage: 'plan [policies...]',
        summary: 'Plan a restore of assignments and show exactly what would change; writes nothing',
        arguments: { policies: 'names or ids of policies (default: all that differ)' },
        options: [
          { flags: '--backup <id>', description: 'backup set to restore from (default: the latest)' },
          {
            flags: '--mode <mode>',
            description: 'what to do with assignments the backup lacks (default replace)',
            choices: ['replace', 'merge', 'removeExtra'],
          },
          typesOption,
        ],
        examples: [
          'tenantatlas restore plan --tenant "Contoso"',
          'tenantatlas restore plan "Windows baseline" --mode merge',
        ],
        load: () => import('#entrypoints/cli/commands/restore/plan.ts').then((module) => module.restorePlan),
      },
      {
        usage: 'list',
        summary: 'List restore runs of a tenant',
        options: [limit],
        examples: ['tenantatlas restore list --tenant "Contoso"'],
        load: () => import('#entrypoints/cli/commands/restore/list.ts').then((module) => module.restoreList),
      },
      {
        usage: 'show <restore>',
        summary: 'Show a plan, or what became of it',
        arguments: { restore: restoreArgument },
        examples: ['tenantatlas restore show 0190…'],
        load: () => import('#entrypoints/cli/commands/restore/show.ts').then((module) => module.restoreShow),
      },
      {
        usage: 'apply <restore>',
        summary: 'Apply a reviewed plan; asks for the name of the tenant',
        arguments: { restore: restoreArgument },
        options: [
          { flags: '--confirm <tenant>', description: 'name of the tenant, instead of typing it when asked' },
          { flags: '--dry-run', description: 'show the plan and change nothing' },
        ],
        examples: [
          'tenantatlas restore apply 0190… --tenant "Contoso"',
          'tenantatlas restore apply 0190… --tenant "Contoso" --confirm "Contoso"',
        ],
        load: () => import('#entrypoints/cli/commands/restore/apply.ts').then((module) => module.restoreApply),
      },
      {
        usage: 'undo <restore>',
        summary: 'Plan the way back of an applied restore; applied like any other plan',
        arguments: { restore: restoreArgument },
        examples: ['tenantatlas restore undo 0190…'],
        load: () => import('#entrypoints/cli/commands/restore/undo.ts').then((module) => module.restoreUndo),
      },
    ],
  },
  {
    noun: 'run',
    summary: 'Operation runs: what is done, was done, and how it ended',
    commands: [
      {
        usage: 'list',
        summary: 'List runs, the newest first',
        options: [
          {
            flags: '--status <status>',
            description: 'only runs in this status',
            choices: ['queued', 'running', 'completed'],
          },
          {
            flags: '--outcome <outcome>',
            description: 'only runs that ended so',
            choices: ['succeeded', 'partially_succeeded', 'failed', 'blocked', 'cancelled'],
          },
          { flags: '--type <type>', description: 'only runs of this type, such as inventory.sync' },
          limit,
        ],
        examples: ['tenantatlas run list', 'tenantatlas run list --outcome failed -o json'],
        load: () => import('#entrypoints/cli/commands/run/list.ts').then((module) => module.runList),
      },
      {
        usage: 'show <run>',
        summary: 'Show one run: counts, failures and what to do next',
        arguments: { run: runArgument },
        options: [{ flags: '--items', description: 'with every item' }],
        examples: ['tenantatlas run show 0190…'],
        load: () => import('#entrypoints/cli/commands/run/show.ts').then((module) => module.runShow),
      },
      {
        usage: 'watch <run>',
        summary: 'Follow a run until it ends',
        arguments: { run: runArgument },
        examples: ['tenantatlas run watch 0190…'],
        load: () => import('#entrypoints/cli/commands/run/watch.ts').then((module) => module.runWatch),
      },
      {
        usage: 'cancel <run>',
        summary: 'Stop a run after the item it is working on',
        arguments: { run: runArgument },
        examples: ['tenantatlas run cancel 0190…'],
        load: () => import('#entrypoints/cli/commands/run/cancel.ts').then((module) => module.runCancel),
      },
    ],
  },
]
