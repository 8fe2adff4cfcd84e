/**
 * The places of a restore where the fault matrix ends the process (RELIABILITY: P2 to P11). Each is before or after an
 * effect that can be seen from outside; between two of them a crash makes no difference.
 */
export const restoreFailpoints = [
  /** P2: what is live was read for an item. */
  'restore.live_read',
  /** P3: the plan is about to be saved, or was. */
  'restore.plan_saving',
  'restore.plan_saved',
  /** P4: the intent is about to be committed, or was. */
  'restore.intent_committing',
  'restore.intent_committed',
  /** P5: the next thing is the first byte. */
  'restore.sending',
  /** P6: Graph answered, nothing knows it yet. Here the write is applied. */
  'restore.answered',
  /** P7: the answer is in the ledger. */
  'restore.answer_kept',
  /** P8: what is live was read back. */
  'restore.read_back',
  /** P9: the end of the item is about to be committed, or was. */
  'restore.settling',
  'restore.settled',
  /** P10: the next item begins. */
  'restore.item_begins',
  /** P11: the end of the restore run is about to be committed, or was; the run's own end follows. */
  'restore.ending',
  'restore.ended',
  /** P5a, P5b: one target was added, or removed, and more follow. */
  'restore.target_added',
  'restore.target_removed',
] as const

export type RestoreFailpoint = (typeof restoreFailpoints)[number]
