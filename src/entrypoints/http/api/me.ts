import { capabilitiesOfRole } from '#domain/access/capabilities.ts'
import { changePassword } from '#domain/access/local-accounts/change-password.ts'
import { listMemberships } from '#domain/access/list-memberships.ts'
import { endOwnSession, endSession, endSessionsOf, listSessions } from '#domain/access/sessions/end-sessions.ts'
import type { Caller } from '#domain/access/caller.ts'
import { personOf, type ApiContext } from '#entrypoints/http/api/api-context.ts'
import { asId, type SessionId } from '#foundation/kernel/ids.ts'
import { os } from '#entrypoints/http/api/implement.ts'

export const me = {
  show: os.me.show.handler(async ({ context }) => {
    const caller = callerOf(context)
    const memberships = await listMemberships(context.db, caller)
    return {
      id: caller.userId,
      name: caller.name,
      kind: caller.kind,
      session: caller.kind === 'person' ? sessionOf(caller) : null,
      workspaces: memberships.map(({ workspaceId, name, slug, role, allTenants, archivedAt }) => ({
        id: workspaceId,
        name,
        slug,
        role,
        allTenants,
        capabilities: capabilitiesOfRole[role].filter(
          (capability) => caller.kind === 'person' || caller.capabilities.includes(capability),
        ),
        archivedAt: archivedAt?.toISOString() ?? null,
      })),
    }
  }),
  sessions: os.me.sessions.handler(async ({ context }) => {
    const person = personOf(context)
    const sessions = await listSessions(context.db, person.userId)
    return {
      items: sessions.map(({ id, method, createdAt, seenAt, expiresAt }) => ({
        id,
        method,
        createdAt: createdAt.toISOString(),
        seenAt: seenAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
        isThis: id === person.sessionId,
      })),
    }
  }),
  endOtherSessions: os.me.endOtherSessions.handler(async ({ context }) => {
    const { userId, sessionId } = personOf(context)
    return { ended: await endSessionsOf(context.db, userId, sessionId) }
  }),
  endSession: os.me.endSession.handler(async ({ context, input }) => {
    await endOwnSession(context.db, personOf(context).userId, asId<SessionId>(input.session))
    return { ok: true }
  }),
  changePassword: os.me.changePassword.handler(async ({ context, input }) => {
    context.signIn.takeTry(input.loginName)
    await changePassword(context.db, context.signIn.sealer, personOf(context), input)
    return { ok: true }
  }),
  signOut: os.me.signOut.handler(async ({ context }) => {
    await endSession(context.db, personOf(context).sessionId)
    return { ok: true }
  }),
}

function callerOf({ caller }: ApiContext): Caller {
  if (caller === undefined) throw new TypeError('a procedure for whoever is signed in was called without')
  return caller
}

function sessionOf({ sessionId, method, authenticatedAt, expiresAt }: Extract<Caller, { kind: 'person' }>) {
  return { id: sessionId, method, authenticatedAt: authenticatedAt.toISOString(), expiresAt: expiresAt.toISOString() }
}
