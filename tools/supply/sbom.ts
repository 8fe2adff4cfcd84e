import { z } from 'zod'
import type { Inspection } from './inspection.ts'
import { productionPackages, specOf, type Lockfile } from './lockfile.ts'

/*
 * The bill of materials of a release, CycloneDX. `npm sbom --omit dev` leaves out every package that a development
 * dependency uses too, such as zod; so npm lists all, and what is for development only is taken out here.
 */

const schema = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  metadata: z.looseObject({ component: z.looseObject({ name: z.string(), 'bom-ref': z.string() }) }),
  components: z.array(z.looseObject({ name: z.string(), version: z.string(), 'bom-ref': z.string() })),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()).default([]) })),
})
export type Sbom = z.infer<typeof schema>

/** @throws when the text is no CycloneDX document. */
export function parseSbom(text: string): Sbom {
  return schema.parse(JSON.parse(text))
}

/** What production installs, and how it depends on each other; named for the project, not for the folder it is in. */
export function productionSbom(sbom: Sbom, lockfile: Lockfile, projectName: string): Sbom {
  const specs = new Set(productionPackages(lockfile).map(specOf))
  const components = sbom.components.filter((component) => specs.has(specOf(component)))
  const refs = new Set([sbom.metadata.component['bom-ref'], ...components.map((component) => component['bom-ref'])])
  const kept = sbom.dependencies.filter(({ ref }) => refs.has(ref))
  const component = { ...sbom.metadata.component, name: projectName }
  return {
    ...sbom,
    metadata: { ...sbom.metadata, component },
    components,
    dependencies: kept.map((entry) => ({ ...entry, dependsOn: entry.dependsOn.filter((ref) => refs.has(ref)) })),
  }
}

/** The bill names every locked production package, and nothing else. */
export function inspectSbom(sbom: Sbom, lockfile: Lockfile): Inspection {
  const locked = new Set(productionPackages(lockfile).map(specOf))
  const named = new Set(sbom.components.map(specOf))
  const missing = [...locked].filter((spec) => !named.has(spec))
  const foreign = [...named].filter((spec) => !locked.has(spec))
  return {
    name: 'bill of materials',
    value: `${named.size} of ${locked.size} production packages named`,
    goal: 'all of them, no other',
    problems: [
      ...missing.map(
        (spec) => `${spec} is locked for production but not in the bill: see what \`npm sbom\` says of it`,
      ),
      ...foreign.map(
        (spec) => `${spec} is in the bill but not locked for production: see what \`npm sbom\` says of it`,
      ),
    ],
  }
}
