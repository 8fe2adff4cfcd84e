import type { Draft, DraftContext } from './draft.ts'
import { daysAgo } from './graph-dates.ts'

export function featureUpdateProfile({ random }: DraftContext): Draft {
  const version = random.pick([
    'Windows 11, version 23H2',
    'Windows 11, version 24H2',
    'Windows 11, version 25H2',
    'Windows 10, version 22H2',
  ])
  const isStaged = random.chance(0.3)
  const values = {
    featureUpdateVersion: version,
    deployableContentDisplayName: version,
    endOfSupportDate: random.pick(['2026-11-10T00:00:00Z', '2027-10-12T00:00:00Z', '2028-10-10T00:00:00Z']),
    installFeatureUpdatesOptional: random.chance(0.2),
    installLatestWindows10OnWindows11IneligibleDevice: random.chance(0.5),
    rolloutSettings: isStaged
      ? {
          offerStartDateTimeInUTC: `${daysAgo(30)}T00:00:00Z`,
          offerEndDateTimeInUTC: `${daysAgo(-30)}T00:00:00Z`,
          offerIntervalInDays: 7,
        }
      : { offerStartDateTimeInUTC: null, offerEndDateTimeInUTC: null, offerIntervalInDays: null },
  }
  return {
    type: 'windowsFeatureUpdateProfile',
    platform: 'windows',
    audience: 'devices',
    subject: { en: version.replace(', version', '') },
    kind: 'FU',
    values,
  }
}

export function expediteProfile({ random }: DraftContext): Draft {
  const release = random.pick(['2026-08-11', '2026-09-08', '2026-10-13'])
  const values = {
    expeditedUpdateSettings: {
      qualityUpdateRelease: `${release}T00:00:00Z`,
      daysUntilForcedReboot: random.int(0, 2),
      qualityUpdateCatalogItemId: null,
    },
    releaseDateDisplayName: `${release} B security updates`,
    deployableContentDisplayName: `${release.slice(0, 7)} B Security Updates for Windows 10 and later`,
  }
  return {
    type: 'windowsQualityUpdateProfile',
    platform: 'windows',
    audience: 'devices',
    subject: { en: 'Expedite Quality Update', de: 'Qualitätsupdate beschleunigen', fr: 'Accélérer la mise à jour' },
    kind: 'QU',
    values,
  }
}

export function qualityUpdatePolicy({ random }: DraftContext): Draft {
  const values = {
    hotpatchEnabled: random.chance(0.8),
    approvalSettings: [
      {
        windowsQualityUpdateCadence: 'monthly',
        windowsQualityUpdateCategory: 'security',
        approvalMethodType: 'automatic',
        deferredDeploymentInDay: random.int(0, 10),
      },
      {
        windowsQualityUpdateCadence: 'outOfBand',
        windowsQualityUpdateCategory: 'security',
        approvalMethodType: 'automatic',
        deferredDeploymentInDay: 0,
      },
    ],
  }
  return {
    type: 'windowsQualityUpdatePolicy',
    platform: 'windows',
    audience: 'devices',
    subject: { en: 'Hotpatch', de: 'Hotpatch', fr: 'Correctif à chaud' },
    kind: 'QP',
    values,
  }
}

export function driverUpdateProfile({ random }: DraftContext): Draft {
  const isAutomatic = random.chance(0.6)
  const values = {
    approvalType: isAutomatic ? 'automatic' : 'manual',
    deploymentDeferralInDays: isAutomatic ? random.pick([0, 7, 14]) : null,
    deviceReporting: random.int(0, 900),
    newUpdates: random.int(0, 60),
    inventorySyncStatus: { driverInventorySyncState: 'success', lastSuccessfulSyncDateTime: `${daysAgo(1)}T04:12:00Z` },
  }
  return {
    type: 'windowsDriverUpdateProfile',
    platform: 'windows',
    audience: 'devices',
    subject: random.pick([
      { en: 'Drivers Dell' },
      { en: 'Drivers Lenovo' },
      { en: 'Drivers HP' },
      { en: 'Drivers', de: 'Treiber', fr: 'Pilotes' },
    ]),
    kind: 'DR',
    values,
  }
}
