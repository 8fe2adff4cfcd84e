/** What a plant changes in a text: what stands there, exactly once, and what comes in its place. */
export interface Change {
  readonly find: string
  readonly put: string
}

/** A plant whose text is not where it should be: without this, it would silently stop planting when the code changes. */
export class PlantMissed extends Error {
  override readonly name = 'PlantMissed'

  constructor(where: string, { find }: Change, times: number) {
    super(`${where} holds ${times} times, not once, what the plant replaces: "${find}"`)
  }
}

/** @throws PlantMissed unless the text holds what is to be replaced exactly once */
export function replaceOnce(text: string, change: Change, where: string): string {
  const parts = text.split(change.find)
  if (parts.length !== 2) throw new PlantMissed(where, change, parts.length - 1)
  return parts.join(change.put)
}

/** The same for several changes, one after the other. */
export function replaceEach(text: string, changes: readonly Change[], where: string): string {
  return changes.reduce((changed, change) => replaceOnce(changed, change, where), text)
}
