import { applicationClock } from './application-clock.ts'
import { auditOutside } from './audit-outside.ts'
import { checkedCooldown } from './checked-cooldown.ts'
import { earlyNotification } from './early-notification.ts'
import { executedRedelivery } from './executed-redelivery.ts'
import { failedCommit } from './failed-commit.ts'
import { idleHeartbeat } from './idle-heartbeat.ts'
import { incrementedCounts } from './incremented-counts.ts'
import { loggedAnswer } from './logged-answer.ts'
import type { Plant } from './plant.ts'
import { rememberedCooldown } from './remembered-cooldown.ts'
import { uncheckedFence } from './unchecked-fence.ts'

/** Every bug the matrix must find. */
export const plants = [
  applicationClock,
  uncheckedFence,
  incrementedCounts,
  auditOutside,
  checkedCooldown,
  rememberedCooldown,
  failedCommit,
  idleHeartbeat,
  executedRedelivery,
  earlyNotification,
  loggedAnswer,
] as const satisfies readonly Plant[]

/** @throws TypeError with a sentence for the person who typed it */
export function plantNamed(name: string): Plant {
  const plant = plants.find((candidate) => candidate.name === name)
  if (plant === undefined)
    throw new TypeError(`There is no plant "${name}"; there are: ${plants.map((one) => one.name).join(', ')}.`)
  return plant
}
