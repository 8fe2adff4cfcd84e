import type { Platform } from './platform.ts'

/** An application people install: real names, publishers and package ids. */
export interface CatalogApp {
  readonly name: string
  readonly publisher: string
  /** Package, bundle or winget id. */
  readonly package: string
}

const app = (name: string, publisher: string, packageId: string): CatalogApp => ({
  name,
  publisher,
  package: packageId,
})

export const windowsApps: readonly CatalogApp[] = [
  app('7-Zip', 'Igor Pavlov', '7zip.7zip'),
  app('Adobe Acrobat Reader DC', 'Adobe', 'Adobe.Acrobat.Reader.64-bit'),
  app('Google Chrome', 'Google', 'Google.Chrome'),
  app('Mozilla Firefox ESR', 'Mozilla', 'Mozilla.Firefox.ESR'),
  app('Notepad++', 'Don Ho', 'Notepad++.Notepad++'),
  app('Zoom Workplace', 'Zoom Communications', 'Zoom.Zoom'),
  app('Citrix Workspace App LTSR', 'Citrix Systems', 'Citrix.Workspace.LTSR'),
  app('FortiClient VPN', 'Fortinet', 'Fortinet.FortiClientVPN'),
  app('Cisco Secure Client', 'Cisco', 'Cisco.SecureClient'),
  app('SAP GUI for Windows 8.00', 'SAP SE', 'SAP.GUI'),
  app('Git for Windows', 'The Git Development Community', 'Git.Git'),
  app('Visual Studio Code', 'Microsoft', 'Microsoft.VisualStudioCode'),
  app('PowerShell 7', 'Microsoft', 'Microsoft.PowerShell'),
  app('VLC media player', 'VideoLAN', 'VideoLAN.VLC'),
  app('Greenshot', 'Greenshot', 'Greenshot.Greenshot'),
  app('PuTTY', 'Simon Tatham', 'PuTTY.PuTTY'),
  app('WinSCP', 'Martin Prikryl', 'WinSCP.WinSCP'),
  app('KeePassXC', 'KeePassXC Team', 'KeePassXCTeam.KeePassXC'),
  app('TeamViewer Host', 'TeamViewer', 'TeamViewer.TeamViewer.Host'),
  app('Power BI Desktop', 'Microsoft', 'Microsoft.PowerBI'),
  app('DATEV Arbeitsplatz', 'DATEV eG', 'DATEV.Arbeitsplatz'),
  app('Sage 100', 'Sage', 'Sage.100'),
  app('AutoCAD 2026', 'Autodesk', 'Autodesk.AutoCAD'),
  app('Docker Desktop', 'Docker', 'Docker.DockerDesktop'),
  app('DBeaver Community', 'DBeaver Corp', 'dbeaver.dbeaver'),
  app('Dell Command | Update', 'Dell', 'Dell.CommandUpdate'),
  app('Lenovo System Update', 'Lenovo', 'Lenovo.SystemUpdate'),
  app('HP Image Assistant', 'HP', 'HP.ImageAssistant'),
  app('Jabra Direct', 'GN Audio', 'Jabra.Direct'),
  app('Snagit 2025', 'TechSmith', 'TechSmith.Snagit'),
  app('OpenVPN Connect', 'OpenVPN', 'OpenVPNTechnologies.OpenVPNConnect'),
  app('Microsoft .NET Desktop Runtime 8', 'Microsoft', 'Microsoft.DotNet.DesktopRuntime.8'),
  app('Company Wallpaper & Lock Screen', 'IT', 'Internal.Wallpaper'),
  app('Fonts – Corporate Design', 'IT', 'Internal.Fonts'),
  app('Printer Driver Canon iR-ADV', 'Canon', 'Internal.CanonDriver'),
]

/** Delivered as a package of the Store kind. */
export const packagedApps: readonly CatalogApp[] = [
  app('Company Portal', 'Microsoft', 'Microsoft.CompanyPortal'),
  app('Windows App', 'Microsoft', 'MicrosoftCorporationII.Windows365'),
  app('HEVC Video Extensions', 'Microsoft', 'Microsoft.HEVCVideoExtension'),
  app('HP Support Assistant', 'HP', 'AD2F1837.HPSupportAssistant'),
]

export const mobileApps: readonly CatalogApp[] = [
  app('Microsoft Outlook', 'Microsoft Corporation', 'com.microsoft.Office.Outlook'),
  app('Microsoft Teams', 'Microsoft Corporation', 'com.microsoft.skype.teams'),
  app('Microsoft Edge', 'Microsoft Corporation', 'com.microsoft.msedge'),
  app('Microsoft OneDrive', 'Microsoft Corporation', 'com.microsoft.skydrive'),
  app('Microsoft Word', 'Microsoft Corporation', 'com.microsoft.Office.Word'),
  app('Microsoft Excel', 'Microsoft Corporation', 'com.microsoft.Office.Excel'),
  app('Microsoft Authenticator', 'Microsoft Corporation', 'com.microsoft.azureauthenticator'),
  app('Microsoft Defender', 'Microsoft Corporation', 'com.microsoft.scmx'),
  app('Intune Company Portal', 'Microsoft Corporation', 'com.microsoft.CompanyPortal'),
  app('Adobe Acrobat Reader', 'Adobe Inc.', 'com.adobe.Adobe-Reader'),
  app('SAP Fiori Client', 'SAP SE', 'com.sap.fiori.client'),
  app('Salesforce', 'Salesforce', 'com.salesforce.chatter'),
  app('Zoom Workplace', 'Zoom', 'us.zoom.videomeetings'),
  app('DB Navigator', 'Deutsche Bahn', 'de.hafas.android.db'),
  app('ServiceNow Agent', 'ServiceNow', 'com.servicenow.onboarding'),
  app('Managed Home Screen', 'Microsoft Corporation', 'com.microsoft.launcher.enterprise'),
  app('Cisco Webex', 'Cisco', 'com.cisco.webex.meetings'),
  app('Zebra OEMConfig powered by MX', 'Zebra Technologies', 'com.zebra.oemconfig.release'),
]

export const macApps: readonly CatalogApp[] = [
  app('Google Chrome', 'Google', 'com.google.Chrome'),
  app('Slack', 'Slack Technologies', 'com.tinyspeck.slackmacgap'),
  app('Zoom Workplace', 'Zoom', 'us.zoom.xos'),
  app('Visual Studio Code', 'Microsoft', 'com.microsoft.VSCode'),
  app('Docker Desktop', 'Docker', 'com.docker.docker'),
  app('1Password 8', 'AgileBits', 'com.1password.1password'),
  app('Keynote', 'Apple', 'com.apple.iWork.Keynote'),
  app('Xcode', 'Apple', 'com.apple.dt.Xcode'),
  app('Jamf Connect Removal', 'IT', 'com.example.jamfremoval'),
]

export const links: readonly CatalogApp[] = [
  app('Intranet', 'IT', 'https://intranet.example.com/'),
  app('IT Service Desk', 'IT', 'https://helpdesk.example.com/portal?lang=de&src=cp'),
  app('Time Sheet', 'HR', 'https://timesheet.example.com'),
  app('Speiseplan / Cafeteria', 'Facility', 'https://cafeteria.example.com'),
]

export const catalogs: Readonly<Record<Platform, readonly CatalogApp[]>> = {
  windows: windowsApps,
  ios: mobileApps,
  android: mobileApps,
  macos: macApps,
  linux: [],
}
