/** A restore that one person cannot apply alone, from the command lines of two. */
import { describe, expect, test } from 'vitest'
import { expectRefusal } from '#entrypoints/cli/testing.ts'
import { useCommandLine } from '#entrypoints/cli/testing-commands.ts'

const line = useCommandLine()

type Policy = Awaited<ReturnType<typeof line.simulator.control.objects>>[number]

const assign = ({ collection, id }: Policy, assignments: Policy['assignments'][number][]) =>
  line.simulator.control.change('Contoso', [{ action: 'setAssignments', collection, id, assignments }])

/** A policy that everybody gets. */
async function assignedPolicy(): Promise<Policy> {
  const objects = await line.simulator.control.objects('Contoso')
  const policy = objects.find(({ collection }) => collection === '/deviceManagement/configurationPolicies')
  if (policy === undefined) throw new TypeError('the simulated tenant has policies')
  await assign(policy, [{ target: { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' } }])
  return policy
}

describe('restore approve', () => {
  test('is what a large plan waits for, and somebody else gives it', async () => {
    const limited = await line.must('workspace', 'restore-limit', 'managed-services', '0')
    expect(limited.stdout).toMatch(/Second person +for every restore/)
    const policy = await assignedPolicy()
    await line.must('backup', 'create', '--tenant', 'Contoso')
    await assign(policy, [])
    const planned = await line.must('restore', 'plan', '--tenant', 'Contoso', policy.id)
    expect(planned.stderr).toMatch(
      /every restore here needs a second person.*`tenantatlas restore approve \S+ --tenant "Contoso"`/,
    )
    expect(planned.stdout).toMatch(/Approval +needed$/m)
    const [plan] = await line.json<{ id: string; approval: object }[]>('restore', 'list', '--tenant', 'Contoso')
    expect(plan?.approval).toEqual({ state: 'needed', limit: 0, given: [] })
    const of = [plan?.id ?? '', '--tenant', 'Contoso']
    const apply = ['restore', 'apply', ...of, '--confirm', 'Contoso']
    expectRefusal(
      await line.ta(...apply),
      6,
      'This plan writes 1 policy, and every restore here needs a second person.',
    )
    const asJson = await line.ta(...apply, '-o', 'json')
    expect(asJson).toMatchObject({ exitCode: 6, stdout: '' })
    expect(JSON.parse(asJson.stderr)).toMatchObject({ error: { reason: 'second_person_required' } })

    expect(await line.ta('restore', 'approve', ...of)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('lets somebody else write 1 policy in "Contoso". Confirm it with --yes.'),
    })
    await line.must('restore', 'approve', ...of, '--yes')
    expectRefusal(await line.ta(...apply), 6, 'every restore here needs the approval of a second person')
    const colleague = await line.colleague()
    const approve = ['restore', 'approve', ...of, '--reason', 'change 4711', '--yes']
    const approved = await colleague(...approve, '-o', 'json')
    expect(JSON.parse(approved.stdout)).toMatchObject({
      approval: { state: 'given', given: [{ by: { name: 'Ada Moreau' } }, { by: { name: 'Marco Bianchi' } }] },
    })
    expect(approved.stderr).toContain(`Somebody else applies it: tenantatlas restore apply ${plan?.id}`)
    expect((await line.must('restore', 'show', ...of)).stdout).toMatch(/Approval +.*by Marco Bianchi .*: change 4711/)
    expect((await line.ta(...apply)).exitCode).toBe(0)
    expectRefusal(await colleague('restore', 'approve', ...of, '--yes'), 1, 'has been applied already')
    await line.must('workspace', 'restore-limit', 'managed-services', 'none')
    expectRefusal(await line.ta('workspace', 'restore-limit', 'managed-services', 'few'), 2, 'must be a whole number')
    expect((await line.must('workspace', 'show')).stdout).toMatch(/Second person +for no restore/)
    await line.must('workspace', 'restore-limit', 'managed-services', '25')
  }, 120_000)
})
