import { setTimeout as pause } from 'node:timers/promises'
import { endSession } from '#domain/access/sessions/end-sessions.ts'
import { sessionLife } from '#domain/access/sessions/session-life.ts'
import { renewAtConsole, signInAtConsole } from '#domain/access/sessions/sign-in-at-console.ts'
import type { ConsoleSession } from '#domain/access/sessions/sign-in-at-console.ts'
import type { Database } from '#foundation/db/database.ts'
import type { Log } from '#foundation/observability/log.ts'
import { removeLocalSignIn, writeLocalSignIn } from '#entrypoints/cli/server/local-sign-in.ts'

// Its proof never gets too old for a high-impact act.
const renewEveryMs = (sessionLife.stepUpMinutes - 2) * 60_000
/** How soon the first owner's commands are signed in, once there is one. */
const lookEveryMs = 2_000

interface Place {
  readonly db: Database
  readonly log: Log
  readonly dataDir: string
  /** Where the server answers on this machine. */
  readonly url: string
}

/** Keeps the commands of whoever owns the data directory signed in, until disposed: then the session ends with it. */
export async function keepLocalSignIn(place: Place): Promise<AsyncDisposable> {
  const { log } = place
  let session = await renew(place, undefined)
  const stopped = new AbortController()
  const kept = (async () => {
    for (;;) {
      await pause(session === undefined ? lookEveryMs : renewEveryMs, undefined, { signal: stopped.signal })
      session = await renew(place, session).catch((err: unknown) => {
        log.warn({ err }, 'the sign-in of commands on this machine was not renewed')
        return undefined
      })
    }
  })().catch(() => undefined)
  return {
    async [Symbol.asyncDispose]() {
      stopped.abort()
      await kept
      await removeLocalSignIn(place.dataDir)
      if (session !== undefined) await endSession(place.db, session.sessionId)
    },
  }
}

async function renew(
  { db, dataDir, url }: Place,
  session: ConsoleSession | undefined,
): Promise<ConsoleSession | undefined> {
  const renewed = session === undefined ? await signInAtConsole(db) : await renewAtConsole(db, session)
  if (renewed === undefined) await removeLocalSignIn(dataDir)
  else await writeLocalSignIn(dataDir, { url, token: renewed.token })
  return renewed
}
