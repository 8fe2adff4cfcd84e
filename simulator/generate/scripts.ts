import { base64, type Draft, type DraftContext } from './draft.ts'
import type { Subject } from './names.ts'
import type { Random } from './random.ts'

interface ScriptTopic {
  readonly subject: Subject
  readonly file: string
  readonly body: string
}

const windowsTopics: readonly ScriptTopic[] = [
  {
    subject: { en: 'Map Network Drives', de: 'Netzlaufwerke verbinden', fr: 'Lecteurs réseau' },
    file: 'Map-NetworkDrives.ps1',
    body: "New-PSDrive -Name 'S' -PSProvider FileSystem -Root '\\\\fs01\\shared' -Persist -Scope Global",
  },
  {
    subject: {
      en: 'Remove Bloatware',
      de: 'Vorinstallierte Apps entfernen',
      fr: 'Supprimer les applications inutiles',
    },
    file: 'Remove-Bloatware.ps1',
    body: "Get-AppxPackage -AllUsers 'Microsoft.XboxApp','Microsoft.ZuneMusic' | Remove-AppxPackage -AllUsers",
  },
  {
    subject: { en: 'Set Time Zone', de: 'Zeitzone setzen', fr: 'Fuseau horaire' },
    file: 'Set-TimeZone.ps1',
    body: "Set-TimeZone -Id 'W. Europe Standard Time'",
  },
  {
    subject: { en: 'Desktop Shortcut Cleanup', de: 'Desktopverknüpfungen aufräumen', fr: 'Nettoyage du bureau' },
    file: 'Clear-Desktop.ps1',
    body: 'Remove-Item -Path "$env:PUBLIC\\Desktop\\*.lnk" -Force -ErrorAction SilentlyContinue',
  },
  {
    subject: { en: 'Enable RSAT', de: 'RSAT aktivieren', fr: 'Activer RSAT' },
    file: 'Enable-Rsat.ps1',
    body: "Get-WindowsCapability -Name 'Rsat*' -Online | Add-WindowsCapability -Online",
  },
  {
    subject: { en: 'Install Printer Drivers', de: 'Druckertreiber installieren', fr: 'Pilotes d’imprimante' },
    file: 'Install-Printers.ps1',
    body: "Add-Printer -ConnectionName '\\\\print01\\Follow-Me'",
  },
  {
    subject: { en: 'Disk Space Report', de: 'Speicherplatz melden', fr: 'Espace disque' },
    file: 'Get-DiskSpace.ps1',
    body: 'Get-Volume -DriveLetter C | Select-Object -ExpandProperty SizeRemaining',
  },
]

const macTopics: readonly ScriptTopic[] = [
  {
    subject: { en: 'Install Company Portal', de: 'Unternehmensportal installieren', fr: 'Installer le portail' },
    file: 'installCompanyPortal.sh',
    body: 'curl -fsSL -o /tmp/cp.pkg "https://go.microsoft.com/fwlink/?linkid=853070" && installer -pkg /tmp/cp.pkg -target /',
  },
  {
    subject: { en: 'Set Computer Name', de: 'Gerätename setzen', fr: 'Nom de l’ordinateur' },
    file: 'setName.sh',
    body: "scutil --set ComputerName \"MAC-$(ioreg -l | awk -F'\"' '/IOPlatformSerialNumber/{print $4}')\"",
  },
  {
    subject: { en: 'Configure Dock', de: 'Dock einrichten', fr: 'Configurer le Dock' },
    file: 'dock.sh',
    body: 'defaults write com.apple.dock persistent-apps -array && killall Dock',
  },
  {
    subject: { en: 'Rosetta 2', de: 'Rosetta 2', fr: 'Rosetta 2' },
    file: 'rosetta.sh',
    body: '/usr/sbin/softwareupdate --install-rosetta --agree-to-license',
  },
]

const remediationTopics: readonly ScriptTopic[] = [
  {
    subject: {
      en: 'Fix Stale Group Policies',
      de: 'Veraltete Gruppenrichtlinien beheben',
      fr: 'Corriger les stratégies obsolètes',
    },
    file: 'gpo',
    body: '$last = Get-Item HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion; if ($last) { exit 0 } else { exit 1 }',
  },
  {
    subject: { en: 'Restart Reminder', de: 'Neustart-Erinnerung', fr: 'Rappel de redémarrage' },
    file: 'uptime',
    body: '$up = (Get-Date) - (Get-CimInstance Win32_OperatingSystem).LastBootUpTime; if ($up.Days -gt 7) { exit 1 } else { exit 0 }',
  },
  {
    subject: { en: 'Clear Teams Cache', de: 'Teams-Cache leeren', fr: 'Vider le cache Teams' },
    file: 'teams',
    body: 'if (Test-Path "$env:APPDATA\\Microsoft\\Teams\\Cache") { exit 1 } else { exit 0 }',
  },
  {
    subject: { en: 'BitLocker Key Escrow', de: 'BitLocker-Schlüssel sichern', fr: 'Séquestre de clé BitLocker' },
    file: 'bitlocker',
    body: '$v = Get-BitLockerVolume -MountPoint C:; if ($v.KeyProtector) { exit 0 } else { exit 1 }',
  },
  {
    subject: {
      en: 'Secure Boot Certificate 2026',
      de: 'Secure-Boot-Zertifikat 2026',
      fr: 'Certificat Secure Boot 2026',
    },
    file: 'secureboot',
    body: 'if ((Confirm-SecureBootUEFI) -eq $true) { exit 0 } else { exit 1 }',
  },
]

/** A PowerShell script. */
export function powerShellScript({ random }: DraftContext): Draft {
  const topic = random.pick(windowsTopics)
  const values = {
    scriptContent: base64(powerShell(random, topic)),
    fileName: topic.file,
    runAsAccount: random.weighted({ system: 7, user: 3 }),
    enforceSignatureCheck: random.chance(0.1),
    runAs32Bit: random.chance(0.1),
  }
  return {
    type: 'deviceManagementScript',
    platform: 'windows',
    audience: 'devices',
    subject: topic.subject,
    kind: 'PS',
    values,
  }
}

/** A macOS or Linux shell script. */
export function shellScript({ random }: DraftContext): Draft {
  const topic = random.pick(macTopics)
  const values = {
    scriptContent: base64(shell(random, topic)),
    fileName: topic.file,
    runAsAccount: random.weighted({ system: 8, user: 2 }),
    executionFrequency: random.pick(['PT0S', 'P1D', 'P7D']),
    retryCount: random.int(0, 3),
    blockExecutionNotifications: random.chance(0.6),
  }
  return {
    type: 'deviceShellScript',
    platform: 'macos',
    audience: 'devices',
    subject: topic.subject,
    kind: 'SH',
    values,
  }
}

/** A macOS script whose output becomes an attribute of the device. */
export function customAttributeScript({ random }: DraftContext): Draft {
  const subject = random.pick([
    { en: 'Battery Cycle Count' },
    { en: 'Intune Agent Version' },
    { en: 'Local Administrators' },
  ])
  const topic = {
    subject,
    file: `${subject.en.replaceAll(' ', '')}.sh`,
    body: "system_profiler SPPowerDataType | awk '/Cycle Count/{print $3}'",
  }
  const values = {
    customAttributeName: subject.en,
    customAttributeType: random.pick(['string', 'integer']),
    scriptContent: base64(shell(random, topic)),
    fileName: topic.file,
  }
  return {
    type: 'deviceCustomAttributeShellScript',
    platform: 'macos',
    audience: 'devices',
    subject,
    kind: 'CA',
    values,
  }
}

/** A remediation: a script that detects and one that mends. */
export function healthScript({ random, organisation, index }: DraftContext): Draft {
  const topic = random.pick(remediationTopics)
  const isMicrosofts = index === 0
  const values = {
    publisher: isMicrosofts ? 'Microsoft' : organisation.name,
    isGlobalScript: isMicrosofts,
    version: '1',
    highestAvailableVersion: isMicrosofts ? '1' : null,
    deviceHealthScriptType: 'deviceHealthScript',
    detectionScriptContent: base64(powerShell(random, topic)),
    remediationScriptContent: base64(
      powerShell(random, { ...topic, body: `Write-Output 'Repairing ${topic.file}'; exit 0` }),
    ),
    runAsAccount: 'system',
    runAs32Bit: false,
  }
  return {
    type: 'deviceHealthScript',
    platform: 'windows',
    audience: 'devices',
    subject: topic.subject,
    kind: 'PR',
    values,
    ...(isMicrosofts ? { name: 'Update stale Group Policies' } : {}),
  }
}

/** A discovery script that a compliance policy refers to; never assigned itself. */
export function complianceScript({ random, organisation }: DraftContext): Draft {
  const topic = random.pick(remediationTopics)
  const body =
    '$hash = @{ Firewall = (Get-NetFirewallProfile Domain).Enabled }; return $hash | ConvertTo-Json -Compress'
  const values = {
    publisher: organisation.name,
    platform: 'windows10',
    version: '1',
    runAsAccount: 'system',
    detectionScriptContent: base64(powerShell(random, { ...topic, body })),
  }
  return {
    type: 'deviceComplianceScript',
    platform: 'windows',
    audience: 'devices',
    subject: { en: `Discover ${topic.subject.en}` },
    kind: 'CS',
    values,
  }
}

function powerShell(random: Random, { subject, body }: ScriptTopic): string {
  return `<#
.SYNOPSIS
  ${subject.en}
.NOTES
  Version ${random.int(1, 4)}.${random.int(0, 9)}, ticket CHG${random.int(10_000, 99_999)}
#>
$ErrorActionPreference = 'Stop'
Start-Transcript -Path "$env:ProgramData\\Microsoft\\IntuneManagementExtension\\Logs\\${random.guid().slice(0, 8)}.log" -Append
try {
  ${body}
}
catch {
  Write-Error $_.Exception.Message
  exit 1
}
finally {
  Stop-Transcript | Out-Null
}
`
}

function shell(random: Random, { subject, body }: ScriptTopic): string {
  return `#!/bin/zsh
# ${subject.en}, CHG${random.int(10_000, 99_999)}
log="/Library/Logs/Microsoft/IntuneScripts/${random.guid().slice(0, 8)}.log"
mkdir -p "$(dirname "$log")"
exec &> >(tee -a "$log")
echo "$(date) | starting"
${body}
echo "$(date) | done with $?"
`
}
