import { windowsConfigurations } from './device-configurations-windows.ts'
import { appleAndAndroidConfigurations } from './device-configurations-mobile.ts'
import type { Draft, DraftContext } from './draft.ts'

const templates = [...windowsConfigurations, ...appleAndAndroidConfigurations]
const weights = Object.fromEntries(templates.map((template) => [template.type, template.weight]))
const byType = new Map(templates.map((template) => [template.type, template]))

/** One of the classic profiles of `deviceConfigurations`. */
export function deviceConfiguration({ random, organisation }: DraftContext): Draft {
  const template = byType.get(random.weighted(weights))
  if (!template) throw new Error('Every weighted type has a template.')
  const { type, platform, subject, audience } = template
  const values = { supportsScopeTags: true, version: random.int(1, 9), ...template.values(random, organisation) }
  return {
    type,
    platform,
    subject,
    audience: audience ?? (random.chance(0.25) ? 'users' : 'devices'),
    kind: 'DC',
    values,
  }
}
