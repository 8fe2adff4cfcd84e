/** Test only: a browser at the sign-in page, without a browser. */
import { createHash } from 'node:crypto'
import { homePeople, signInApps } from './people.ts'

export const redirectUri = 'http://127.0.0.1:4999/sign-in/callback'
export const codeVerifier = 'a-code-verifier-of-at-least-forty-three-characters'

/** The address of the sign-in page; what is given is added, replaces, or with undefined leaves out. */
export function authorizeUrl(
  url: string,
  given: Readonly<Record<string, string | undefined>> = {},
  tenant = 'organizations',
): string {
  const usual = {
    client_id: signInApps.signIn.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid profile',
    state: 'the state',
    nonce: 'the nonce',
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
  }
  const params = Object.entries({ ...usual, ...given }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  )
  return `${url}/${tenant}/oauth2/v2.0/authorize?${new URLSearchParams(params).toString()}`
}

/** Presses a button of a page, or fills in its form; the answer is not followed. */
export function submit(page: string, form: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(page, { method: 'POST', redirect: 'manual', body: new URLSearchParams(form) })
}

/** Where the page sends the browser once this person signed in: back to the app. */
export async function signInAs(page: string, objectId: string = homePeople.owner.objectId): Promise<URL> {
  return locationOf(await submit(page, { person: objectId }))
}

export function locationOf(response: Response): URL {
  const location = response.headers.get('location')
  if (location === null) throw new Error(`The page answered ${response.status} and sends nobody anywhere.`)
  return new URL(location)
}
