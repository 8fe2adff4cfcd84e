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
  /** The policy is for no platform in particular, so its name tells none. */
  readonly isForEveryPlatform?: true
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
  const used = new Set<string>()
  return (facts) => {
    const maySayTwice = random.chance(0.015)
    let name = makeName(random, organisation, facts, policies)
    for (let attempt = 0; attempt < 4 && used.has(name); attempt++)
      name = makeName(random, organisation, facts, policies)
    if (used.has(name) && !maySayTwice)
      name = `${name} ${random.pick(organisation.sites).code}-${random.int(1, policies)}`
    used.add(name)
    return name.slice(0, 200)
  }
}

function makeName(random: Random, organisation: Organisation, facts: NameFacts, policies: number): string {
  const style = random.chance(0.22) ? random.pick(['spoken', 'ring', 'dashed', 'plain'] as const) : organisation.style
  const name = nameStyles[style](random, organisation, facts, detail(random, organisation, policies))
  return dressed(random, organisation, name)
}

/** What tells two policies of the same subject apart: a site, a ring, a department, a number. */
function detail(random: Random, organisation: Organisation, policies: number): string {
  const size = Math.log10(Math.max(10, policies))
  const kind = random.weighted({ none: 45, site: 15 + size * 8, ring: 14, department: 12, number: size * 4 })
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
  baseline(random, _organisation, facts, extra) {
    const parts = [code(facts), letterOf(facts), facts.kind, facts.subject.en, extra]
    return `${parts.filter((part) => part !== '').join(' - ')} - v${random.int(1, 3)}.${random.int(0, 9)}`
  },
  ring(random, _organisation, facts, extra) {
    const ring = random.weighted({ '[Pilot]': 2, '[Prod]': 6, '[Test]': 1, '[DEPRECATED]': 0.4 })
    const isRing = ['', 'Pilot', 'Broad', 'Test', 'Prod'].includes(extra)
    return `${ring} ${titled(facts, facts.subject.en)}${isRing ? '' : ` (${extra})`}`
  },
  dashed(_random, { name }, facts, extra) {
    const organisationWord = name.split(/\s+/)[0] ?? name
    const parts = [
      organisationWord,
      word(facts),
      compact(facts.subject.en),
      compact(extra),
      facts.audience === 'devices' ? 'Device' : 'User',
    ]
    return parts.filter((part) => part !== '').join('-')
  },
  underscored(_random, { prefix }, facts, extra) {
    const parts = [prefix, code(facts), letterOf(facts), facts.kind, compact(facts.subject.en), compact(extra)]
    return parts.filter((part) => part !== '').join('_')
  },
  plain(_random, organisation, facts, extra) {
    const name = titled(facts, ownWords(organisation, facts))
    return extra === '' ? name : `${name} – ${extra}`
  },
  spoken(random, organisation, facts, extra) {
    const { en } = facts.subject
    const own = ownWords(organisation, facts)
    const where = extra === '' ? random.pick(organisation.sites).city : extra
    return random.pick([
      `${en} test ${random.pick(['anna', 'markus', 'jp', 'Dave'])}`,
      `Copy of ${titled(facts, en)}`,
      `NEW ${en} - do not delete!`,
      `${own} / ${where}`,
      `${word(facts)} "${own}" ${where}`.trim(),
      `${en} & ${random.pick(['co', 'more', 'exceptions'])} ${random.int(2021, 2026)}`,
      `${own} (${random.pick(['alt', 'old', 'bis', 'neu', 'v2', 'temp'])})`,
      `O'Brien's ${en}`,
    ])
  },
}

function ownWords({ language }: Organisation, { subject }: NameFacts): string {
  return (language === 'en' ? undefined : subject[language]) ?? subject.en
}

function word({ platform, isForEveryPlatform }: NameFacts): string {
  return isForEveryPlatform ? '' : platformWords[platform].word
}

function code({ platform, isForEveryPlatform }: NameFacts): string {
  return isForEveryPlatform ? '' : platformWords[platform].code
}

function letterOf({ audience }: NameFacts): string {
  return audience === 'devices' ? 'D' : 'U'
}

/** The words with their platform before them, unless they say it themselves. */
function titled(facts: NameFacts, words: string): string {
  return words.includes(word(facts)) ? words : `${word(facts)} ${words}`
}

function dressed(random: Random, { language }: Organisation, name: string): string {
  if (random.chance(0.006)) return `${random.pick(['🔒', '🚀', '⚠️', '✅', '🧪'])} ${name}`
  if (language !== 'en' && random.chance(0.04)) return `${name} (${language === 'de' ? 'Entwurf' : 'à vérifier'})`
  return name
}

function compact(words: string): string {
  return words.replaceAll(/[^\p{L}\p{N}+]+/gu, '')
}
