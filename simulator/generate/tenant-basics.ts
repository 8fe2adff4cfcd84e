import { collectionOf, type GraphObject, type SimTenant } from '../world.ts'
import { notificationTemplatesCollection } from './draft.ts'
import { lifetime } from './graph-dates.ts'
import type { Organisation } from './organisation.ts'
import type { Random } from './random.ts'
import { shapeOf } from './shapes.ts'

/** Adds the scope tags of an organisation that delegates by site; their ids are small numbers, as Intune's are. */
export function addScopeTags(random: Random, tenant: SimTenant, organisation: Organisation): void {
  const names = [...organisation.sites.slice(0, random.int(1, 5)).map(({ city }) => city), 'Kiosk', 'Service Desk']
  for (const [index, displayName] of names.entries()) {
    const id = String(index + 1)
    const properties = { ...shapeOf('roleScopeTag'), id, displayName, description: `Objects of ${displayName}` }
    tenant.scopeTags.set(id, { id, properties, assignments: [], sub: {} })
  }
}

/** Adds the messages that compliance policies send. */
export function addNotificationTemplates(random: Random, tenant: SimTenant): void {
  const templates = collectionOf(tenant, notificationTemplatesCollection)
  for (const displayName of ['Device not compliant', 'Reminder before retire']) {
    const id = random.guid()
    const { modified } = lifetime(random)
    const properties = {
      ...shapeOf('notificationMessageTemplate'),
      id,
      displayName,
      defaultLocale: 'en-us',
      roleScopeTagIds: ['0'],
      brandingOptions: 'includeCompanyLogo',
      lastModifiedDateTime: modified,
    }
    templates.set(id, {
      id,
      properties,
      assignments: [],
      sub: { localizedNotificationMessages: messages(id, displayName, modified) },
    })
  }
}

function messages(templateId: string, subject: string, lastModifiedDateTime: string): GraphObject[] {
  return ['en-us', 'de-de'].map((locale, index) => ({
    id: `${templateId}_${locale}`,
    locale,
    subject,
    messageTemplate: '<p>Please open Company Portal and check your device.</p>',
    isDefault: index === 0,
    lastModifiedDateTime,
  }))
}
