/** Checks a signed client assertion: certificate, signature, audience, issuer, times, single use. */
import { constants, createHash, verify, X509Certificate } from 'node:crypto'
import type { SimApp } from '../world.ts'
import { refusals } from './entra-error.ts'

export interface AssertionExpectation {
  readonly app: SimApp
  /** Audiences that mean this tenant. */
  readonly audiences: readonly string[]
  readonly now: number
  /** Ids of assertions seen before. */
  readonly usedIds: Set<string>
}

interface Assertion {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  readonly signed: Buffer
  readonly signature: Buffer
}

const clockSkewSeconds = 300

/** @throws EntraError unless the app signed it, for this tenant, just now, and for the first time; or its platform did */
export function checkClientAssertion(text: string, expected: AssertionExpectation): void {
  const assertion = parse(text)
  if (isFederated(assertion, expected.app)) return checkFederated(assertion, expected)
  checkSignature(assertion, expected.app)
  checkClaims(assertion, expected)
  checkTimes(assertion, expected.now / 1000)
  const id = assertion.claims['jti']
  if (typeof id !== 'string') throw refusals.assertionClaims("has no 'jti'.")
  if (expected.usedIds.has(id)) throw refusals.replayed()
  expected.usedIds.add(id)
}

/** A token of a platform has another issuer than the app, and may be used again until it ends. */
function isFederated({ claims }: Assertion, { clientId, federated }: SimApp): boolean {
  return federated !== undefined && claims['iss'] !== clientId
}

function checkFederated({ header, claims, signed, signature }: Assertion, { app, now }: AssertionExpectation): void {
  const { issuer, subject, publicKeyPem = '' } = app.federated ?? {}
  if (claims['iss'] !== issuer || claims['sub'] !== subject || claims['aud'] !== 'api://AzureADTokenExchange')
    throw refusals.noFederation(String(claims['iss']), String(claims['sub']))
  if (header['alg'] !== 'RS256' || !verify('sha256', signed, publicKeyPem, signature))
    throw refusals.badAssertion('The signature does not fit.')
  checkTimes({ claims }, now / 1000)
}

function parse(text: string): Assertion {
  const [header = '', claims = '', signature = ''] = text.split('.')
  try {
    return {
      header: JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>,
      claims: JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>,
      signed: Buffer.from(`${header}.${claims}`),
      signature: Buffer.from(signature, 'base64url'),
    }
  } catch {
    throw refusals.assertionClaims('is not a JSON web token.')
  }
}

function checkSignature({ header, signed, signature }: Assertion, app: SimApp): void {
  const certificate = app.certificates.map((pem) => new X509Certificate(pem)).find((one) => isNamed(one, header))
  if (!certificate) throw refusals.badAssertion(`No certificate of app '${app.clientId}' has this thumbprint.`)
  const key = certificate.publicKey
  const isSigned =
    header['alg'] === 'PS256'
      ? verify('sha256', signed, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, signature)
      : header['alg'] === 'RS256' && verify('sha256', signed, key, signature)
  if (!isSigned) throw refusals.badAssertion('The signature does not fit.')
}

/** By `x5t#S256`, by the older `x5t`, or by the certificate itself in `x5c`. */
function isNamed(certificate: X509Certificate, header: Assertion['header']): boolean {
  const thumbprint = (algorithm: string) => createHash(algorithm).update(certificate.raw).digest('base64url')
  if (header['x5t#S256'] !== undefined) return header['x5t#S256'] === thumbprint('sha256')
  if (header['x5t'] !== undefined) return header['x5t'] === thumbprint('sha1')
  const chain = header['x5c']
  return Array.isArray(chain) && chain[0] === certificate.raw.toString('base64')
}

function checkClaims({ claims }: Assertion, { app, audiences }: AssertionExpectation): void {
  if (claims['iss'] !== app.clientId) throw refusals.assertionClaims(`issuer must be '${app.clientId}'.`)
  if (claims['sub'] !== app.clientId) throw refusals.assertionClaims(`subject must be '${app.clientId}'.`)
  if (typeof claims['aud'] === 'string' && audiences.includes(comparable(claims['aud']))) return
  throw refusals.assertionClaims(`audience claim does not match the token endpoint of the tenant.`)
}

/** An audience without scheme, for a simulator may be reached by more than one. */
export function comparable(audience: string): string {
  return audience
    .replace(/^https?:\/\//, '')
    .replace(/\/$/, '')
    .toLowerCase()
}

function checkTimes({ claims }: Pick<Assertion, 'claims'>, nowSeconds: number): void {
  const { exp, nbf } = claims
  if (typeof exp !== 'number') throw refusals.assertionClaims("has no 'exp'.")
  if (exp + clockSkewSeconds < nowSeconds) throw refusals.assertionTimes('It has expired.')
  if (typeof nbf === 'number' && nbf - clockSkewSeconds > nowSeconds)
    throw refusals.assertionTimes('It is not valid yet.')
}
