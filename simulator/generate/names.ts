import type { Organisation } from './organisation.ts'
import { platformWords, type Platform } from './platform.ts'
import type { Random } from './random.ts'

/** What a policy is about, in the languages of the administrators. */
export interface Subject {
  readonly en: string
  readonly de?: string
  readonly fr?: string
}

/** What a name may tell besides its subject. */
export interface NameFacts {
  readonly subject: Subject
  readonly platform: Platform
  readonly audience: 'devices' | 'users'
  /** The kind of policy in a few letters, e.g. `SC` for settings catalog. */
  readonly kind: string
}

/**
 * Names policies the way the organisation does: most by its rule, some as somebody else would have, a few twice.
 * The larger a tenant, the more names carry a site or a number.
 */
export function createNamer(
  random: Random,
  organisation: Organisation,
  policies: number,
): (facts: NameFacts) => string {
  const recent: string[] = []
  const namer = (facts: NameFacts): string => {
    if (recent.length > 5 && random.chance(0.012)) return random.pick(recent)
    const name = dressed(random, organisation, styled(random, organisation, facts, policies))
    recent[random.int(0, 30)] = name
    return name
  }
  return (facts) => namer(facts).slice(0, 200)
}

function styled(random: Random, organisation: Organisation, facts: NameFacts, policies: number): string {
  const stray = random.chance(0.22)
  const style = stray ? random.pick(['spoken', 'ring', 'dashed', 'plain'] as const) : organisation.style
  return nameStyles[style](random, organisation, facts, detail(random, organisation, policies))
}

/** What tells two policies of the same subject apart: a site, a ring, a department, a number. */
function detail(random: Random, organisation: Organisation, policies: number): string {
  const kind = random.weighted({
    none: 45,
    site: 15 + Math.log10(policies) * 8,
    ring: 14,
    department: 12,
    number: Math.log10(policies) * 4,
  })
  const details = {
    none: () => '',
    site: () => random.pick(organisation.sites).city,
    ring: () => random.pick(['Pilot', 'Broad', 'Test', 'Prod']),
    department: () => random.pick(organisation.departments),
    number: () => String(random.int(1, Math.max(9, Math.round(policies / 20)))).padStart(2, '0'),
  }
  return details[kind]()
}

type NameStyleFunction = (random: Random, organisation: Organisation, facts: NameFacts, detail: string) => string

const nameStyles: Readonly<Record<Organisation['style'] | 'spoken', NameStyleFunction>> = {
  baseline(random, _organisation, { subject, platform, audience, kind }, extra) {
    const parts = [platformWords[platform].code, audience === 'devices' ? 'D' : 'U', kind, subject.en, extra]
    return `${parts.filter((part) => part !== '').join(' - ')} - v${random.int(1, 3)}.${random.int(0, 9)}`
  },
  ring(random, _organisation, { subject, platform }, extra) {
    const ring = random.weighted({ '[Pilot]': 2, '[Prod]': 6, '[Test]': 1, '[DEPRECATED]': 0.4 })
    return `${ring} ${platformWords[platform].word} ${subject.en}${extra === '' ? '' : ` (${extra})`}`
  },
  dashed(_random, { name }, { subject, platform, audience }, extra) {
    const organisationWord = name.split(/\s+/)[0] ?? name
    const parts = [
      organisationWord,
      platformWords[platform].word,
      compact(subject.en),
      extra.replaceAll(' ', ''),
      audience === 'devices' ? 'Device' : 'User',
    ]
    return parts.filter((part) => part !== '').join('-')
  },
  underscored(_random, { prefix }, { subject, platform, audience, kind }, extra) {
    const parts = [
      prefix,
      platformWords[platform].code,
      audience === 'devices' ? 'D' : 'U',
      kind,
      compact(subject.en),
      compact(extra),
    ]
    return parts.filter((part) => part !== '').join('_')
  },
  plain(_random, { language }, { subject, platform }, extra) {
    const words = (language === 'en' ? undefined : subject[language]) ?? subject.en
    return extra === ''
      ? `${platformWords[platform].word} ${words}`
      : `${platformWords[platform].word} ${words} – ${extra}`
  },
  spoken(random, organisation, { subject, platform }, extra) {
    const { word } = platformWords[platform]
    const where = extra === '' ? random.pick(organisation.sites).city : extra
    const own = organisation.language === 'en' ? subject.en : (subject[organisation.language] ?? subject.en)
    return random.pick([
      `${subject.en} test ${random.pick(['anna', 'markus', 'jp', 'Dave'])}`,
      `Copy of ${word} ${subject.en}`,
      `NEW ${subject.en} - do not delete!`,
      `${own} / ${where}`,
      `${word} "${own}" ${where}`,
      `${subject.en} & ${random.pick(['co', 'more', 'exceptions'])} ${random.int(2021, 2026)}`,
      `${own} (${random.pick(['alt', 'old', 'bis', 'neu', 'v2', 'temp'])})`,
      `O'Brien's ${subject.en}`,
    ])
  },
}

function dressed(random: Random, { language }: Organisation, name: string): string {
  if (random.chance(0.006)) return `${random.pick(['🔒', '🚀', '⚠️', '✅', '🧪'])} ${name}`
  if (language !== 'en' && random.chance(0.04)) return `${name} (${language === 'de' ? 'Entwurf' : 'à vérifier'})`
  return name
}

function compact(words: string): string {
  return words.replaceAll(/[^\p{L}\p{N}+]+/gu, '')
}
