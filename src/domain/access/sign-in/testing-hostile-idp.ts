/**
 * Test only: somebody who answers in Entra's place, rightly until a case bends one answer. Checks the code, the
 * verifier and the credential as Entra does, so that what is sent to it is tested too.
 */
import { createHash, createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export type Claims = Record<string, unknown>
export type Responder = (response: ServerResponse) => void

/** What a case bends; everything else stays as Entra does it. */
export interface Bend {
  readonly discovery?: (document: Claims, idp: HostileIdp) => Claims
  readonly answerDiscovery?: Responder
  readonly keys?: (keys: readonly Claims[], idp: HostileIdp) => readonly Claims[]
  readonly answerKeys?: Responder
  readonly header?: Claims
  readonly claims?: (claims: Claims, idp: HostileIdp) => Claims
  /** The whole ID token. */
  readonly idToken?: (token: string, idp: HostileIdp) => string | undefined
  readonly signWith?: KeyObject
  readonly tokens?: (body: Claims) => Claims
  readonly answerTokens?: Responder
}

export interface HostileIdp extends AsyncDisposable {
  readonly origin: string
  readonly publicKeyPem: string
  readonly kid: string
  bend: Bend
  /** Paths asked for, in order. */
  readonly asked: string[]
  /** The forms the token endpoint got. */
  readonly tokenRequests: URLSearchParams[]
  /** What a browser comes back with from the sign-in page at `url`. */
  signIn(url: string): URL
}

export const hostileTenant = '5d9c0e0e-2f6f-4f0e-8f53-0a1b2c3d4e5f'
export const victim = { oid: '0b3c1f7a-6f0a-4a53-9f1e-8a7b6c5d4e3f', email: 'victim@contoso.example' } as const

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const kid = 'the-published-key'

export function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** A token signed with a shared secret, as in the confusion of HS256 with RS256. */
export function withHmac(token: string, secret: string): string {
  const signed = `${encode({ typ: 'JWT', alg: 'HS256', kid })}.${token.split('.')[1] ?? ''}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

export async function givenHostileIdp(): Promise<HostileIdp> {
  const codes = new Map<string, URLSearchParams>()
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const base = `${origin}/organizations`

  const idp: HostileIdp = {
    origin,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    kid,
    bend: {},
    asked: [],
    tokenRequests: [],
    signIn(url) {
      const asked = new URL(url).searchParams
      const code = `code-${randomUUID()}`
      codes.set(code, asked)
      const back = new URL(asked.get('redirect_uri') ?? '')
      back.search = new URLSearchParams({ code, state: asked.get('state') ?? '', session_state: 'x' }).toString()
      return back
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? ''
    idp.asked.push(path)
    const form = new URLSearchParams(await text(request))
    const { bend } = idp
    if (path.endsWith('/openid-configuration'))
      return bend.answerDiscovery ? bend.answerDiscovery(response) : json(response, 200, discovery())
    if (path.endsWith('/keys'))
      return bend.answerKeys ? bend.answerKeys(response) : json(response, 200, { keys: keys() })
    if (!path.endsWith('/token')) return json(response, 404, {})
    idp.tokenRequests.push(form)
    return bend.answerTokens ? bend.answerTokens(response) : tokens(response, form)
  }

  function discovery(): Claims {
    const document = {
      issuer: `${origin}/{tenantid}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
      id_token_signing_alg_values_supported: ['RS256'],
    }
    return idp.bend.discovery?.(document, idp) ?? document
  }

  function keys(): readonly Claims[] {
    const published = [{ ...publicKey.export({ format: 'jwk' }), use: 'sig', kid }]
    return idp.bend.keys?.(published, idp) ?? published
  }

  /** As Entra: a code works once, for its verifier, redirect URI and app. */
  function tokens(response: ServerResponse, form: URLSearchParams): void {
    const asked = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    const isRight = asked?.get('code_challenge') === challenge && asked.get('redirect_uri') === form.get('redirect_uri')
    if (!asked || !isRight) return json(response, 400, oauthError('invalid_grant', 54005))
    if (form.get('client_secret') !== 'the-secret') return json(response, 401, oauthError('invalid_client', 7000215))
    const token = idToken(asked)
    const bent = idp.bend.idToken ? idp.bend.idToken(token, idp) : token
    const body = { token_type: 'Bearer', expires_in: 3600, access_token: 'an-access-token', id_token: bent }
    json(response, 200, idp.bend.tokens?.(body) ?? body)
  }

  function idToken(asked: URLSearchParams): string {
    const now = Math.floor(Date.now() / 1_000)
    const usual = {
      iss: `${origin}/${hostileTenant}/v2.0`,
      aud: asked.get('client_id'),
      sub: 'pairwise-subject',
      tid: hostileTenant,
      oid: victim.oid,
      name: 'Vic Tim',
      preferred_username: victim.email,
      email: victim.email,
      nonce: asked.get('nonce'),
      iat: now - 300,
      nbf: now - 300,
      exp: now + 3_600,
      ver: '2.0',
      ...(asked.has('max_age') && { auth_time: now }),
    }
    const claims = idp.bend.claims?.(usual, idp) ?? usual
    const signed = `${encode({ typ: 'JWT', alg: 'RS256', kid, ...idp.bend.header })}.${encode(claims)}`
    const signature = sign('sha256', Buffer.from(signed), idp.bend.signWith ?? privateKey)
    return `${signed}.${signature.toString('base64url')}`
  }

  return idp
}

function oauthError(error: string, code: number): Claims {
  return { error, error_description: `AADSTS${code}: words of the service`, error_codes: [code] }
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
