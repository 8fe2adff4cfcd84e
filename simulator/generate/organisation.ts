import type { Random } from './random.ts'

/** Who the tenant belongs to: what its administrators call things, and where its people and devices are. */
export interface Organisation {
  readonly name: string
  /** Three letters for names, e.g. `CTS`. */
  readonly prefix: string
  readonly domain: string
  readonly language: Language
  readonly sites: readonly Site[]
  readonly departments: readonly string[]
  readonly style: NameStyle
}

export type Language = 'en' | 'de' | 'fr'

export interface Site {
  readonly code: string
  readonly city: string
}

/** How the organisation names its policies; in a real one the rule is followed by most, never by all. */
export type NameStyle = 'baseline' | 'ring' | 'dashed' | 'underscored' | 'plain'

const cities: Readonly<Record<Language, readonly (readonly [code: string, city: string])[]>> = {
  en: [
    ['LON', 'London'],
    ['NYC', 'New York'],
    ['SEA', 'Seattle'],
    ['DUB', 'Dublin'],
    ['SYD', 'Sydney'],
    ['TOR', 'Toronto'],
    ['MAN', 'Manchester'],
    ['CHI', 'Chicago'],
    ['AUS', 'Austin'],
    ['SIN', 'Singapore'],
    ['BLR', 'Bengaluru'],
    ['CPT', 'Cape Town'],
  ],
  de: [
    ['MUC', 'München'],
    ['BER', 'Berlin'],
    ['HAM', 'Hamburg'],
    ['FRA', 'Frankfurt'],
    ['CGN', 'Köln'],
    ['STR', 'Stuttgart'],
    ['ZRH', 'Zürich'],
    ['VIE', 'Wien'],
    ['LEJ', 'Leipzig'],
    ['NUE', 'Nürnberg'],
    ['DUS', 'Düsseldorf'],
    ['BSL', 'Basel'],
  ],
  fr: [
    ['PAR', 'Paris'],
    ['LYS', 'Lyon'],
    ['MRS', 'Marseille'],
    ['TLS', 'Toulouse'],
    ['NTE', 'Nantes'],
    ['GVA', 'Genève'],
    ['BRU', 'Bruxelles'],
    ['YUL', 'Montréal'],
    ['LIL', 'Lille'],
    ['SXB', 'Strasbourg'],
    ['BOD', 'Bordeaux'],
    ['NCE', 'Nice'],
  ],
}

const departments: Readonly<Record<Language, readonly string[]>> = {
  en: [
    'Sales',
    'Finance',
    'HR',
    'Legal',
    'IT',
    'Engineering',
    'Marketing',
    'Operations',
    'Support',
    'Executives',
    'R&D',
    'Warehouse',
  ],
  de: [
    'Vertrieb',
    'Finanzen',
    'Personal',
    'Recht',
    'IT',
    'Entwicklung',
    'Marketing',
    'Produktion',
    'Service',
    'Geschäftsführung',
    'Einkauf',
    'Lager',
  ],
  fr: [
    'Ventes',
    'Finance',
    'RH',
    'Juridique',
    'Informatique',
    'Ingénierie',
    'Marketing',
    'Production',
    'Support',
    'Direction',
    'Achats',
    'Logistique',
  ],
}

const styles: readonly NameStyle[] = ['baseline', 'ring', 'dashed', 'underscored', 'plain']

/** Makes an organisation for a tenant name; `policies` says how large it is. */
export function createOrganisation(
  random: Random,
  { name, policies }: { name: string; policies: number },
): Organisation {
  const language = languageOf(name) ?? random.weighted({ en: 6, de: 3, fr: 1 })
  const siteCount = Math.min(12, 3 + Math.floor(Math.log10(Math.max(10, policies)) * 2))
  return {
    name,
    prefix: prefixOf(name),
    domain: `${slugOf(name)}.onmicrosoft.com`,
    language,
    sites: random.sample(cities[language], siteCount).map(([code, city]) => ({ code, city })),
    departments: departments[language],
    style: random.pick(styles),
  }
}

/** What a company's legal form tells. */
function languageOf(name: string): Language | undefined {
  if (/\b(GmbH|AG|KG|e\.V\.)/.test(name)) return 'de'
  return /\b(SARL|SAS|Société|Groupe)\b/.test(name) ? 'fr' : undefined
}

/** `Northwind Traders` → `northwindtraders`; a name without a usable letter still gives a domain. */
export function slugOf(name: string): string {
  const letters = name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
  return letters === '' ? 'tenant' : letters.slice(0, 27)
}

function prefixOf(name: string): string {
  const consonants = slugOf(name).replaceAll(/[aeiou]/g, '')
  return (consonants + slugOf(name)).slice(0, 3).toUpperCase()
}
