/**
 * The only wiring: configuration → database → Microsoft Graph → handlers → entrypoints. Whoever wants to know what
 * depends on what reads this file from top to bottom, and `compose-handlers.ts` for what only workers need: it is loaded
 * when work begins, so that a command that only shows something starts fast.
 */
import { join } from 'node:path'
import { keyPlaceOf } from '#foundation/config/key-place.ts'
import { closedOpener, createOpener } from '#foundation/crypto/open.ts'
import { createSecretBox } from '#foundation/crypto/secret-box.ts'
import { createSigner, readSigningKeys } from '#foundation/crypto/sign.ts'
import { openDatabase, statementTimeouts } from '#foundation/db/database.ts'
import { createLog } from '#foundation/observability/log.ts'
import type { EntraConfig } from '#foundation/config/entra-config.ts'
import type { EntraSignIn } from '#domain/access/sign-in/entra-sign-in.ts'
import type { Compose } from '#entrypoints/cli/cli.ts'

/** Composes the program over one database. Nothing runs yet; disposing closes the database. */
export const compose: Compose = async (config, { databaseUrl, applicationName, poolSize, doesWork = false }) => {
  const log = createLog({ level: config.logLevel, pretty: process.stderr.isTTY })
  const keyFile = (name: string) => join(config.dataDir, 'keys', name)
  const role = doesWork ? 'worker' : 'api'
  const statementTimeoutMs = doesWork ? statementTimeouts.workerMs : statementTimeouts.personMs
  const database = openDatabase({ url: databaseUrl, role, poolSize, applicationName, log, statementTimeoutMs })
  const { db } = database
  // The private keys are for whoever makes tokens and sends notifications; everybody else seals with the public one.
  const opener = doesWork ? createOpener(keyPlaceOf(config)) : closedOpener
  return {
    database,
    db,
    opener,
    log,
    notify: config.notify,
    work: async (options) => {
      const { composeGraph, composeHandlers } = await import('./compose-handlers.ts')
      const { runCheckpoints } = await import('#entrypoints/worker/run-checkpoints.ts')
      const { runRelay } = await import('#entrypoints/worker/run-relay.ts')
      const { runScheduler } = await import('#entrypoints/worker/run-scheduler.ts')
      const { runWorker } = await import('#entrypoints/worker/run-worker.ts')
      const signer = createSigner({ keyFile: keyFile('audit.key'), publicKeyFile: keyFile('audit.pub') })
      const graphFor = composeGraph({ config, db, opener, log })
      const handlers = composeHandlers({ db, graphFor, signer, log })
      const { notify } = config
      await together(options.signal, (signal) => [
        runWorker({ database, handlers, log, ...config.worker, ...options, signal }),
        runScheduler({ db, log, signal }),
        runRelay({ db, opener, notify, log, signal }),
        runCheckpoints({ db, signer, log, signal }),
      ])
    },
    serve: async ({ port, entra = config.entra, graphHosts = [], limit }) => {
      const { serveApp } = await import('#entrypoints/http/serve-app.ts')
      // Whoever also works still serves people under the role that sees nothing sealed.
      const forPeople = {
        url: databaseUrl,
        role: 'api',
        poolSize: 12,
        statementTimeoutMs: statementTimeouts.personMs,
      } as const
      const served = doesWork ? openDatabase({ ...forPeople, applicationName, log }) : database
      const app = await serveApp({
        db: served.db,
        pool: served.pool,
        notify: config.notify,
        log,
        sealer: createSecretBox({ keyFile: keyFile('sign-in.key') }),
        port,
        limit,
        publicUrl: config.isPublicUrlChosen ? config.publicUrl : undefined,
        entraFor: entra && (await signInWith(entra)),
        trustedProxies: config.trustedProxies,
        graphAllowHosts: [...config.graphAllowHosts, ...graphHosts],
        // The public half alone: whoever serves may check what workers signed, never sign.
        auditKeys: () => readSigningKeys([keyFile('audit.pub')]),
      })
      return {
        url: app.url,
        localUrl: app.localUrl,
        [Symbol.asyncDispose]: async () => {
          await app[Symbol.asyncDispose]()
          if (served !== database) await served.close()
        },
      }
    },
    serveMetrics: async ({ stopping }) => {
      if (config.metrics.port === 0) return undefined
      const { composeMetrics } = await import('./compose-metrics.ts')
      return composeMetrics({ config, databaseUrl, role, log, stopping })
    },
    [Symbol.asyncDispose]: () => database.close(),
  }
}

/** Sign-in with Microsoft Entra as configured, once it is known where people come back to. */
async function signInWith({ credential, ...entra }: EntraConfig): Promise<(redirectUri: string) => EntraSignIn> {
  const [{ entraSignIn }, { readAppCredential }] = await Promise.all([
    import('#domain/access/sign-in/entra-sign-in.ts'),
    import('#domain/access/sign-in/read-app-credential.ts'),
  ])
  const read = await readAppCredential(credential)
  return (redirectUri) => entraSignIn({ ...entra, credential: read, redirectUri })
}

/** Works on all of them until `stopping`; one that gives up before takes the others along. */
async function together(stopping: AbortSignal, start: (signal: AbortSignal) => Promise<void>[]): Promise<void> {
  const gaveUp = new AbortController()
  const parts = start(AbortSignal.any([stopping, gaveUp.signal]))
  try {
    await Promise.all(parts)
  } finally {
    gaveUp.abort()
    await Promise.allSettled(parts)
  }
}
