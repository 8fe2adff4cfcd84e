import type { GraphObject } from '../world.ts'
import { base64, type Draft, type DraftContext } from './draft.ts'
import { daysAgo } from './graph-dates.ts'

/** An endpoint security policy of the older kind, made from a template. */
export function intent({ random }: DraftContext): Draft {
  const { templateId, subject, settings } = random.pick(intentTemplates)
  const instances = settings.map(([definition, value]) => ({
    '@odata.type':
      typeof value === 'boolean'
        ? '#microsoft.graph.deviceManagementBooleanSettingInstance'
        : '#microsoft.graph.deviceManagementStringSettingInstance',
    id: random.guid(),
    definitionId: `deviceConfiguration--${definition}`,
    valueJson: JSON.stringify(value),
    value,
  }))
  return {
    type: 'deviceManagementIntent',
    platform: 'windows',
    audience: 'devices',
    subject,
    kind: 'ES',
    values: { templateId },
    sub: { settings: instances },
  }
}

const intentTemplates: readonly {
  templateId: string
  subject: { en: string; de: string; fr: string }
  settings: readonly (readonly [string, boolean | string])[]
}[] = [
  {
    templateId: 'd1174162-1dd2-4976-affc-6667049ab0ae',
    subject: { en: 'BitLocker (classic)', de: 'BitLocker (klassisch)', fr: 'BitLocker (classique)' },
    settings: [
      ['windows10EndpointProtectionConfiguration_bitLockerEncryptDevice', true],
      ['windows10EndpointProtectionConfiguration_bitLockerAllowStandardUserEncryption', true],
      ['windows10EndpointProtectionConfiguration_bitLockerRecoveryPasswordRotation', 'enabledForAzureAdAndHybrid'],
    ],
  },
  {
    templateId: '0f2b5d70-d4e9-4156-8c16-1397eb6c54a5',
    subject: {
      en: 'Account Protection (classic)',
      de: 'Kontoschutz (klassisch)',
      fr: 'Protection de compte (classique)',
    },
    settings: [
      ['windowsIdentityProtectionConfiguration_windowsHelloForBusinessBlocked', false],
      [
        'windows10EndpointProtectionConfiguration_deviceGuardLocalSystemAuthorityCredentialGuardSettings',
        'enableWithUEFILock',
      ],
    ],
  },
]

export function termsAndConditions({ random, organisation }: DraftContext): Draft {
  const values = {
    title: 'Terms of use',
    bodyText: `Devices enrolled at ${organisation.name} are managed.\nPrivate use is permitted within reason.`,
    acceptanceStatement: 'I accept.',
    version: random.int(1, 5),
  }
  return {
    type: 'termsAndConditions',
    isForEveryPlatform: true,
    platform: 'windows',
    audience: 'users',
    subject: { en: 'Terms of Use', de: 'Nutzungsbedingungen', fr: 'Conditions d’utilisation' },
    kind: 'TC',
    values,
  }
}

/** A Cloud PC provisioning policy: dedicated, or frontline (shared). */
export function cloudPcProvisioningPolicy({ random, organisation, index }: DraftContext): Draft {
  const isFrontline = index % 3 === 1
  const locale = random.pick(['en-US', 'de-DE', 'fr-FR'])
  const values: GraphObject = {
    provisioningType: isFrontline ? random.pick(['shared', 'sharedByUser']) : 'dedicated',
    userExperienceType: 'cloudPc',
    imageId: 'microsoftwindowsdesktop_windows-ent-cpc_win11-25h2-ent-cpc-m365',
    imageDisplayName: 'Windows 11 Enterprise + Microsoft 365 Apps 25H2',
    imageType: 'gallery',
    enableSingleSignOn: true,
    localAdminEnabled: false,
    gracePeriodInHours: 168,
    managedBy: 'windows365',
    cloudPcNamingTemplate: `${organisation.prefix}-%USERNAME:5%-%RAND:5%`,
    domainJoinConfigurations: [
      {
        domainJoinType: 'azureADJoin',
        type: 'azureADJoin',
        onPremisesConnectionId: null,
        regionGroup: random.pick(['europeUnion', 'germany', 'unitedKingdom', 'usEast']),
        regionName: 'automatic',
        geographicLocationType: 'europe',
      },
    ],
    windowsSetting: { locale },
    windowsSettings: { language: locale },
    microsoftManagedDesktop: { managedType: 'notManaged', profile: null, type: 'notManaged' },
  }
  return {
    type: 'cloudPcProvisioningPolicy',
    isForEveryPlatform: true,
    platform: 'windows',
    audience: 'users',
    subject: { en: isFrontline ? 'Cloud PC Frontline' : 'Cloud PC Enterprise' },
    kind: 'W365',
    values,
  }
}

export function cloudPcUserSetting({ random }: DraftContext): Draft {
  const values = {
    localAdminEnabled: random.chance(0.2),
    resetEnabled: true,
    selfServiceEnabled: false,
    restorePointSetting: { frequencyInHours: 12, frequencyType: 'twelveHours', userRestoreEnabled: random.chance(0.7) },
    notificationSetting: { restartPromptsDisabled: false },
  }
  return {
    type: 'cloudPcUserSetting',
    isForEveryPlatform: true,
    platform: 'windows',
    audience: 'users',
    subject: { en: 'Cloud PC User Settings', de: 'Cloud-PC-Benutzereinstellungen', fr: 'Paramètres Cloud PC' },
    kind: 'W365',
    values,
  }
}

const defaultBrandingId = 'c3a59481-1bf2-46ce-94b3-66eec07a8d60'

/** Company Portal branding; the first is the default profile every tenant has. */
export function brandingProfile({ random, organisation, index }: DraftContext): Draft {
  const isDefault = index === 0
  const values = {
    displayName: organisation.name,
    isDefaultProfile: isDefault,
    profileDescription: isDefault ? null : 'Branding of a subsidiary',
    themeColor: { r: random.int(0, 255), g: random.int(0, 255), b: random.int(0, 255) },
    showLogo: true,
    showDisplayNameNextToLogo: true,
    contactITName: 'IT Service Desk',
    contactITEmailAddress: `servicedesk@${organisation.domain}`,
    contactITPhoneNumber: '+49 89 000 000',
    contactITNotes: 'Mon–Fri 7:00–18:00',
    privacyUrl: 'https://example.com/privacy',
    showAzureADEnterpriseApps: true,
    showOfficeWebApps: true,
    showConfigurationManagerApps: false,
    companyPortalBlockedActions: [],
  }
  return {
    type: 'intuneBrandingProfile',
    isForEveryPlatform: true,
    platform: 'windows',
    audience: 'users',
    subject: { en: 'Branding', de: 'Branding', fr: 'Personnalisation' },
    kind: 'BR',
    values,
    ...(isDefault ? { id: defaultBrandingId, name: 'Default Branding Profile' } : {}),
  }
}

export function biosConfiguration({ random }: DraftContext): Draft {
  const values = {
    version: random.int(1, 4),
    fileName: 'bios.cctk',
    configurationFileContent: base64('[cctk]\nSecureBoot=Enabled\nWakeOnLan=LanOnly\n'),
    hardwareConfigurationFormat: 'dell',
    perDevicePasswordDisabled: random.chance(0.2),
  }
  return {
    type: 'hardwareConfiguration',
    platform: 'windows',
    audience: 'devices',
    subject: { en: 'BIOS Dell', de: 'BIOS Dell', fr: 'BIOS Dell' },
    kind: 'HW',
    values,
  }
}

export function resourceAccessProfile({ random, organisation }: DraftContext): Draft {
  const dates = { version: random.int(1, 3) }
  const drafts: readonly Pick<Draft, 'type' | 'subject' | 'values'>[] = [
    {
      type: 'windows10XTrustedRootCertificate',
      subject: { en: 'Root CA' },
      values: {
        ...dates,
        certFileName: `${organisation.prefix}.cer`,
        trustedRootCertificate: base64(`CN=${organisation.prefix} Root CA`),
      },
    },
    {
      type: 'windows10XWifiConfiguration',
      subject: { en: 'Wi-Fi' },
      values: {
        ...dates,
        customXmlFileName: 'wifi.xml',
        customXml: base64(`<WLANProfile><name>${organisation.prefix}</name></WLANProfile>`),
        authenticationCertificateId: random.guid(),
      },
    },
    {
      type: 'windows10XVpnConfiguration',
      subject: { en: 'VPN' },
      values: {
        ...dates,
        customXmlFileName: 'vpn.xml',
        customXml: base64('<VPNProfile><AlwaysOn>true</AlwaysOn></VPNProfile>'),
        authenticationCertificateId: random.guid(),
      },
    },
  ]
  return { ...random.pick(drafts), platform: 'windows', audience: 'devices', kind: 'RA' }
}

export function wdacSupplementalPolicy({ random }: DraftContext): Draft {
  const content = base64(
    `<?xml version="1.0"?><SiPolicy xmlns="urn:schemas-microsoft-com:sipolicy" PolicyType="Supplemental Policy"><PolicyID>{${random.guid().toUpperCase()}}</PolicyID></SiPolicy>`,
  )
  return {
    type: 'windowsDefenderApplicationControlSupplementalPolicy',
    platform: 'windows',
    audience: 'devices',
    subject: { en: 'S Mode Supplemental Policy' },
    kind: 'WDAC',
    values: { version: '10.0.0.1', contentFileName: 'supplemental.xml', content },
  }
}

export function iosProvisioningProfile({ random }: DraftContext): Draft {
  const values = {
    version: 1,
    payloadFileName: 'field-service.mobileprovision',
    payload: base64(`<plist><dict><key>UUID</key><string>${random.guid()}</string></dict></plist>`),
    expirationDateTime: `${daysAgo(-random.int(30, 300))}T00:00:00Z`,
  }
  return {
    type: 'iosLobAppProvisioningConfiguration',
    platform: 'ios',
    audience: 'users',
    subject: { en: 'Field Service Provisioning' },
    kind: 'PRV',
    values,
  }
}

export function eBook({ random }: DraftContext): Draft {
  const total = random.int(10, 200)
  const [name, publisher] = random.pick([
    ['Employee Handbook', 'HR'],
    ['Deploying Apple Devices', 'Apple'],
    ['Sicherheitshandbuch', 'QM'],
  ] as const)
  const values = {
    publisher,
    language: 'EN',
    seller: publisher,
    genres: ['Business'],
    publishedDateTime: `${daysAgo(900)}T00:00:00Z`,
    totalLicenseCount: total,
    usedLicenseCount: random.int(0, total),
    vppOrganizationName: 'Apple Business Manager',
    vppTokenId: random.guid(),
    appleId: 'vpp@example.com',
  }
  return { type: 'iosVppEBook', platform: 'ios', audience: 'users', subject: { en: name }, kind: 'BOOK', name, values }
}

export function policySet({ random }: DraftContext): Draft {
  const values = { status: 'success', errorCode: 'noError', guidedDeploymentTags: [] }
  return {
    type: 'policySet',
    isForEveryPlatform: true,
    platform: 'windows',
    audience: 'users',
    subject: random.pick([
      { en: 'Starter Pack', de: 'Grundausstattung', fr: 'Kit de démarrage' },
      { en: 'Office Worker', de: 'Büroarbeitsplatz', fr: 'Poste de bureau' },
    ]),
    kind: 'PS',
    values,
    sub: { items: [] },
  }
}
