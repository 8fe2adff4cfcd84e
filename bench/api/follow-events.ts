import type { IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { startRun } from '#domain/operations/ensure-run.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'
import { tenantOf } from '../ledger/ledger-stage.ts'
import type { ApiStage } from './api-stage.ts'
import { open } from './ask.ts'

export const followers = { clients: 1_000, ofOneMember: 20, eventsPerSecond: 10, seconds: 10 } as const

export interface EventFigures {
  /** Processor time of the server while events were sent. */
  readonly cpuSeconds: number
  /** The same while all followed and nothing happened. */
  readonly idleCpuSeconds: number
  readonly delivered: number
  readonly expected: number
}

/** Clients follow the workspace while runs are created at a steady pace; undefined where this server offers no events. */
export async function measureEvents(stage: ApiStage): Promise<EventFigures | undefined> {
  const { clients, ofOneMember, eventsPerSecond, seconds } = followers
  const { at, keys, server, ledger, backups } = stage
  const streams: IncomingMessage[] = []
  for (let n = 0; n < clients; n += 1) {
    const stream = await open('GET', `${at}/events`, keys[Math.floor(n / ofOneMember)] ?? '', 'streams')
    if (stream.statusCode === 404 && n === 0) return undefined
    if (stream.statusCode !== 200) throw new Error(`follower ${n} was answered ${stream.statusCode}`)
    streams.push(stream)
  }
  let delivered = 0
  for (const stream of streams) countEvents(stream, () => (delivered += 1))
  await pause(2_000)
  const idleCpuSeconds = await cpuWhile(() => pause(seconds * 1_000))
  delivered = 0
  const events = eventsPerSecond * seconds
  const cpuSeconds = await cpuWhile(async () => {
    const beganAt = performance.now()
    for (let n = 0; n < events; n += 1) {
      await pause(Math.max(0, beganAt + (n * 1_000) / eventsPerSecond - performance.now()))
      const input = { backupSetId: asId<BackupSetId>(backups.at(-1 - n) ?? '') }
      await startRun(ledger.database.db, tenantOf(ledger, n), { type: 'backup.verify', input, trigger: 'user' })
    }
    await pause(1_000)
  })
  streams.forEach((stream) => stream.destroy())
  return { cpuSeconds, idleCpuSeconds, delivered, expected: clients * events }

  async function cpuWhile(work: () => Promise<unknown>): Promise<number> {
    const before = await server.cpuSeconds()
    await work()
    return (await server.cpuSeconds()) - before
  }
}

/** Counts the runs that were created, wherever the pieces are cut. */
function countEvents(stream: IncomingMessage, onEvent: () => void): void {
  let rest = ''
  stream.on('error', () => undefined)
  stream.on('data', (chunk: Buffer) => {
    const messages = `${rest}${chunk.toString()}`.split('\n\n')
    rest = messages.pop() ?? ''
    for (const message of messages) if (message.includes('"kind":"run.created"')) onEvent()
  })
}
