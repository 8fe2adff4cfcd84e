/**
 * `/{tenant}/v2.0/adminconsent`: an administrator grants an app what it asks for, or does not. Granted permissions are
 * the roles of the app's next token in that tenant.
 */
import type { Reply } from '../graph/reply.ts'
import { consentTo } from '../state/app-registration.ts'
import type { Cloud } from '../state/cloud.ts'
import { findTenant } from '../state/cloud.ts'
import type { ControlAct } from '../state/restore-journal.ts'
import type { SimTenant } from '../world.ts'
import type { PageEndpoint } from './authorize.ts'
import type { Audience, Target } from './authorize-request.ts'
import { findTarget } from './authorize-request.ts'
import { EntraError, errorDescription, refusals } from './entra-error.ts'
import { errorParagraph, escaped, pageReply } from './page.ts'
import { answerTo } from './redirect.ts'

/** @throws EntraError when the app may not be answered */
export function createAdminConsent(cloud: Cloud): PageEndpoint {
  return ({ tenantName, params, form }) => {
    const target = { ...findTarget(cloud, tenantName, params), responseMode: 'query' } as const
    if (!form) return consentPage(cloud, target)
    if (form.get('action') !== 'accept') return refuse(target)
    const tenant = chosenTenant(target.audience, form)
    if (!tenant) return consentPage(cloud, target, 'There is no such tenant.')
    return accept(target, tenant, params.get('scope'))
  }

  function accept(target: Target, tenant: SimTenant, scope: string | null): Reply {
    const act: ControlAct = { act: 'consent', clientId: target.app.clientId }
    consentTo(tenant, target.app)
    cloud.journal.append({ kind: 'control', tenant: tenant.id, app: target.app.clientId, detail: { ...act } })
    return answerTo(target, { admin_consent: 'True', tenant: tenant.id, ...(scope === null ? {} : { scope }) })
  }

  function refuse(target: Target): Reply {
    const error = new EntraError(400, 'access_denied', 65004, refusals.denied().message)
    return answerTo(target, {
      error: error.error,
      error_description: errorDescription(error, cloud.clock.now()),
      ...(target.audience === 'anyTenant' ? {} : { tenant: target.audience.tenant.id }),
      admin_consent: 'False',
    })
  }

  function chosenTenant(audience: Audience, form: URLSearchParams): SimTenant | undefined {
    return audience === 'anyTenant' ? findTenant(cloud, form.get('tenant') ?? '') : audience.tenant
  }
}

function consentPage(cloud: Cloud, { app, audience }: Target, error?: string): Reply {
  const rights = app.requests.map((permission) => `<li>${escaped(permission)}</li>`).join('\n')
  const asked =
    app.requests.length === 0 ? '<p>It asks for no application permissions.</p>' : `<ul class="rights">${rights}</ul>`
  const body = `${errorParagraph(error)}
<p><strong>${escaped(app.name)}</strong> (${app.clientId}) asks for these application permissions
${audience === 'anyTenant' ? 'in your tenant' : `in <strong>${escaped(audience.tenant.name)}</strong>`}:</p>
${asked}
<form method="post">${audience === 'anyTenant' ? tenantSelect(cloud) : ''}
<p class="note">Accepting grants them for the whole tenant, as ${administrators(audience)} may.</p>
<div class="actions"><button name="action" value="accept">Accept</button><button name="action" value="cancel">Cancel</button></div>
</form>`
  return pageReply(200, 'Permissions requested', body)
}

function administrators(audience: Audience): string {
  const people = audience === 'anyTenant' ? [] : [...audience.tenant.people.values()]
  const names = people.filter(({ isAdmin }) => isAdmin).map(({ name }) => escaped(name))
  return names.length === 0 ? 'an administrator' : names.join(' or ')
}

function tenantSelect(cloud: Cloud): string {
  const options = [...cloud.tenants.values()].map(({ id, name }) => `<option value="${id}">${escaped(name)}</option>`)
  return `<label for="tenant">Your tenant</label><select id="tenant" name="tenant">${options.join('')}</select>`
}
