import type { GraphObject } from '../world.ts'
import type { CatalogApp } from './app-catalog.ts'
import type { Random } from './random.ts'

export function version(random: Random): string {
  return `${random.int(1, 26)}.${random.int(0, 30)}.${random.int(0, 9999)}`
}

/** What an app with an uploaded file says about it. */
export function content(random: Random, fileName: string): GraphObject {
  return { committedContentVersion: String(random.int(1, 4)), fileName, size: random.int(900_000, 420_000_000) }
}

/** A Win32 app: how it is installed, detected and removed. */
export function win32(random: Random, app: CatalogApp): GraphObject {
  const isMsi = random.chance(0.35)
  const productCode = `{${random.guid().toUpperCase()}}`
  const rule = isMsi
    ? {
        '@odata.type': '#microsoft.graph.win32LobAppProductCodeRule',
        ruleType: 'detection',
        productCode,
        productVersionOperator: 'notConfigured',
        productVersion: null,
      }
    : fileRule(random, app)
  return {
    ...content(random, `${app.package}.intunewin`),
    setupFilePath: isMsi ? 'setup.msi' : 'Invoke-AppDeployToolkit.exe',
    installCommandLine: isMsi
      ? 'msiexec /i "setup.msi" /qn'
      : 'Invoke-AppDeployToolkit.exe -DeploymentType Install -DeployMode Silent',
    uninstallCommandLine: isMsi
      ? `msiexec /x ${productCode} /qn`
      : 'Invoke-AppDeployToolkit.exe -DeploymentType Uninstall',
    applicableArchitectures: 'x64',
    allowAvailableUninstall: random.chance(0.6),
    displayVersion: version(random),
    minimumSupportedWindowsRelease: random.pick(['Windows11_22H2', 'Windows10_21H2', '1607']),
    rules: [rule],
    detectionRules: [],
    requirementRules: [],
    returnCodes: [
      { returnCode: 0, type: 'success' },
      { returnCode: 1707, type: 'success' },
      { returnCode: 3010, type: 'softReboot' },
      { returnCode: 1641, type: 'hardReboot' },
      { returnCode: 1618, type: 'retry' },
    ],
    installExperience: {
      runAsAccount: random.weighted({ system: 9, user: 1 }),
      maxRunTimeInMinutes: 60,
      deviceRestartBehavior: random.pick(['suppress', 'basedOnReturnCode']),
    },
    msiInformation: isMsi
      ? {
          packageType: 'perMachine',
          productCode,
          productName: app.name,
          productVersion: version(random),
          requiresReboot: false,
          upgradeCode: `{${random.guid().toUpperCase()}}`,
        }
      : null,
  }
}

function fileRule(random: Random, app: CatalogApp): GraphObject {
  return {
    '@odata.type': '#microsoft.graph.win32LobAppFileSystemRule',
    ruleType: 'detection',
    path: `C:\\Program Files\\${app.name}`,
    fileOrFolderName: `${app.package.split('.').at(-1) ?? 'app'}.exe`,
    check32BitOn64System: false,
    operationType: 'version',
    operator: 'greaterThanOrEqual',
    comparisonValue: version(random),
  }
}
