import { roles } from '#foundation/kernel/capability.ts'
import type { OptionSpec } from '#entrypoints/cli/command-spec.ts'

export const roleOption: OptionSpec = { flags: '--role <role>', description: 'what they may do', choices: roles }
export const forOption: OptionSpec = {
  flags: '--for <tenant>',
  description: 'only this tenant; may be given several times',
  isList: true,
}
