import { homePeople, homeTenant, objectIdOf, signInApps, usualPeople } from '../people.ts'
import type { Person } from '../people.ts'
import type { SimTenant } from '../world.ts'
import { emptyTenant } from '../world.ts'
import { readAll, registerApp, writeAll } from './app-registration.ts'

/** Where a program on this machine is answered; which path is its own affair. */
const redirectUris = ['http://localhost/*', 'http://127.0.0.1/*']

/** The tenant of those who look after the others. It manages no devices. */
export function makeHomeTenant(): SimTenant {
  const tenant = emptyTenant(homeTenant)
  for (const person of Object.values(homePeople)) settle(tenant, person)
  const usual = { permissions: [], isMultiTenant: true, redirectUris }
  registerApp(tenant, { ...usual, name: signInApps.signIn.name })
  registerApp(tenant, { ...usual, name: signInApps.reader.name, requests: readAll })
  registerApp(tenant, { ...usual, name: signInApps.writer.name, requests: writeAll })
  return tenant
}

/** Every other tenant has these two. */
export function settleUsualPeople(tenant: SimTenant): void {
  for (const person of usualPeople) settle(tenant, person)
}

function settle(tenant: SimTenant, { name, alias, isAdmin = false, isEnabled = true }: Person): void {
  const userName = `${alias}@${tenant.domain}`
  const id = objectIdOf(tenant.id, userName)
  tenant.people.set(id, { id, name, userName, email: userName, isEnabled, isAdmin })
}
