/** The secrets of one run of the story: random, so that whatever is found comes from this run. */
import { createPrivateKey, randomBytes } from 'node:crypto'

export interface Canary {
  /** What kind of secret it is, such as `API key`. */
  readonly name: string
  readonly value: string | Buffer
}

export class Canaries {
  readonly #all: Canary[] = []

  get all(): readonly Canary[] {
    return this.#all
  }

  /** One we make; with the characters that encodings change between two random ends. */
  make(name: string): string {
    return this.learn(name, `${randomText(18)}"/\\+&=<%ä ${randomText(18)}`)
  }

  /** One of letters and digits, for places that take nothing else. */
  makePlain(name: string): string {
    return this.learn(name, randomText(40))
  }

  /** One the product or the cloud made. */
  learn<Value extends string | Buffer>(name: string, value: Value): Value {
    if (value.length < 8) throw new TypeError(`the ${name} is too short to be looked for`)
    if (!this.#all.some((canary) => canary.name === name && canary.value.toString() === value.toString()))
      this.#all.push({ name, value })
    return value
  }

  /** Of a signed token the parts that are its own: its header is that of every other one. */
  learnToken(name: string, token: string): void {
    const [, payload = '', signature = ''] = token.split('.')
    for (const part of [payload.slice(-40), signature]) this.learn(name, part)
  }

  /** Of a private key the bytes behind a line of its PEM, which are in every form of it. */
  learnPrivateKey(name: string, pem: string): void {
    const [begin = pem] = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/.exec(pem) ?? []
    const der = createPrivateKey(begin).export({ format: 'der', type: 'pkcs8' })
    const lines = Math.floor(der.length / pemLineBytes)
    const chosen = der.length < 8 * pemLineBytes ? [der.subarray(-32)] : [Math.floor(lines / 3), lines - 2].map(lineOf)
    for (const bytes of chosen) this.learn(name, bytes)
    function lineOf(line: number): Buffer {
      return der.subarray(line * pemLineBytes, (line + 1) * pemLineBytes)
    }
  }
}

const pemLineBytes = 48

function randomText(length: number): string {
  return randomBytes(length * 2)
    .toString('base64')
    .replaceAll(/[+/=]/g, '')
    .slice(0, length)
}
