import { expect, test } from 'vitest'
import type { JournalEntry, ObjectView, SimulatorControl } from '../../../../simulator/control.ts'
import { createWitness, differingPolicies } from '#entrypoints/cli/demo/witness.ts'

const collection = '/deviceManagement/configurationPolicies'
const target = { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' }

/** What the control API would answer; the witness reads nothing else. */
function controlOf(parts: { objects?: ObjectView[]; entries?: Partial<JournalEntry>[] }): SimulatorControl {
  const entries = (parts.entries ?? []).map((entry, n) => ({ seq: n + 1, kind: 'request', ...entry }))
  return {
    objects: async () => parts.objects ?? [],
    journal: async ({ after = 0 } = {}) => ({ entries: entries.slice(after), last: entries.length }),
  } as unknown as SimulatorControl
}

async function truthOf(...assignments: ObjectView['assignments']) {
  return createWitness(controlOf({ objects: [{ collection, id: 'p', name: 'P', assignments }] }), 't').truth()
}

test('differingPolicies() does not mind how nothing is spelled', async () => {
  const bare = await truthOf({ target })
  const spelled = await truthOf({
    target: {
      ...target,
      deviceAndAppManagementAssignmentFilterId: '00000000-0000-0000-0000-000000000000',
      deviceAndAppManagementAssignmentFilterType: 'none',
    },
    source: 'direct',
  })
  expect(differingPolicies(bare, spelled)).toEqual([])
})

test('differingPolicies() sees a dropped filter, a dropped row and another target', async () => {
  const filter = {
    deviceAndAppManagementAssignmentFilterId: 'f',
    deviceAndAppManagementAssignmentFilterType: 'include',
  }
  const before = await truthOf({ target: { ...target, ...filter } })
  const key = [`${collection}/p`]
  expect(differingPolicies(before, await truthOf({ target }))).toEqual(key)
  expect(differingPolicies(before, await truthOf())).toEqual(key)
  expect(differingPolicies(before, new Map())).toEqual(key)
})

test('trafficSince() counts a batch once, knows writes from reads by POST, and starts where it stopped', async () => {
  const witness = createWitness(
    controlOf({
      entries: [
        { kind: 'token', method: 'POST', path: '/t/oauth2/v2.0/token' },
        { method: 'GET', path: `/beta${collection}` },
        { method: 'POST', path: '/beta/$batch', batchSize: 1 },
        { method: 'GET', path: `/beta${collection}/p/assignments`, batchId: 'b' },
        { method: 'POST', path: '/beta/directoryObjects/getByIds' },
        {
          kind: 'change',
          change: { action: 'setAssignments', collection, id: 'p', before: [], after: [], source: 'graph' },
        },
        {
          kind: 'change',
          change: { action: 'setAssignments', collection, id: 'q', before: [], after: [], source: 'portal' },
        },
        { method: 'POST', path: `/beta${collection}/p/assign` },
      ],
    }),
    't',
  )
  expect(await witness.trafficSince()).toEqual({
    requests: 4,
    writes: 1,
    tokens: 1,
    changedPolicies: [`${collection}/p`],
  })
  expect(await witness.trafficSince()).toEqual({ requests: 0, writes: 0, tokens: 0, changedPolicies: [] })
})
