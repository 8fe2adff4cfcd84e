import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { Failure } from '#foundation/kernel/failure.ts'

/** A port and how a person chooses another one. */
export interface ChosenPort {
  /** 0: any free one. */
  readonly port: number
  /** Absent: only the variable chooses it. */
  readonly option?: string
  readonly variable: string
  /** Absent: the loopback interface. */
  readonly host?: string
}

/**
 * Listens on one interface, by default the loopback one.
 * @throws Failure `invalid_state` when the port is used or may not be
 */
export async function listen(server: Pick<Server, 'listen'> & NodeJS.EventEmitter, chosen: ChosenPort): Promise<void> {
  server.listen(chosen.port, chosen.host ?? '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw refusalOf(cause, chosen)
  }
}

/**
 * Asks for a port and lets go of it, to refuse before anything is started.
 * @throws Failure `invalid_state` when the port is used or may not be
 */
export async function probePort(chosen: ChosenPort): Promise<void> {
  const probe = createServer()
  await listen(probe, chosen)
  const closed = once(probe, 'close')
  probe.close()
  await closed
}

function refusalOf(cause: unknown, { port, option, variable, host }: ChosenPort): Failure {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const choose = `choose one with ${option === undefined ? variable : `${option} or ${variable}`}.`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new Failure('missing_configuration', `This machine has no address ${host} to listen on.`, { cause })
  if (code === 'EADDRINUSE')
    return new Failure('invalid_state', `Port ${port} is used by another program; ${choose}`, { cause })
  if (code === 'EACCES')
    return new Failure('invalid_state', `Port ${port} may not be used by you, one above 1023 may; ${choose}`, { cause })
  return new Failure('invalid_state', `Port ${port} cannot be listened on (${code}); ${choose}`, { cause })
}
