import type { GraphObject } from '../world.ts'
import { catalogs, links, packagedApps, windowsApps, type CatalogApp } from './app-catalog.ts'
import type { Draft, DraftContext } from './draft.ts'
import { daysAgo } from './graph-dates.ts'
import { content, version, win32 } from './app-content.ts'
import type { Platform } from './platform.ts'
import type { Random } from './random.ts'

interface Template {
  readonly platform: Platform
  readonly weight: number
  readonly values: (random: Random, app: CatalogApp) => GraphObject
  /** Where the app has one name and exists once per kind, e.g. the Office suite. */
  readonly fixed?: CatalogApp
  /** What it is chosen from, where that is not the platform's whole catalogue. */
  readonly from?: readonly CatalogApp[]
  readonly audience?: 'users'
}

const microsoft = (name: string): CatalogApp => ({ name, publisher: 'Microsoft', package: '' })

const templates: Readonly<Record<string, Template>> = {
  win32LobApp: { platform: 'windows', weight: 34, values: win32 },
  winGetApp: {
    platform: 'windows',
    weight: 12,
    from: windowsApps.filter((app) => !app.package.startsWith('Internal.')),
    values: (random, app) => ({
      packageIdentifier: app.package,
      manifestHash: '',
      installExperience: { runAsAccount: random.pick(['system', 'user']) },
    }),
  },
  officeSuiteApp: {
    platform: 'windows',
    weight: 2,
    values: officeSuite,
    fixed: microsoft('Microsoft 365 Apps for Windows 10 and later'),
  },
  windowsMicrosoftEdgeApp: {
    platform: 'windows',
    weight: 1,
    values: () => ({ channel: 'stable', displayLanguageLocale: null }),
    fixed: microsoft('Microsoft Edge for Windows 10 and later'),
  },
  windowsUniversalAppX: {
    platform: 'windows',
    weight: 2,
    from: packagedApps,
    values: (random, app) => ({
      ...content(random, `${app.name.replaceAll(' ', '')}.msixbundle`),
      applicableArchitectures: 'x64',
      applicableDeviceTypes: 'desktop',
      identityName: app.package,
      identityPublisherHash: random.guid().slice(0, 13).replaceAll('-', ''),
      identityVersion: version(random),
      isBundle: true,
    }),
  },
  windowsMobileMSI: {
    platform: 'windows',
    weight: 3,
    values: (random, app) => ({
      ...content(random, `${app.name}.msi`),
      commandLine: '/quiet /norestart',
      productCode: `{${random.guid().toUpperCase()}}`,
      productVersion: version(random),
      identityVersion: version(random),
      useDeviceContext: true,
    }),
  },
  webApp: {
    platform: 'windows',
    weight: 2,
    from: links,
    audience: 'users',
    values: (random, app) => ({ appUrl: app.package, useManagedBrowser: random.chance(0.3) }),
  },
  windowsWebApp: {
    platform: 'windows',
    weight: 1,
    from: links,
    audience: 'users',
    values: (_random, app) => ({ appUrl: app.package }),
  },
  iosVppApp: {
    platform: 'ios',
    weight: 12,
    values: (random, app) => ({
      ...vpp(random, app),
      applicableDeviceType: { iPad: true, iPhoneAndIPod: true },
      licensingType: licensing,
    }),
  },
  iosStoreApp: {
    platform: 'ios',
    weight: 5,
    values: (_random, app) => ({ ...iosStore(app), applicableDeviceType: { iPad: true, iPhoneAndIPod: true } }),
  },
  iosLobApp: {
    platform: 'ios',
    weight: 1,
    values: (random, app) => ({
      ...content(random, `${app.name}.ipa`),
      bundleId: app.package,
      buildNumber: version(random),
      versionNumber: version(random),
      applicableDeviceType: { iPad: true, iPhoneAndIPod: true },
      expirationDateTime: `${daysAgo(-200)}T00:00:00Z`,
    }),
  },
  iosiPadOSWebClip: {
    platform: 'ios',
    weight: 1,
    from: links,
    audience: 'users',
    values: (_random, app) => ({ appUrl: app.package, useManagedBrowser: true, fullScreenEnabled: false }),
  },
  managedIOSStoreApp: {
    platform: 'ios',
    weight: 3,
    audience: 'users',
    values: (_random, app) => ({
      ...iosStore(app),
      appAvailability: 'lineOfBusiness',
      applicableDeviceType: { iPad: true, iPhoneAndIPod: true },
    }),
  },
  managedAndroidStoreApp: {
    platform: 'android',
    weight: 2,
    audience: 'users',
    values: (_random, app) => ({
      packageId: app.package,
      appStoreUrl: playUrl(app),
      appAvailability: 'lineOfBusiness',
    }),
  },
  androidManagedStoreApp: {
    platform: 'android',
    weight: 9,
    values: (random, app) => ({
      packageId: app.package,
      appIdentifier: `app:${app.package}`,
      appStoreUrl: playUrl(app),
      supportsOemConfig: app.package.includes('oemconfig'),
      isSystemApp: random.chance(0.05),
    }),
  },
  macOSPkgApp: {
    platform: 'macos',
    weight: 4,
    values: (random, app) => ({
      ...content(random, `${app.name}.pkg`),
      primaryBundleId: app.package,
      primaryBundleVersion: version(random),
      includedApps: [{ bundleId: app.package, bundleVersion: version(random) }],
      ignoreVersionDetection: random.chance(0.5),
    }),
  },
  macOSDmgApp: {
    platform: 'macos',
    weight: 2,
    values: (random, app) => ({
      ...content(random, `${app.name}.dmg`),
      primaryBundleId: app.package,
      primaryBundleVersion: version(random),
      includedApps: [{ bundleId: app.package, bundleVersion: version(random) }],
      ignoreVersionDetection: true,
    }),
  },
  macOSLobApp: {
    platform: 'macos',
    weight: 1,
    values: (random, app) => ({
      ...content(random, `${app.name}.pkg`),
      bundleId: app.package,
      buildNumber: version(random),
      versionNumber: version(random),
      childApps: [{ bundleId: app.package, buildNumber: version(random), versionNumber: version(random) }],
      installAsManaged: true,
    }),
  },
  macOsVppApp: {
    platform: 'macos',
    weight: 1,
    values: (random, app) => ({ ...vpp(random, app), licensingType: licensing }),
  },
  macOSOfficeSuiteApp: {
    platform: 'macos',
    weight: 1,
    values: () => ({}),
    fixed: microsoft('Microsoft 365 Apps for macOS'),
  },
  macOSMicrosoftEdgeApp: {
    platform: 'macos',
    weight: 1,
    values: () => ({ channel: 'stable' }),
    fixed: microsoft('Microsoft Edge for macOS'),
  },
  macOSMicrosoftDefenderApp: {
    platform: 'macos',
    weight: 1,
    values: () => ({}),
    fixed: microsoft('Microsoft Defender for Endpoint (macOS)'),
  },
  macOSWebClip: {
    platform: 'macos',
    weight: 1,
    from: links,
    audience: 'users',
    values: (_random, app) => ({ appUrl: app.package, fullScreenEnabled: false }),
  },
}

const weights = Object.fromEntries(Object.entries(templates).map(([type, template]) => [type, template.weight]))
const repeatable = Object.fromEntries(Object.entries(weights).filter(([type]) => !templates[type]?.fixed))

/** An application of one of the kinds Intune knows. */
export function mobileApp({ random, index, organisation }: DraftContext): Draft {
  const type = random.weighted(index < 100 ? weights : repeatable)
  const template = templates[type]
  if (!template) throw new Error(`No template for ${type}.`)
  const app = template.fixed ?? random.pick(template.from ?? catalogs[template.platform])
  return {
    type,
    platform: template.platform,
    audience: template.audience ?? (random.chance(0.35) ? 'users' : 'devices'),
    subject: { en: app.name },
    kind: 'APP',
    name: appName(random, app, {
      index,
      city: random.pick(organisation.sites).city,
      isFixed: template.fixed !== undefined,
    }),
    values: { ...commonValues(random, app), ...template.values(random, app) },
    ...(random.chance(0.4) ? { sub: { categories: [category(random)] } } : {}),
  }
}

function appName(
  random: Random,
  app: CatalogApp,
  { index, city, isFixed }: { index: number; city: string; isFixed: boolean },
): string {
  if (index < 60 || isFixed)
    return random.chance(0.15) ? `${app.name} ${random.int(1, 25)}.${random.int(0, 9)}` : app.name
  const suffix = random.pick([
    ` ${random.int(1, 30)}.${random.int(0, 20)}.${random.int(0, 9)}`,
    ` (${city})`,
    ' - Update',
    ' [old]',
    ` x64 ${random.int(2019, 2026)}`,
  ])
  return `${app.name}${suffix}`
}

function commonValues(random: Random, app: CatalogApp): GraphObject {
  return {
    publisher: app.publisher,
    developer: random.chance(0.3) ? app.publisher : '',
    owner: random.chance(0.2) ? 'IT Client Engineering' : '',
    notes: random.chance(0.15) ? `CHG${random.int(10_000, 99_999)}` : '',
    informationUrl: random.chance(0.3) ? 'https://support.example.com/apps' : null,
    publishingState: 'published',
    uploadState: 1,
    isFeatured: random.chance(0.08),
    largeIcon: null,
  }
}

function category(random: Random): GraphObject {
  return {
    id: random.guid(),
    displayName: random.pick(['Productivity', 'Business', 'Computer management', 'Collaboration & social']),
    lastModifiedDateTime: `${daysAgo(400)}T00:00:00Z`,
  }
}

const notExcluded = Object.fromEntries(
  [
    'access',
    'bing',
    'excel',
    'groove',
    'infoPath',
    'lync',
    'oneDrive',
    'oneNote',
    'outlook',
    'powerPoint',
    'sharePointDesigner',
    'teams',
    'visio',
    'word',
  ].map((name) => [name, false]),
)

function officeSuite(random: Random): GraphObject {
  return {
    autoAcceptEula: true,
    productIds: random.pick([['o365ProPlusRetail'], ['o365BusinessRetail'], ['o365ProPlusRetail', 'visioProRetail']]),
    officePlatformArchitecture: 'x64',
    officeSuiteAppDefaultFileFormat: 'officeOpenXMLFormat',
    updateChannel: random.pick(['current', 'monthlyEnterprise', 'deferred']),
    shouldUninstallOlderVersionsOfOffice: true,
    localesToInstall: random.pick([[], ['de-de'], ['fr-fr', 'en-us']]),
    excludedApps: { ...notExcluded, groove: true, lync: true, infoPath: true, sharePointDesigner: true, bing: true },
  }
}

const licensing = {
  supportUserLicensing: true,
  supportDeviceLicensing: true,
  supportsUserLicensing: true,
  supportsDeviceLicensing: true,
}

function vpp(random: Random, app: CatalogApp): GraphObject {
  const total = random.int(20, 900)
  return {
    bundleId: app.package,
    appStoreUrl: iosStore(app)['appStoreUrl'],
    totalLicenseCount: total,
    usedLicenseCount: random.int(0, total),
    vppTokenAccountType: 'business',
    vppTokenAppleId: 'vpp@example.com',
    vppTokenDisplayName: 'Apple Business Manager',
    vppTokenOrganizationName: 'Apple Business Manager',
    vppTokenId: random.guid(),
    releaseDateTime: `${daysAgo(random.int(100, 2000))}T00:00:00Z`,
  }
}

function iosStore(app: CatalogApp): GraphObject {
  return {
    bundleId: app.package,
    appStoreUrl: `https://apps.apple.com/app/${app.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`,
  }
}

function playUrl(app: CatalogApp): string {
  return `https://play.google.com/store/apps/details?id=${app.package}`
}
