/**
 * Who can sign in, as data. In the home tenant, that of an MSP who looks after the others: its people and the apps they
 * sign in and connect by. In every other tenant: an administrator and somebody without rights.
 */
import { identityOf } from './state/app-registration.ts'

/** The password of everybody: nobody's account is worth anything here. */
export const demoPassword = 'Simulated-cloud-2026'

export const homeTenant = {
  id: '5f0c1b6e-9a43-4d27-8e15-c2d3a4b59601',
  name: 'Northwind MSP',
  domain: 'northwindmsp.onmicrosoft.com',
} as const

export interface Person {
  readonly name: string
  /** What stands before the domain in the user name. */
  readonly alias: string
  readonly isAdmin?: boolean
  readonly isEnabled?: boolean
}

/** By what they are good for; the roles are those a program may give them, the simulator knows none. */
const homeRoles = {
  owner: { name: 'Olivia Wagner', alias: 'olivia.wagner', isAdmin: true },
  manager: { name: 'Marco Bianchi', alias: 'marco.bianchi' },
  operator: { name: 'Ada Moreau', alias: 'ada.moreau' },
  readonly: { name: 'Ben Ortiz', alias: 'ben.ortiz' },
  /** Somebody of the tenant who was invited nowhere. */
  stranger: { name: 'Sam Okafor', alias: 'sam.okafor' },
  /** Entra turns them away. */
  disabled: { name: 'Dana Petrov', alias: 'dana.petrov', isEnabled: false },
} as const satisfies Record<string, Person>

export interface KnownPerson extends Person {
  readonly userName: string
  readonly objectId: string
  readonly tenantId: string
}

type HomeRole = keyof typeof homeRoles

/** The people of the home tenant with the ids they have in every simulator. */
export const homePeople: Readonly<Record<HomeRole, KnownPerson>> = {
  owner: known(homeRoles.owner),
  manager: known(homeRoles.manager),
  operator: known(homeRoles.operator),
  readonly: known(homeRoles.readonly),
  stranger: known(homeRoles.stranger),
  disabled: known(homeRoles.disabled),
}

/** In each other tenant. */
export const usualPeople: readonly Person[] = [
  { name: 'Priya Nair', alias: 'priya.nair', isAdmin: true },
  { name: 'Tom Fischer', alias: 'tom.fischer' },
]

/** The multi-tenant apps of the home tenant: one to sign in by, two to reach the other tenants by. */
export const signInApps = {
  signIn: app('TenantAtlas'),
  reader: app('TenantAtlas Reader'),
  writer: app('TenantAtlas Writer'),
} as const

export function objectIdOf(tenantId: string, userName: string): string {
  return identityOf(tenantId, `person ${userName}`).id
}

function known(person: Person): KnownPerson {
  const userName = `${person.alias}@${homeTenant.domain}`
  return { ...person, userName, objectId: objectIdOf(homeTenant.id, userName), tenantId: homeTenant.id }
}

function app(name: string): { readonly name: string; readonly clientId: string; readonly secret: string } {
  const { id, usualSecret } = identityOf(homeTenant.id, name)
  return { name, clientId: id, secret: usualSecret }
}
