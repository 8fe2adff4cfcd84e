import type { GraphObject } from '../world.ts'
import type { Draft, DraftContext } from './draft.ts'
import { lifetime } from './graph-dates.ts'
import { guidOf, type Random } from './random.ts'

interface Definition {
  readonly name: string
  readonly category: string
  readonly classType: 'machine' | 'user'
  readonly presentation?: {
    readonly kind: 'Text' | 'Boolean' | 'Decimal' | 'List'
    readonly label: string
    readonly value: unknown
  }
}

const definitions: readonly Definition[] = [
  {
    name: 'Silently sign in users to the OneDrive sync app with their Windows credentials',
    category: '\\OneDrive',
    classType: 'machine',
  },
  {
    name: 'Set the maximum size of a user’s OneDrive that can download automatically',
    category: '\\OneDrive',
    classType: 'machine',
    presentation: { kind: 'List', label: 'Tenant ID and size (MB)', value: [{ name: 'contoso', value: '1024' }] },
  },
  {
    name: 'Configure the home page URL',
    category: '\\Microsoft Edge\\Startup, home page and new tab page',
    classType: 'machine',
    presentation: { kind: 'Text', label: 'Home page URL', value: 'https://intranet.example.com' },
  },
  {
    name: 'Control which extensions are installed silently',
    category: '\\Microsoft Edge\\Extensions',
    classType: 'machine',
    presentation: {
      kind: 'List',
      label: 'Extension/App IDs',
      value: [{ name: '1', value: 'odfafepnkmbhccpbejgmiehpchacaeak' }],
    },
  },
  {
    name: 'Block macros from running in Office files from the Internet',
    category: '\\Microsoft Word 2016\\Word Options\\Security\\Trust Center',
    classType: 'user',
  },
  {
    name: 'VBA Macro Notification Settings',
    category: '\\Microsoft Excel 2016\\Excel Options\\Security\\Trust Center',
    classType: 'user',
    presentation: { kind: 'Text', label: 'VBA Macro Notification', value: '2' },
  },
  {
    name: 'Turn off Autoplay',
    category: '\\Windows Components\\AutoPlay Policies',
    classType: 'machine',
    presentation: { kind: 'Text', label: 'Turn off Autoplay on', value: '255' },
  },
  {
    name: 'Specify a default color',
    category: '\\Windows Components\\Desktop Window Manager\\Window Frame Coloring',
    classType: 'user',
    presentation: { kind: 'Decimal', label: 'Red', value: 12 },
  },
  { name: 'Do not display the lock screen', category: '\\Control Panel\\Personalization', classType: 'machine' },
  {
    name: 'Allow users to connect remotely by using Remote Desktop Services',
    category: '\\Windows Components\\Remote Desktop Services\\Connections',
    classType: 'machine',
  },
  {
    name: 'Use Cached Exchange Mode for new and existing Outlook profiles',
    category: '\\Microsoft Outlook 2016\\Account Settings\\Exchange',
    classType: 'user',
    presentation: { kind: 'Boolean', label: 'Download shared folders', value: true },
  },
  {
    name: 'Prevent Codec Download',
    category: '\\Windows Components\\Windows Media Player\\Playback',
    classType: 'user',
  },
]

/** An administrative template policy with its configured definitions. */
export function groupPolicyConfiguration({ random }: DraftContext): Draft {
  const chosen = random.sample(definitions, random.int(1, 8))
  return {
    type: 'groupPolicyConfiguration',
    platform: 'windows',
    audience: chosen.every(({ classType }) => classType === 'user') ? 'users' : 'devices',
    subject: random.pick([
      { en: 'Administrative Templates', de: 'Administrative Vorlagen', fr: 'Modèles d’administration' },
      { en: 'Office Security', de: 'Office-Sicherheit', fr: 'Sécurité Office' },
      { en: 'OneDrive ADMX', de: 'OneDrive ADMX', fr: 'OneDrive ADMX' },
    ]),
    kind: 'AT',
    values: { policyConfigurationIngestionType: 'builtIn' },
    sub: { definitionValues: chosen.map((definition) => definitionValue(random, definition)) },
  }
}

function definitionValue(random: Random, definition: Definition): GraphObject {
  const { created, modified } = lifetime(random)
  const enabled = definition.presentation !== undefined || random.chance(0.8)
  const dates = { createdDateTime: created, lastModifiedDateTime: modified }
  return {
    id: random.guid(),
    ...dates,
    configurationType: 'policy',
    enabled,
    definition: definitionOf(definition),
    presentationValues: definition.presentation && enabled ? [presentationValue(random, definition, dates)] : [],
  }
}

/** The template's own definition: the same in every tenant. */
function definitionOf({ name, category, classType }: Definition): GraphObject {
  return {
    id: guidOf(`definition ${name}`),
    classType,
    displayName: name,
    explainText: `This policy setting lets you configure: ${name}.`,
    categoryPath: category,
    supportedOn: 'At least Windows 10',
    policyType: 'admxBacked',
    hasRelatedDefinitions: false,
    groupPolicyCategoryId: guidOf(`category ${category}`),
    minDeviceCspVersion: '5.0',
    minUserCspVersion: '5.0',
    version: '1.0',
    lastModifiedDateTime: '2025-09-16T17:22:40.1234567Z',
  }
}

function presentationValue(random: Random, { name, presentation }: Definition, dates: GraphObject): GraphObject {
  if (!presentation) throw new Error(`${name} has no presentation.`)
  const { kind, label, value } = presentation
  return {
    '@odata.type': `#microsoft.graph.groupPolicyPresentationValue${kind}`,
    id: random.guid(),
    ...dates,
    ...(kind === 'List' ? { values: value } : { value }),
    presentation: {
      '@odata.type': `#microsoft.graph.groupPolicyPresentation${kind === 'Text' ? 'TextBox' : kind === 'Boolean' ? 'CheckBox' : kind === 'Decimal' ? 'DecimalTextBox' : 'ListBox'}`,
      id: guidOf(`presentation ${name}`),
      label,
      lastModifiedDateTime: '2025-09-16T17:22:40.1234567Z',
    },
  }
}
