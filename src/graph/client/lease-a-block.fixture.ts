/** Test only: a process of its own that leases a block, says so, and waits to be killed. */
import { openDatabase } from '#foundation/db/database.ts'
import { givenContext } from '#foundation/kernel/context-testing.ts'
import { asId, newTenantRef } from '#foundation/kernel/ids.ts'
import type { TenantId, WorkspaceId } from '#foundation/kernel/ids.ts'
import { createDatabasePacer } from '#graph/client/database-pacer.ts'
import { defaultPacing } from '#graph/client/pacer.ts'
import { noAbort, silentLog } from '#graph/client/testing.ts'

const [url = '', workspaceId = '', tenantId = ''] = process.argv.slice(2)
const { db } = openDatabase({ url, role: 'worker', poolSize: 1, applicationName: 'pacer child', log: silentLog })
const workspace = givenContext(asId<WorkspaceId>(workspaceId))
const place = { workspaceId: workspace.workspaceId, id: asId<TenantId>(tenantId), ref: newTenantRef(), name: 'Contoso' }
const pacer = createDatabasePacer({ db, ctx: workspace.inTenant(place), limits: defaultPacing })
await pacer.take('any', 1, noAbort)
process.send?.('leased')
setInterval(() => undefined, 60_000)
