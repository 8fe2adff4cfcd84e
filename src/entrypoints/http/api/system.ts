import { listKeyUses, type KeyUse } from '#domain/keys/list-keys.ts'
import { readQueueFigures } from '#domain/operations/queue-figures.ts'
import { listWorkers } from '#domain/operations/list-workers.ts'
import { breakGlass } from '#domain/platform/break-glass.ts'
import { disablePerson, enablePerson } from '#domain/platform/disable-person.ts'
import { listPeople, type PersonView } from '#domain/platform/list-people.ts'
import { listPlatformEvents, listStuckRuns, listWorkspaceFigures } from '#domain/platform/platform-overview.ts'
import { setUpOperator, signInOperator, signOutOperator } from '#domain/platform/sign-in-operator.ts'
import { steerWorker } from '#domain/platform/steer-worker.ts'
import { asId } from '#foundation/kernel/ids.ts'
import { iso } from '#entrypoints/documents/iso.ts'
import { workerDocument } from '#entrypoints/documents/worker-document.ts'
import { operatorOf, type ApiContext } from '#entrypoints/http/api/api-context.ts'
import { os } from '#entrypoints/http/api/implement.ts'

export const system = {
  setUp: os.system.setUp.handler(async ({ context, input: { token, ...wish } }) => {
    context.signIn.takeTry('operator setup')
    const made = await setUpOperator(context.db, context.signIn.sealer, token, wish)
    giveSession(context, made.token)
    return { recoveryCodes: made.recoveryCodes }
  }),
  signIn: os.system.signIn.handler(async ({ context, input }) => {
    context.signIn.takeTry(`operator ${input.loginName}`)
    const { token } = await signInOperator(context.db, context.signIn.sealer, input)
    giveSession(context, token)
    return { ok: true }
  }),
  me: os.system.me.handler(({ context }) => {
    const { accountId, name } = operatorOf(context)
    return { id: accountId, name }
  }),
  signOut: os.system.signOut.handler(async ({ context }) => {
    await signOutOperator(context.db, operatorOf(context))
    return { ok: true }
  }),
  workspaces: os.system.workspaces.handler(async ({ context }) => {
    const workspaces = await listWorkspaceFigures(context.db)
    return {
      items: workspaces.map(({ workspaceId, createdAt, archivedAt, ...figures }) => ({
        id: workspaceId,
        createdAt: createdAt.toISOString(),
        archivedAt: iso(archivedAt),
        ...figures,
      })),
    }
  }),
  workers: os.system.workers.handler(async ({ context }) => ({
    items: (await listWorkers(context.db)).map(workerDocument),
  })),
  drainWorker: os.system.drainWorker.handler(async ({ context, input }) => {
    await steerWorker(context.db, operatorOf(context), asId(input.worker), { isDraining: true })
    return { ok: true }
  }),
  resumeWorker: os.system.resumeWorker.handler(async ({ context, input }) => {
    await steerWorker(context.db, operatorOf(context), asId(input.worker), { isDraining: false })
    return { ok: true }
  }),
  queue: os.system.queue.handler(async ({ context }) => readQueueFigures(context.db)),
  stuckRuns: os.system.stuckRuns.handler(async ({ context }) => {
    const runs = await listStuckRuns(context.db)
    return { items: runs.map(({ runId, since, ...run }) => ({ run: runId, since: since.toISOString(), ...run })) }
  }),
  breakGlass: os.system.breakGlass.handler(async ({ context, input }) => {
    const { token, until } = await breakGlass(context.db, operatorOf(context), input)
    context.answer.append('Set-Cookie', context.cookies.session.header(token))
    return { until: until.toISOString() }
  }),
  people: os.system.people.handler(async ({ context, input }) => {
    const { items, nextCursor } = await listPeople(context.db, input)
    return { items: items.map(personDocument), nextCursor }
  }),
  disablePerson: os.system.disablePerson.handler(async ({ context, input: { person, ...act } }) => {
    const { requestId } = context
    await disablePerson(context.db, operatorOf(context), { ...act, userId: asId(person), requestId })
    return { ok: true }
  }),
  enablePerson: os.system.enablePerson.handler(async ({ context, input: { person, reason } }) => {
    const { requestId } = context
    await enablePerson(context.db, operatorOf(context), { reason, userId: asId(person), requestId })
    return { ok: true }
  }),
  keys: os.system.keys.handler(async ({ context }) => {
    const { keys, first } = await listKeyUses(context.db)
    return { items: keys.map(keyDocument), first }
  }),
  events: os.system.events.handler(async ({ context }) => {
    const events = await listPlatformEvents(context.db)
    return { items: events.map(({ at, ...event }) => ({ at: at.toISOString(), ...event })) }
  }),
}

function giveSession(context: ApiContext, token: string): void {
  context.answer.append('Set-Cookie', context.cookies.system.header(token))
}

function personDocument({ userId, createdAt, signedInAt, disabledAt, ...person }: PersonView) {
  const times = { createdAt: createdAt.toISOString(), signedInAt: iso(signedInAt), disabledAt: iso(disabledAt) }
  return { id: userId, ...person, ...times }
}

function keyDocument({ version, state, secrets, publicText: publicKey, ...key }: KeyUse) {
  const { createdAt, activatedAt, retiredAt } = key
  const times = { createdAt: createdAt.toISOString(), activatedAt: iso(activatedAt), retiredAt: iso(retiredAt) }
  return { version, state, secrets, publicKey, ...times }
}
