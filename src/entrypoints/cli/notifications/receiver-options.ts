/** Where a channel sends to, as options of the command line say it. Secrets come from files only. */
import type { ChannelDocument, ChannelSettings, ReceiverSent } from '#contract/api/channels.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import type { OptionSpec } from '#entrypoints/cli/command-spec.ts'
import { portOption } from '#entrypoints/cli/options.ts'
import { readSecretFile } from '#entrypoints/cli/read-secret-file.ts'

type ChannelKind = ChannelDocument['kind']
type EmailSent = Extract<ReceiverSent, { readonly kind: 'email' }>
type EmailSettings = Extract<ChannelSettings, { readonly port: number }>

export interface ReceiverOptions {
  url?: string
  urlFile?: string
  host?: string
  port?: string
  security?: EmailSettings['security']
  username?: string
  passwordFile?: string
  from?: string
  to?: readonly string[]
}

export const receiverOptions: readonly OptionSpec[] = [
  { flags: '--url <url>', description: 'webhook: the address events are posted to' },
  { flags: '--url-file <file>', description: 'Teams: file with the address of the workflow, or -' },
  { flags: '--host <host>', description: 'e-mail: the mail server' },
  { flags: '--port <port>', description: 'e-mail: its port (default 587, or 465 with tls)' },
  {
    flags: '--security <security>',
    description: 'e-mail: how it is encrypted (default starttls)',
    choices: ['tls', 'starttls', 'none'],
  },
  { flags: '--username <name>', description: 'e-mail: user name at the mail server' },
  { flags: '--password-file <file>', description: 'e-mail: file with the password, or -' },
  { flags: '--from <address>', description: 'e-mail: the sender' },
  { flags: '--to <address>', description: 'e-mail: a recipient; may be given several times', isList: true },
]

/** What the options say; undefined when none of them was given. With `before`, what is not given stays as it is. */
export async function receiverGiven(
  cli: Cli,
  kind: ChannelKind,
  options: ReceiverOptions,
  before?: ChannelSettings,
): Promise<ReceiverSent | undefined> {
  refuseForeign(kind, options)
  if (named(options).length === 0) return undefined
  switch (kind) {
    case 'webhook':
      return { kind, url: needed(options.url, 'Name the address of the webhook with --url.') }
    case 'teams': {
      const file = needed(options.urlFile, 'Name a file with the address of the Teams workflow with --url-file.')
      return { kind, url: (await readSecretFile(cli, file)).trim() }
    }
    case 'email':
      return emailGiven(cli, options, before !== undefined && 'port' in before ? before : undefined)
  }
}

const optionsOf = {
  webhook: ['url'],
  teams: ['urlFile'],
  email: ['host', 'port', 'security', 'username', 'passwordFile', 'from', 'to'],
} as const satisfies Record<ChannelKind, readonly (keyof ReceiverOptions)[]>

function named(options: ReceiverOptions): (keyof ReceiverOptions)[] {
  return Object.values(optionsOf)
    .flat()
    .filter((name) => options[name] !== undefined)
}

function refuseForeign(kind: ChannelKind, options: ReceiverOptions): void {
  const own: readonly string[] = optionsOf[kind]
  const [foreign] = named(options).filter((name) => !own.includes(name))
  if (foreign === undefined) return
  const flags = (name: string) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  throw new Failure(
    'invalid_input',
    `A channel of the kind ${kind} has no ${flags(foreign)}; it has ${own.map(flags).join(', ')}.`,
  )
}

type MailParts = Partial<Omit<EmailSent, 'kind' | 'password'>>

async function emailGiven(cli: Cli, options: ReceiverOptions, before: EmailSettings | undefined): Promise<EmailSent> {
  const { host, from, to, ...rest } = { ...partsKept(before, options), ...partsGiven(options) }
  return {
    kind: 'email',
    host: needed(host, 'Name the mail server with --host.'),
    from: needed(from, 'Name the sender with --from.'),
    to: needed(to, 'Name a recipient with --to.'),
    ...rest,
    ...(await passwordGiven(cli, options)),
  }
}

/** Another way to encrypt has another port, unless one is named. */
function partsKept(before: EmailSettings | undefined, { security }: ReceiverOptions): MailParts {
  if (before === undefined) return {}
  const { host, port, username, from, to } = before
  return {
    host,
    from,
    to: [...to],
    ...(security === undefined && { port, security: before.security }),
    ...(username !== null && { username }),
  }
}

function partsGiven({ host, port, security, username, from, to }: ReceiverOptions): MailParts {
  const parts = { host, port: portOption(port, '--port'), security, username, from, to }
  // Safe: exactly the parts that were given are left.
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as MailParts
}

async function passwordGiven(cli: Cli, { passwordFile }: ReceiverOptions): Promise<Pick<EmailSent, 'password'>> {
  if (passwordFile === undefined) return {}
  return { password: (await readSecretFile(cli, passwordFile)).replace(/\r?\n$/, '') }
}

function needed<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new Failure('invalid_input', message)
  return value
}
