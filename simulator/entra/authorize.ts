/** `/{tenant}/oauth2/v2.0/authorize`: the page where people sign in. What was asked for stays in its address. */
import type { Reply } from '../graph/reply.ts'
import { demoPassword } from '../people.ts'
import type { Cloud } from '../state/cloud.ts'
import type { SimPerson, SimTenant } from '../world.ts'
import type { AuthorizationCodes } from './authorization-codes.ts'
import type { Audience, AuthorizeRequest, Target } from './authorize-request.ts'
import { findTarget, readRequest } from './authorize-request.ts'
import { EntraError, errorDescription, refusals } from './entra-error.ts'
import { errorParagraph, escaped, pageReply } from './page.ts'
import { answerTo } from './redirect.ts'

export interface PageRequest {
  readonly tenantName: string
  /** The query of the address. */
  readonly params: URLSearchParams
  /** What the page's own form sent; undefined when it is only looked at. */
  readonly form: URLSearchParams | undefined
}

export type PageEndpoint = (request: PageRequest) => Reply

interface Member {
  readonly tenant: SimTenant
  readonly person: SimPerson
}

/** More would be no page for people: others type their user name. */
const shownPeople = 40

/** @throws EntraError when the app may not be answered */
export function createAuthorize(cloud: Cloud, codes: AuthorizationCodes): PageEndpoint {
  return ({ tenantName, params, form }) => {
    const target = findTarget(cloud, tenantName, params)
    try {
      const asked = readRequest(params)
      if (!form) return signInPage(cloud, target, asked)
      if (form.get('action') === 'deny') throw refusals.denied()
      return signIn(target, asked, form)
    } catch (error) {
      if (!(error instanceof EntraError)) throw error
      return answerTo(target, { error: error.error, error_description: errorDescription(error, cloud.clock.now()) })
    }
  }

  /** A person who mistypes stays on the page. */
  function signIn(target: Target, asked: AuthorizeRequest, form: URLSearchParams): Reply {
    try {
      const member = memberOf(cloud, target.audience, form)
      return answerTo(target, {
        code: codes.issue(signedInFor(target, asked, member)),
        session_state: member.person.id,
      })
    } catch (error) {
      if (!(error instanceof EntraError)) throw error
      return signInPage(cloud, target, asked, errorDescription(error, cloud.clock.now()))
    }
  }

  function signedInFor({ app, redirectUri }: Target, asked: AuthorizeRequest, { tenant, person }: Member) {
    const { codeChallenge, nonce, scopes, asksWhen } = asked
    const authTime = asksWhen ? Math.floor(cloud.clock.now() / 1000) : undefined
    return { tenant, person, clientId: app.clientId, redirectUri, codeChallenge, nonce, scopes, authTime }
  }
}

function memberOf(cloud: Cloud, audience: Audience, form: URLSearchParams): Member {
  const chosen = form.get('person')
  const userName = (form.get('username') ?? '').trim().toLowerCase()
  const isWanted = ({ person }: Member) =>
    chosen === null ? person.userName.toLowerCase() === userName : person.id === chosen
  const member = members(cloud, audience).find(isWanted)
  if (!member) throw refusals.unknownPerson(chosen ?? userName)
  if (chosen === null && form.get('password') !== demoPassword) throw refusals.badPassword()
  if (!member.person.isEnabled) throw refusals.disabledPerson()
  return member
}

function members(cloud: Cloud, audience: Audience): IteratorObject<Member> {
  const tenants = audience === 'anyTenant' ? cloud.tenants.values() : [audience.tenant].values()
  return tenants.flatMap((tenant) => tenant.people.values().map((person) => ({ tenant, person })))
}

function signInPage(cloud: Cloud, { app, audience }: Target, { loginHint }: AuthorizeRequest, error?: string): Reply {
  const all = members(cloud, audience).toArray()
  // Those of the app's own tenant first: it is theirs.
  const sorted = all.toSorted((a, b) => Number(isAtHome(b)) - Number(isAtHome(a)))
  function isAtHome({ tenant }: Member): boolean {
    return tenant.id === app.homeTenantId
  }
  const more = all.length > shownPeople ? `<p class="note">And ${all.length - shownPeople} more.</p>` : ''
  const body = `${errorParagraph(error)}
<p>to <strong>${escaped(app.name)}</strong></p>
<form method="post">
<ul>${sorted.slice(0, shownPeople).map(personButton).join('\n')}</ul>${more}
</form>
<h2>Or with a password</h2>
<form method="post">
<label for="username">User name</label>
<input id="username" name="username" autocomplete="username" required value="${escaped(loginHint)}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<p class="note">Everybody's password is <code>${escaped(demoPassword)}</code>.</p>
<div class="actions"><button>Sign in</button></div>
</form>
<form method="post"><div class="actions"><button name="action" value="deny">Cancel</button></div></form>`
  return pageReply(200, 'Sign in', body)
}

function personButton({ tenant, person }: Member): string {
  const state = person.isEnabled ? '' : ' – account disabled'
  return `<li><button class="person" name="person" value="${person.id}">Sign in as ${escaped(person.name)}
<small>${escaped(person.userName)}, ${escaped(tenant.name)}${state}</small></button></li>`
}
