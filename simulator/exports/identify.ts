import { readFileSync } from 'node:fs'
import { typeOf } from '../catalogue/catalogue.ts'
import type { GraphObject } from '../world.ts'
import type { CollectionTypes } from './make-types.ts'

/**
 * Says what an exported object is: of which type, in which collection. Its own `@odata.type` decides; then the
 * address it was read from; then what it looks like; then the folder it lies in.
 */

export type Identity =
  | { readonly kind: 'object'; readonly collection: string; readonly type: string }
  | { readonly kind: 'group' }
  | { readonly kind: 'unknown'; readonly reason: string }

const typesUrl = new URL('types.json', import.meta.url)
export const collectionTypes = JSON.parse(readFileSync(typesUrl, 'utf8')) as Readonly<Record<string, CollectionTypes>>

const collectionByType = new Map(
  Object.entries(collectionTypes).flatMap(([path, { types }]) => types.map((type) => [type, path] as const)),
)

export function identify(object: GraphObject, file: string): Identity {
  const type = typeNameOf(object)
  if (type === 'group' || (type === undefined && isGroup(object, file))) return { kind: 'group' }
  const known = type === undefined ? undefined : collectionByType.get(type)
  const collection =
    known ?? collectionFromContext(object) ?? collectionFromShape(object, file) ?? collectionFromFolder(file)
  if (collection === undefined) return { kind: 'unknown', reason: reasonFor(type) }
  if (type !== undefined) return { kind: 'object', collection, type }
  return untyped(collection)
}

function reasonFor(type: string | undefined): string {
  return type === undefined
    ? 'neither its @odata.type, its @odata.context, its properties nor its folder says what it is'
    : `${type} is in none of the collections the simulator serves`
}

/** Where Graph itself sends no type, the objects of a collection need none. */
function untyped(collection: string): Identity {
  const { entity = '', types = [] } = collectionTypes[collection] ?? {}
  if (!typeOf(collection)?.sendsType) return { kind: 'object', collection, type: entity }
  return { kind: 'unknown', reason: `an object of ${collection} needs an @odata.type, there are ${types.length} kinds` }
}

function typeNameOf(object: GraphObject): string | undefined {
  const type = object['@odata.type']
  return typeof type === 'string' ? type.replace(/^#?microsoft\.graph\./, '') : undefined
}

function isGroup(object: GraphObject, file: string): boolean {
  const isInGroups = /(^|\/)Groups\/[^/]+$/i.test(file)
  return isInGroups && ('groupTypes' in object || 'securityEnabled' in object || 'membershipRule' in object)
}

/** `…/$metadata#deviceManagement/configurationPolicies(assignments())/$entity` → the collection. */
function collectionFromContext(object: GraphObject): string | undefined {
  const context = object['@odata.context']
  const path = typeof context === 'string' ? /#([\w/]+)/.exec(context)?.[1] : undefined
  return path === undefined ? undefined : knownCollection(`/${path.replace(/\/$/, '')}`)
}

function knownCollection(path: string): string | undefined {
  return Object.keys(collectionTypes).find((collection) => collection.toLowerCase() === path.toLowerCase())
}

interface Shape {
  readonly collection: string
  readonly has: readonly string[]
  readonly folder?: RegExp
}

/** Properties that tell a type; the first match counts. */
const shapes: readonly Shape[] = [
  { collection: '/deviceManagement/deviceCustomAttributeShellScripts', has: ['customAttributeName', 'scriptContent'] },
  { collection: '/deviceManagement/deviceShellScripts', has: ['executionFrequency', 'runAsAccount'] },
  { collection: '/deviceManagement/deviceHealthScripts', has: ['detectionScriptContent', 'remediationScriptContent'] },
  { collection: '/deviceManagement/deviceComplianceScripts', has: ['detectionScriptContent'] },
  { collection: '/deviceManagement/deviceManagementScripts', has: ['runAs32Bit', 'enforceSignatureCheck', 'fileName'] },
  {
    collection: '/deviceManagement/compliancePolicies',
    has: ['platforms', 'technologies', 'settings'],
    folder: /compliance/i,
  },
  { collection: '/deviceManagement/configurationPolicies', has: ['platforms', 'technologies', 'settings'] },
  { collection: '/deviceManagement/configurationPolicies', has: ['platforms', 'technologies', 'templateReference'] },
  { collection: '/deviceManagement/groupPolicyConfigurations', has: ['policyConfigurationIngestionType'] },
  { collection: '/deviceManagement/assignmentFilters', has: ['rule', 'platform', 'displayName'] },
  { collection: '/deviceManagement/intents', has: ['templateId', 'isMigratingToConfigurationPolicy'] },
  { collection: '/deviceManagement/termsAndConditions', has: ['acceptanceStatement', 'bodyText'] },
  { collection: '/deviceManagement/intuneBrandingProfiles', has: ['profileName', 'isDefaultProfile'] },
  { collection: '/deviceManagement/windowsFeatureUpdateProfiles', has: ['featureUpdateVersion'] },
  { collection: '/deviceManagement/windowsQualityUpdateProfiles', has: ['expeditedUpdateSettings'] },
  { collection: '/deviceManagement/windowsQualityUpdatePolicies', has: ['hotpatchEnabled'] },
  { collection: '/deviceManagement/windowsDriverUpdateProfiles', has: ['approvalType', 'displayName'] },
  { collection: '/deviceManagement/virtualEndpoint/provisioningPolicies', has: ['imageId', 'provisioningType'] },
  { collection: '/deviceManagement/notificationMessageTemplates', has: ['brandingOptions', 'defaultLocale'] },
]

function collectionFromShape(object: GraphObject, file: string): string | undefined {
  const matches = ({ has, folder }: Shape) =>
    has.every((property) => property in object) && (folder?.test(file) ?? true)
  return shapes.find(matches)?.collection
}

/** What the export tools call their folders, without spaces and in lower case. */
const folders: Readonly<Record<string, string>> = {
  settingscatalog: '/deviceManagement/configurationPolicies',
  deviceconfigurations: '/deviceManagement/deviceConfigurations',
  deviceconfiguration: '/deviceManagement/deviceConfigurations',
  updatepolicies: '/deviceManagement/deviceConfigurations',
  compliancepolicies: '/deviceManagement/deviceCompliancePolicies',
  devicecompliancepolicies: '/deviceManagement/deviceCompliancePolicies',
  compliancepoliciesv2: '/deviceManagement/compliancePolicies',
  compliancescripts: '/deviceManagement/deviceComplianceScripts',
  endpointsecurity: '/deviceManagement/intents',
  managementintents: '/deviceManagement/intents',
  devicemanagementintents: '/deviceManagement/intents',
  administrativetemplates: '/deviceManagement/groupPolicyConfigurations',
  grouppolicyconfigurations: '/deviceManagement/groupPolicyConfigurations',
  powershellscripts: '/deviceManagement/deviceManagementScripts',
  powershell: '/deviceManagement/deviceManagementScripts',
  devicemanagementscripts: '/deviceManagement/deviceManagementScripts',
  macscripts: '/deviceManagement/deviceShellScripts',
  shell: '/deviceManagement/deviceShellScripts',
  maccustomattributes: '/deviceManagement/deviceCustomAttributeShellScripts',
  customattributes: '/deviceManagement/deviceCustomAttributeShellScripts',
  proactiveremediations: '/deviceManagement/deviceHealthScripts',
  devicehealthscripts: '/deviceManagement/deviceHealthScripts',
  healthscripts: '/deviceManagement/deviceHealthScripts',
  applications: '/deviceAppManagement/mobileApps',
  clientapps: '/deviceAppManagement/mobileApps',
  appconfigurationmanageddevice: '/deviceAppManagement/mobileAppConfigurations',
  appconfigurationmanagedapp: '/deviceAppManagement/targetedManagedAppConfigurations',
  autopilot: '/deviceManagement/windowsAutopilotDeploymentProfiles',
  autopilotdeploymentprofiles: '/deviceManagement/windowsAutopilotDeploymentProfiles',
  enrollmentstatuspage: '/deviceManagement/deviceEnrollmentConfigurations',
  enrollmentrestrictions: '/deviceManagement/deviceEnrollmentConfigurations',
  enrollmentconfigurations: '/deviceManagement/deviceEnrollmentConfigurations',
  comanagementsettings: '/deviceManagement/deviceEnrollmentConfigurations',
  featureupdates: '/deviceManagement/windowsFeatureUpdateProfiles',
  qualityupdates: '/deviceManagement/windowsQualityUpdateProfiles',
  driverupdates: '/deviceManagement/windowsDriverUpdateProfiles',
  driverupdateprofiles: '/deviceManagement/windowsDriverUpdateProfiles',
  termsandconditions: '/deviceManagement/termsAndConditions',
  policysets: '/deviceAppManagement/policySets',
  assignmentfilters: '/deviceManagement/assignmentFilters',
  filters: '/deviceManagement/assignmentFilters',
  scopetags: '/deviceManagement/roleScopeTags',
  notifications: '/deviceManagement/notificationMessageTemplates',
  messagetemplates: '/deviceManagement/notificationMessageTemplates',
  intunebranding: '/deviceManagement/intuneBrandingProfiles',
}

/** A folder may also be called as the collection is in Graph. */
const folderCollections = new Map([
  ...Object.keys(collectionTypes).map((collection) => [wordOf(collection.replace(/^.*\//, '')), collection] as const),
  ...Object.entries(folders),
])

function wordOf(name: string): string {
  return name.replaceAll(/[^a-z0-9]/gi, '').toLowerCase()
}

/** By the innermost folder with a known name. */
function collectionFromFolder(file: string): string | undefined {
  const names = file.split('/').slice(0, -1).map(wordOf)
  const known = names.findLast((name) => folderCollections.has(name))
  return known === undefined ? undefined : folderCollections.get(known)
}
