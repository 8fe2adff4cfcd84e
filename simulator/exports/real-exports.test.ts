import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { typeOf } from '../catalogue/catalogue.ts'
import { createMetadataCheck, readMetadata } from '../generate/testing-metadata.ts'
import { hasSharedGraph } from '../testing-shared-graph.ts'
import type { SimObject } from '../world.ts'
import { loadExport } from './load-export.ts'
import { makeTypes } from './make-types.ts'

const exportsFolder = fileURLToPath(new URL('../../../shared/exports/', import.meta.url))
const hasExports = existsSync(exportsFolder)

/** One file of the index: written by whoever collected the exports, knowing nothing of this loader. */
interface Indexed {
  readonly file: string
  readonly type: string
  readonly collection?: string
  readonly name: string
  readonly assignments: number
  readonly targets?: Readonly<Record<string, number>>
}

const index = hasExports ? (JSON.parse(readFileSync(join(exportsFolder, 'INDEX.json'), 'utf8')) as Indexed[]) : []
const folders = [...new Set(index.map(({ file }) => file.split('/')[0] ?? ''))]

/** No collection: the service that holds role definitions is not simulated. */
const withoutCollection = ['deviceAndAppManagementRoleDefinition']

/** Where the index names the collection less exactly than Graph does. */
function collectionOfIndexed({ file, type, collection = '' }: Indexed): string {
  if (type === 'macOSMicrosoftEdgeApp') return '/deviceAppManagement/mobileApps'
  if (collection === 'deviceAppManagement/managedAppPolicies') return `/deviceAppManagement/${type}s`
  if (file.includes('/Custom Attributes/')) return '/deviceManagement/deviceCustomAttributeShellScripts'
  if (file.includes('/Scripts/Shell/')) return '/deviceManagement/deviceShellScripts'
  if (file.includes('/Enrollment Configurations/')) return '/deviceManagement/deviceEnrollmentConfigurations'
  if (file.includes('/Compliance/Linux-')) return '/deviceManagement/compliancePolicies'
  return `/${collection}`
}

function targetsOf({ assignments }: SimObject): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { target } of assignments) {
    const kind = target['@odata.type'].replace('#microsoft.graph.', '')
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

describe.skipIf(!hasExports)('real exports (../shared/exports)', () => {
  it('are three folders, one of each format', () => {
    expect(folders).toHaveLength(3)
    expect(index).toHaveLength(194)
  })

  it.each(folders)('%s: each file becomes what the index says it is', (folder) => {
    const { tenant, report } = loadExport({ folder: join(exportsFolder, folder), tenantName: folder })
    const expected = index.filter(
      ({ file, type }) => file.startsWith(`${folder}/`) && !withoutCollection.includes(type),
    )
    const loaded = report.loaded.map(({ file, collection, id }) => {
      const object = tenant.collections.get(collection)?.get(id)
      const name = object?.properties[typeOf(collection)?.nameProperty ?? '']
      return {
        file: `${folder}/${file}`,
        collection,
        name,
        assignments: object?.assignments.length,
        targets: object ? targetsOf(object) : {},
      }
    })
    const byFile = (a: { file: string }, b: { file: string }) => (a.file < b.file ? -1 : 1)
    expect(loaded.toSorted(byFile)).toEqual(
      expected
        .map((each) => ({
          file: each.file,
          collection: collectionOfIndexed(each),
          name: each.name,
          assignments: each.assignments,
          targets: each.targets ?? {},
        }))
        .toSorted(byFile),
    )
  })

  it('name everything that is not loaded, with the reason', () => {
    const reports = folders.map(
      (folder) => loadExport({ folder: join(exportsFolder, folder), tenantName: folder }).report,
    )
    expect(reports.flatMap(({ notUnderstood }) => notUnderstood)).toEqual([
      {
        file: 'Backup/Roles/POC_U_Role_IntuneRoleAdmin_deviceAndAppManagementRoleDefinition.json',
        reason: 'deviceAndAppManagementRoleDefinition is in none of the collections the simulator serves',
      },
    ])
    expect(reports.reduce((sum, { loaded }) => sum + loaded.length, 0)).toBe(index.length - 1)
  })

  it('load as the same tenant twice', () => {
    const [folder = ''] = folders
    const load = () => loadExport({ folder: join(exportsFolder, folder), tenantName: 'Contoso' }).tenant
    const textOf = (value: unknown) =>
      JSON.stringify(value, (_, each: unknown) => (each instanceof Map ? [...each] : each))
    expect(textOf(load())).toBe(textOf(load()))
  })
})

/** What templates carry for the portal or by mistake; Graph's own objects do not have it. */
const templateDifferences = [
  'androidDeviceOwnerCompliancePolicy.localActions: unknown',
  'androidManagedAppProtection.customBrowserProtocol: unknown',
  'androidManagedAppProtection.customDialerAppProtocol: unknown',
  'androidManagedAppProtection.exemptedAppProtocols: unknown',
  'androidManagedAppProtection.periodBeforePinResetRequired: unknown',
  'androidManagedAppProtection.pinRequiredInsteadOfBiometric: unknown',
  'androidManagedAppProtection.shareWithBrowserVirtualSetting: unknown',
  'azureADWindowsAutopilotDeploymentProfile.hybridAzureADJoinSkipConnectivityCheck: unknown',
  'iosManagedAppProtection.blockAfterCompanyPortalUpdateDeferralInDays: unknown',
  'iosManagedAppProtection.customBrowserDisplayName: unknown',
  'iosManagedAppProtection.customBrowserPackageId: unknown',
  'iosManagedAppProtection.customDialerAppDisplayName: unknown',
  'iosManagedAppProtection.customDialerAppPackageId: unknown',
  'iosManagedAppProtection.exemptedAppPackages: unknown',
  'iosManagedAppProtection.minimumRequiredCompanyPortalVersion: unknown',
  'iosManagedAppProtection.minimumWarningCompanyPortalVersion: unknown',
  'iosManagedAppProtection.minimumWipeCompanyPortalVersion: unknown',
  'iosManagedAppProtection.periodBeforePinResetRequired: unknown',
  'iosManagedAppProtection.pinRequiredInsteadOfBiometric: unknown',
  'iosManagedAppProtection.shareWithBrowserVirtualSetting: unknown',
  'iosManagedAppProtection.warnAfterCompanyPortalUpdateDeferralInDays: unknown',
  'iosManagedAppProtection.wipeAfterCompanyPortalUpdateDeferralInDays: unknown',
  'officeSuiteApp.officeSuiteAppDefaultFileFormat: OfficeOpenDocumentFormat is none of officeSuiteDefaultFileFormatType',
  'windows10CompliancePolicy.deviceCompliancePolicyScript: deviceCompliancePolicyScript.displayName: unknown',
  'windows10CompliancePolicy.deviceCompliancePolicyScript: deviceCompliancePolicyScript.rulesContent: "REPLACE_RULES_BASE64" is no Edm.Binary',
]

describe.skipIf(!hasExports || !hasSharedGraph)('real exports beside the metadata (../shared/graph)', () => {
  it.each(folders)('%s: loaded objects and assignments are as described', (folder) => {
    const check = createMetadataCheck(readMetadata())
    const { tenant } = loadExport({ folder: join(exportsFolder, folder), tenantName: folder })
    const problems = [...tenant.collections].flatMap(([collection, objects]) => {
      const type = typeOf(collection)
      return [...objects.values()].flatMap(({ properties, sub, assignments }) => [
        ...check({ ...properties, ...sub }, type?.entity ?? ''),
        ...assignments.flatMap((row) => check(row, type?.assignments?.type ?? '')),
      ])
    })
    expect([...new Set(problems)].toSorted()).toEqual(folder.includes('HydrationKit') ? templateDifferences : [])
  })

  it('types.json is what make-types.ts makes of the metadata', () => {
    const committed: unknown = JSON.parse(readFileSync(new URL('types.json', import.meta.url), 'utf8'))
    expect(committed).toEqual(makeTypes(readMetadata()))
  })
})
