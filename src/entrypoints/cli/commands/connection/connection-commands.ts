import type { NounSpec } from '#entrypoints/cli/command-spec.ts'

export const connectionCommands: NounSpec = {
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
        { flags: '--reader-secret-expires <date>', description: 'when it ends, as Entra shows it: we warn before' },
        { flags: '--reader-certificate <file>', description: 'PEM file with its private key and certificate' },
        { flags: '--reader-federated', description: 'the platform the workers run on signs in for it; no secret' },
        { flags: '--writer-client-id <id>', description: 'application (client) id that may write' },
        { flags: '--writer-secret-file <file>', description: 'file with its client secret, or -' },
        { flags: '--writer-secret-expires <date>', description: 'when it ends, as Entra shows it: we warn before' },
        { flags: '--writer-certificate <file>', description: 'PEM file with its private key and certificate' },
        { flags: '--writer-federated', description: 'the platform the workers run on signs in for it; no secret' },
      ],
      examples: [
        'tenantatlas connection set --tenant "Contoso" --reader-client-id 3b4e… --reader-certificate reader.pem',
        'tenantatlas connection set --tenant "Contoso" --writer-client-id 91aa… --writer-secret-file - --writer-secret-expires 2027-05-28',
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
    {
      usage: 'remove',
      summary: 'Forget how a tenant is reached, and destroy its credentials; the tenant and its backups stay',
      examples: ['tenantatlas connection remove --tenant "Contoso" --yes'],
      load: () => import('#entrypoints/cli/commands/connection/remove.ts').then((module) => module.connectionRemove),
    },
  ],
}
