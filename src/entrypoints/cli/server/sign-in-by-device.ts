import { hostname, userInfo } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { clockTime } from '#contract/moments.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { createApi } from '#entrypoints/cli/server/api.ts'

const askEveryMs = 2_000

/**
 * A person signs this program in where they have a browser: it shows a code and waits. Resolves to the token of their
 * session. @throws Failure `sign_in_failed` when they deny it or nobody answers in time
 */
export async function signInByDevice(cli: Cli, url: string): Promise<string> {
  const { terminal, signal } = cli
  const { signIn } = createApi({ url, token: undefined, signal })
  const begun = await signIn.beginDevice({ name: `tenantatlas of ${userInfo().username} on ${hostname()}` })
  terminal.say(`Open ${terminal.onMessages.paint('bold', begun.url)} and enter the code`)
  terminal.say(`  ${terminal.onMessages.paint('bold', begun.userCode)}`)
  terminal.say(`It is good until ${clockTime(new Date(begun.expiresAt), new Date())}. Waiting …`)
  for (;;) {
    await pause(askEveryMs, undefined, { signal })
    const { state, token } = await signIn.takeDevice({ deviceToken: begun.deviceToken })
    if (state === 'approved' && token !== null) return token
    if (state === 'denied')
      throw new Failure('sign_in_failed', 'The sign-in was denied in the browser; nothing was changed here.')
  }
}
