import { columnsOf } from '../../tools/check.ts'
import type { Check } from '../../tools/check.ts'
import { doubtsAbout, invariantsBroken } from './judge-plant.ts'
import type { Trial } from './judge-plant.ts'

const control = 'control: no bug planted'

/** One row per trial. */
export function tableOfTrials(trials: readonly Trial[]): string {
  return columnsOf([
    ['planted', 'cases', 'red', 'by', 'seconds'],
    ...trials.map(({ plant, played, seconds }) => [
      plant?.bug ?? control,
      String(played.length),
      String(played.filter(({ violations }) => violations.length > 0).length),
      [...invariantsBroken(played)].toSorted().join(' ') || '-',
      seconds.toFixed(1),
    ]),
  ])
}

/** What a person needs to see a trial again that proves nothing. */
export function describeDoubts(trial: Trial): string {
  const { plant } = trial
  return [
    plant === null ? `RED ${control}` : `NOT FOUND ${plant.bug}: ${plant.mistake}`,
    ...doubtsAbout(trial).map((doubt) => `  ${doubt}`),
    `  again: npm run faults:prove${plant === null ? '' : ` -- --plants ${plant.name}`}`,
  ].join('\n')
}

export function checksOf(trials: readonly Trial[]): Check[] {
  return trials.map((trial) => {
    const { plant, played } = trial
    const red = played.filter(({ isHit, violations }) => isHit && violations.length > 0).length
    return {
      name: plant === null ? control : `found: ${plant.bug}`,
      ok: doubtsAbout(trial).length === 0,
      value: `${red} of ${played.length} red`,
      goal:
        plant === null
          ? 'none red'
          : plant.reddens.map(({ point, violates }) => `${point} by ${violates.join(' ')}`).join(', '),
    }
  })
}
