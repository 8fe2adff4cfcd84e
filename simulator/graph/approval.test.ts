import { beforeAll, describe, expect, it } from 'vitest'
import { useSimulator } from '../testing.ts'

const justification = { 'x-msft-approval-justification': Buffer.from('restore 42').toString('base64') }
const rows = { assignments: [{ target: { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' } }] }

const simulator = useSimulator({ settings: { throttling: false } })

async function pathOf(index: number): Promise<string> {
  const policies = await simulator.control.objectsOf('Contoso', '/deviceManagement/configurationPolicies')
  return `/beta/deviceManagement/configurationPolicies/${policies[index]?.id}`
}

/** Asks for approval of a write and answers its code. */
async function requested(path: string, body: unknown = rows): Promise<string> {
  const client = await simulator.client('writer')
  const answer = await client.send('POST', `${path}/assign`, body, justification)
  return answer.headers.get('x-msft-approval-code') ?? ''
}

async function resend(path: string, code: string, body: unknown = rows) {
  const client = await simulator.client('writer')
  return client.send('POST', `${path}/assign`, body, { 'x-msft-approval-code': code })
}

describe('Multi Admin Approval', () => {
  beforeAll(() => simulator.control.changeSettings({ multiAdminApproval: { [simulator.tenant.id]: true } }))

  it('never stands before a read', async () => {
    const client = await simulator.client('writer')
    expect((await client.get(await pathOf(0))).status).toBe(200)
  })

  it('wants a justification', async () => {
    const client = await simulator.client('writer')
    const answer = await client.send('POST', `${await pathOf(0)}/assign`, rows)
    expect([answer.status, answer.error.message]).toEqual([
      400,
      "Header 'x-msft-approval-justification' is required to request approval",
    ])
  })

  it('lets a write through once, after approval, and only the identical one', async () => {
    const path = await pathOf(1)
    const code = await requested(path)
    expect((await resend(path, code)).status).toBe(412)
    await simulator.control.decideApproval('Contoso', code, 'approve')
    expect((await resend(path, code, { assignments: [] })).status).toBe(400)
    expect((await resend(path, code)).status).toBe(200)
    expect((await resend(path, code)).status).toBe(400)
  })

  it('says the code in header and message, and lists the request', async () => {
    const client = await simulator.client('writer')
    const answer = await client.send('POST', `${await pathOf(2)}/assign`, rows, justification)
    const code = answer.headers.get('x-msft-approval-code') ?? ''
    expect(answer.status).toBe(412)
    expect(answer.error.message).toContain(`x-msft-approval-code: ${code}`)
    const { value } = await client.get(`/beta/deviceManagement/operationApprovalRequests?$filter=id eq '${code}'`)
    expect(value).toMatchObject([{ id: code, status: 'needsApproval', requestJustification: 'restore 42' }])
  })

  it('has one active request per write', async () => {
    const path = await pathOf(3)
    await requested(path)
    const client = await simulator.client('writer')
    const answer = await client.send('POST', `${path}/assign`, rows, justification)
    expect(answer.error.message).toContain('active Approval Request already exists')
    expect(answer.headers.has('x-msft-approval-code')).toBe(false)
  })

  it('refuses a rejected write', async () => {
    const path = await pathOf(4)
    const code = await requested(path)
    await simulator.control.decideApproval('Contoso', code, 'reject')
    expect((await resend(path, code)).status).toBe(403)
  })

  it('cannot be approved by an app', async () => {
    const code = await requested(await pathOf(5))
    const client = await simulator.client('writer')
    const answer = await client.send('POST', `/beta/deviceManagement/operationApprovalRequests/${code}/approve`, {})
    expect(answer.status).toBe(403)
  })

  it('expires after three days', async () => {
    const path = await pathOf(6)
    const code = await requested(path)
    await simulator.control.decideApproval('Contoso', code, 'approve')
    await simulator.control.changeSettings({ clockOffsetMs: 3 * 24 * 3_600_000 + 1000 })
    const answer = await resend(path, code)
    await simulator.control.changeSettings({ clockOffsetMs: 0 })
    expect([answer.status, answer.error.message]).toEqual([400, 'The Approval Request has expired'])
  })

  it('answers with the documented codes where set so', async () => {
    await simulator.control.changeSettings({ multiAdminApproval: { [simulator.tenant.id]: 'documented' } })
    const client = await simulator.client('writer')
    const answer = await client.send('POST', `${await pathOf(7)}/assign`, rows, justification)
    expect([answer.status, answer.error.code]).toEqual([403, 'ApprovalRequired'])
  })
})
