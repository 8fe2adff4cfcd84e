import { rootCertificate, wifi, type ConfigurationTemplate } from './configuration-template.ts'
import { base64 } from './draft.ts'

/** Profiles of iOS, macOS and Android. */
export const appleAndAndroidConfigurations: readonly ConfigurationTemplate[] = [
  {
    type: 'iosGeneralDeviceConfiguration',
    platform: 'ios',
    subject: { en: 'Device Restrictions', de: 'Geräteeinschränkungen', fr: 'Restrictions d’appareil' },
    weight: 6,
    values: (random) => ({
      passcodeRequired: true,
      passcodeMinimumLength: 6,
      airDropBlocked: random.chance(0.4),
      iCloudBlockBackup: true,
      appStoreBlockAutomaticDownloads: random.chance(0.5),
      siriBlockedWhenLocked: true,
      safariRequireFraudWarning: false,
    }),
  },
  {
    type: 'iosDeviceFeaturesConfiguration',
    platform: 'ios',
    subject: { en: 'Home Screen and SSO', de: 'Startbildschirm und SSO', fr: 'Écran d’accueil et SSO' },
    weight: 4,
    values: (_random, { name }) => ({
      lockScreenFootnote: `Property of ${name}`,
      assetTagTemplate: '{{serialnumber}}',
      homeScreenGridWidth: 4,
      homeScreenGridHeight: 6,
    }),
  },
  {
    type: 'iosCustomConfiguration',
    platform: 'ios',
    subject: { en: 'Custom Profile', de: 'Eigenes Profil', fr: 'Profil personnalisé' },
    weight: 2,
    values: appleProfile('ios'),
  },
  {
    type: 'iosTrustedRootCertificate',
    platform: 'ios',
    subject: { en: 'Root CA', de: 'Stammzertifikat', fr: 'Certificat racine' },
    weight: 3,
    values: rootCertificate,
  },
  {
    type: 'iosEnterpriseWiFiConfiguration',
    platform: 'ios',
    subject: { en: 'Corporate Wi-Fi', de: 'Firmen-WLAN', fr: 'Wi-Fi d’entreprise' },
    weight: 4,
    values: wifi('wiFiSecurityType', 'wpa2Enterprise'),
  },
  {
    type: 'iosUpdateConfiguration',
    platform: 'ios',
    subject: { en: 'Software Updates', de: 'Softwareupdates', fr: 'Mises à jour' },
    weight: 2,
    values: (random) => ({
      isEnabled: true,
      activeHoursStart: '07:00:00.0000000',
      activeHoursEnd: '19:00:00.0000000',
      utcTimeOffsetInMinutes: 60,
      enforcedSoftwareUpdateDelayInDays: random.pick([null, 14, 30]),
      scheduledInstallDays: ['tuesday', 'thursday'],
    }),
  },
  {
    type: 'iosEasEmailProfileConfiguration',
    platform: 'ios',
    audience: 'users',
    subject: { en: 'Exchange Mail', de: 'Exchange-Mail', fr: 'Messagerie Exchange' },
    weight: 2,
    values: () => ({
      hostName: 'outlook.office365.com',
      accountName: 'Mail',
      requireSsl: true,
      useOAuth: true,
      durationOfEmailToSync: 'oneMonth',
      authenticationMethod: 'usernameAndPassword',
    }),
  },
  {
    type: 'macOSGeneralDeviceConfiguration',
    platform: 'macos',
    subject: { en: 'Device Restrictions', de: 'Geräteeinschränkungen', fr: 'Restrictions d’appareil' },
    weight: 3,
    values: (random) => ({
      passwordRequired: true,
      passwordMinimumLength: random.pick([8, 12]),
      passwordBlockSimple: true,
      cameraBlocked: random.chance(0.1),
      softwareUpdatesEnforcedDelayInDays: 14,
      airDropBlocked: random.chance(0.3),
    }),
  },
  {
    type: 'macOSCustomConfiguration',
    platform: 'macos',
    subject: { en: 'Custom Profile', de: 'Eigenes Profil', fr: 'Profil personnalisé' },
    weight: 6,
    values: appleProfile('macos'),
  },
  {
    type: 'macOSCustomAppConfiguration',
    platform: 'macos',
    subject: { en: 'App Preferences', de: 'App-Einstellungen', fr: 'Préférences d’app' },
    weight: 3,
    values: (random) => ({
      bundleId: random.pick(['com.microsoft.Edge', 'com.google.Chrome', 'us.zoom.config']),
      fileName: 'preferences.plist',
      configurationXml: base64('<key>RestoreOnStartup</key><integer>4</integer>'),
    }),
  },
  {
    type: 'macOSExtensionsConfiguration',
    platform: 'macos',
    subject: { en: 'System Extensions', de: 'Systemerweiterungen', fr: 'Extensions système' },
    weight: 2,
    values: () => ({
      systemExtensionsAllowed: [
        { teamIdentifier: 'UBF8T346G9', bundleId: 'com.microsoft.wdav.epsext' },
        { teamIdentifier: 'UBF8T346G9', bundleId: 'com.microsoft.wdav.netext' },
      ],
    }),
  },
  {
    type: 'macOSDeviceFeaturesConfiguration',
    platform: 'macos',
    subject: { en: 'Login Window', de: 'Anmeldefenster', fr: 'Fenêtre de connexion' },
    weight: 2,
    values: (_random, { name }) => ({
      loginWindowText: `${name} – authorised use only`,
      adminShowHostInfo: true,
      restartDisabled: false,
    }),
  },
  {
    type: 'macOSTrustedRootCertificate',
    platform: 'macos',
    subject: { en: 'Root CA', de: 'Stammzertifikat', fr: 'Certificat racine' },
    weight: 2,
    values: rootCertificate,
  },
  {
    type: 'macOSSoftwareUpdateConfiguration',
    platform: 'macos',
    subject: { en: 'Software Updates', de: 'Softwareupdates', fr: 'Mises à jour' },
    weight: 2,
    values: (random) => ({
      criticalUpdateBehavior: 'installASAP',
      configDataUpdateBehavior: 'installASAP',
      allOtherUpdateBehavior: random.pick(['downloadOnly', 'installLater']),
      updateScheduleType: 'alwaysUpdate',
    }),
  },
  {
    type: 'androidDeviceOwnerGeneralDeviceConfiguration',
    platform: 'android',
    subject: {
      en: 'Fully Managed Restrictions',
      de: 'Einschränkungen (vollständig verwaltet)',
      fr: 'Restrictions (entièrement géré)',
    },
    weight: 5,
    values: (random) => ({
      passwordRequiredType: 'numericComplex',
      passwordMinimumLength: 6,
      screenCaptureBlocked: random.chance(0.3),
      factoryResetBlocked: true,
      storageBlockExternalMedia: random.chance(0.4),
      systemUpdateInstallType: 'windowed',
      statusBarBlocked: random.chance(0.2),
    }),
  },
  {
    type: 'androidWorkProfileGeneralDeviceConfiguration',
    platform: 'android',
    subject: { en: 'Work Profile Restrictions', de: 'Arbeitsprofil', fr: 'Profil professionnel' },
    weight: 4,
    values: (random) => ({
      workProfileDataSharingType: 'allowPersonalToWork',
      workProfileBlockScreenCapture: random.chance(0.5),
      passwordMinimumLength: 6,
      workProfileRequirePassword: random.chance(0.5),
    }),
  },
  {
    type: 'androidDeviceOwnerTrustedRootCertificate',
    platform: 'android',
    subject: { en: 'Root CA', de: 'Stammzertifikat', fr: 'Certificat racine' },
    weight: 2,
    values: rootCertificate,
  },
  {
    type: 'androidDeviceOwnerEnterpriseWiFiConfiguration',
    platform: 'android',
    subject: { en: 'Corporate Wi-Fi', de: 'Firmen-WLAN', fr: 'Wi-Fi d’entreprise' },
    weight: 3,
    values: wifi('wiFiSecurityType', 'wpaEnterprise'),
  },
  {
    type: 'aospDeviceOwnerDeviceConfiguration',
    platform: 'android',
    subject: { en: 'AOSP Restrictions', de: 'AOSP-Einschränkungen', fr: 'Restrictions AOSP' },
    weight: 1,
    values: () => ({
      appsBlockInstallFromUnknownSources: true,
      passwordRequiredType: 'numeric',
      passwordMinimumLength: 4,
    }),
  },
]

function appleProfile(platform: 'ios' | 'macos'): ConfigurationTemplate['values'] {
  return (random) => {
    const payloadName = random.pick([
      'Screensaver',
      'Energy Saver',
      'Notifications',
      'PPPC for Defender',
      'Web Content Filter',
    ])
    const payload = `<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict><key>PayloadDisplayName</key><string>${payloadName}</string><key>PayloadUUID</key><string>${random.guid()}</string></dict></plist>\n`
    const channel = platform === 'macos' ? { deploymentChannel: random.pick(['deviceChannel', 'userChannel']) } : {}
    return {
      payloadName,
      payloadFileName: `${payloadName.toLowerCase().replaceAll(' ', '-')}.mobileconfig`,
      payload: base64(payload),
      ...channel,
    }
  }
}
