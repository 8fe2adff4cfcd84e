import type { OptionSpec } from '#entrypoints/cli/command-spec.ts'

export const limitOption: OptionSpec = { flags: '--limit <count>', description: 'at most this many (default 50)' }
export const exitCodeOption: OptionSpec = {
  flags: '--exit-code',
  description: 'exit with 10 when there are differences',
}
export const typeOption: OptionSpec = {
  flags: '--type <type>',
  description: 'only this policy type; may be given several times',
  isList: true,
}
export const tenantArgument = 'name, public id or Entra id of the tenant'
export const policyArgument = 'name, id or Graph id of the policy'
export const backupArgument = 'id of the backup set (its last characters are enough), or "latest"'
export const restoreArgument = 'id of the restore run; its last characters are enough'
export const runArgument = 'id of the run; its last characters are enough'
export const overrideOptions: readonly OptionSpec[] = [
  { flags: '--override-cooldown', description: 'start although it ran just now; audited' },
  { flags: '--reason <text>', description: 'why it cannot wait' },
]
