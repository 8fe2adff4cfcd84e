/**
 * Learns the secrets of a test file where they come into being, at the edge of Node: what is drawn at random for a token or a
 * key, what is hashed as a password, what is sealed, and what is sent to sign-in and Graph. So no test has to say what is
 * secret in it, and none is missed because nobody thought of it.
 */
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { Canaries } from '../canary.ts'

/** What is shorter is found by chance; recovery codes are longer by a character. */
const shortest = 10
/** Of tokens, webhook secrets and keys; ids, salts and nonces have fewer. */
const secretBytes = 32

/** The file's; each secret once, whatever it is called first. */
export class HeardSecrets {
  readonly canaries = new Canaries()
  readonly #known = new Set<string>()

  /** `forms`: the same secret as other texts. */
  learn(kind: string, value: string, forms: readonly (string | Buffer)[] = []): void {
    if (value.length < shortest || this.#known.has(value)) return
    this.#known.add(value)
    // A name of its own, so that two secrets of a kind are told apart.
    for (const form of [value, ...forms]) this.canaries.learn(`${kind} #${this.#known.size}`, form)
  }

  /** The names of all. */
  get names(): readonly string[] {
    return [...new Set(this.canaries.all.map(({ name }) => name))]
  }
}

/** From now on, in this process. */
export function listenForSecrets(): HeardSecrets {
  const heard = new HeardSecrets()
  const { randomBytes, argon2, createCipheriv } = crypto
  Object.assign(crypto, {
    randomBytes: (size: number, ...rest: []) => {
      const bytes = randomBytes(size, ...rest)
      if (Buffer.isBuffer(bytes) && size === secretBytes)
        heard.learn('random secret', bytes.toString('base64url'), [Buffer.from(bytes), bytes.toString('base64')])
      return bytes
    },
    argon2: (...given: Parameters<typeof argon2>) => {
      heard.learn('password', textOf(given[1].message))
      argon2(...given)
    },
    createCipheriv: (...given: Parameters<typeof createCipheriv>) => {
      const cipher = createCipheriv(...given)
      const update = cipher.update.bind(cipher) as (plain: Buffer) => Buffer
      return Object.assign(cipher, {
        update: (plain: Buffer) => {
          for (const secret of secretsIn(plain.toString())) heard.learn('sealed secret', secret)
          return update(plain)
        },
      })
    },
  })
  syncBuiltinESMExports()
  listenToFetch(heard)
  return heard
}

function listenToFetch(heard: HeardSecrets): void {
  const { fetch } = globalThis
  globalThis.fetch = (input, init) => {
    learnBearer(heard, new Headers(init?.headers).get('authorization') ?? '')
    learnForm(heard, init?.body)
    return fetch(input, init)
  }
}

/** Of a signed token what is its own: the signature. */
function learnBearer(heard: HeardSecrets, authorization: string): void {
  const [scheme, token = ''] = authorization.split(' ')
  if (scheme === 'Bearer') heard.learn('access token', token.split('.').at(-1) ?? token)
}

function learnForm(heard: HeardSecrets, body: RequestInit['body']): void {
  const form = typeof body === 'string' ? new URLSearchParams(body) : body
  if (!(form instanceof URLSearchParams)) return
  for (const name of ['client_secret', 'client_assertion', 'code_verifier'])
    heard.learn(name.replace('_', ' '), form.get(name) ?? '')
}

/** The texts in what is sealed: of an address what stands behind the host, and no certificate, for both are shown. */
function secretsIn(plain: string): string[] {
  let value: unknown = plain
  try {
    value = JSON.parse(plain)
  } catch {
    // A text by itself.
  }
  return leavesOf(value).flatMap((text) => {
    if (text.startsWith('-----BEGIN')) return linesOfPrivateKey(text)
    if (!URL.canParse(text)) return [text]
    const { pathname, search } = new URL(text)
    return [pathname.slice(1), search.slice(1)]
  })
}

/** The second half: how it begins says only which algorithm it is for. */
function linesOfPrivateKey(pem: string): string[] {
  const [, body = ''] = /-----BEGIN [A-Z ]*PRIVATE KEY-----\n([^-]*)/.exec(pem) ?? []
  const lines = body.split('\n')
  return lines.slice(lines.length / 2)
}

function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : []
}

function textOf(message: crypto.Argon2Parameters['message']): string {
  return typeof message === 'string' ? message : Buffer.from(message as Uint8Array).toString()
}
