/** Sends and judges. The same seed makes the same choices; ids differ from run to run. */
import fc from 'fast-check'
import { judge, type Answer, type Violation } from './judge.ts'
import { invitePeople, type People } from './people.ts'
import { plantIn, plantInDocument, type Plant } from './plant.ts'
import { readDocument, type Operation, type ReadDocument } from './read-document.ts'
import { requestOf, type FuzzRequest, type Scene } from './requests-of.ts'
import { SeenAnswers } from './seen.ts'
import { createSender } from './send.ts'
import { startServing } from './serve.ts'
import { setStage, type Stage, type World } from './set-stage.ts'

export interface Finding extends Violation {
  readonly count: number
  /** The first request that showed it. */
  readonly example: string
}

export interface FuzzResult {
  readonly sent: number
  readonly findings: readonly Finding[]
  readonly byStatus: Readonly<Record<string, number>>
  /** Of how many operations, and which of them were never answered 2xx. */
  readonly operations: number
  readonly neverAnswered: readonly string[]
  readonly isAlive: boolean
  readonly logged: string
}

export interface FuzzOptions {
  /** The OpenAPI document. */
  readonly document: string
  readonly requests: number
  readonly seed: number
  readonly plant?: Plant | undefined
}

const atOnce = 8
/** After so many requests, people and their sessions are made anew. */
const batchSize = 100

export async function fuzz({ document, requests, seed, plant }: FuzzOptions): Promise<FuzzResult> {
  const read = readDocument(plantInDocument(document, plant))
  await using stage = await setStage()
  await plantIn(stage, plant)
  await using server = await startServing(stage.databaseUrl, stage.dataDir)
  const sender = createSender(server.url)
  const people = await invitePeople(stage)
  await people.renew()
  const scene = createScene(stage, people, read)
  const tally = createTally(read, stage, people)
  const send = async (request: FuzzRequest) => {
    try {
      const answer = await sender.send(request, people.tokenOf(request.caller))
      tally.judge(request, answer)
      if (answer.status === 401 && (people.worldOf(request.caller) ?? people.isOperator(request.caller)))
        await people.renew(request.caller)
      scene.take(request, answer)
    } catch (error) {
      tally.silent(request, String(error))
    }
  }
  for (const request of scene.lists()) await send(request)
  for (let sent = 0, batch = 0; sent < requests && server.exit() === undefined; batch += 1) {
    await people.renew()
    const count = Math.min(batchSize, requests - sent)
    const one = fc.constantFrom(...read.operations).chain((operation) => requestOf(operation, scene))
    const waiting = fc.sample(one, { numRuns: count, seed: seed + batch })
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await send(next)
      }),
    )
    sent += count
  }
  sender.end()
  return { ...tally.result(), isAlive: server.exit() === undefined, logged: server.logged() }
}

/** What requests are made of; it grows by what is answered. */
function createScene({ here, elsewhere }: Stage, people: People, { operations, resolve }: ReadDocument) {
  const seen = { own: new SeenAnswers(here.canary), foreign: new SeenAnswers(elsewhere.canary) }
  for (const name of [`Workspace ${here.canary}`, ...here.tenants.map(({ tenantName }) => tenantName)])
    seen.own.keepText('confirm', name)
  const scene: Scene = {
    resolve,
    get seen() {
      return seen.own
    },
    callers: people.callers,
    inPath: ({ path }, param) => {
      if (param === 'workspace') return { known: [here.slug], strange: [elsewhere.slug] }
      const list = path.split('/').at(path.split('/').indexOf(`{${param}}`) - 1) ?? ''
      const { own: answers } = seen
      const named = [
        answers.idsIn(list),
        answers.idsFor(param),
        answers.texts.get(param),
        answers.texts.get(`${param}Id`),
      ]
      return {
        known: [...(named.find((values) => values !== undefined && values.length > 0) ?? answers.ids)],
        strange: [...seen.foreign.idsIn(list).slice(0, 3), ...seen.own.ids.slice(0, 2), crypto.randomUUID()],
      }
    },
  }
  return {
    ...scene,
    get seen() {
      return seen.own
    },
    /** Every list of both workspaces, read by their owners. */
    lists: () => [here, elsewhere].flatMap((world) => operations.flatMap((one) => listsOf(one, world))),
    take: ({ caller, target, operation }: FuzzRequest, { status, headers, text }: Answer) => {
      if (status >= 300 || text === '') return
      // Operators see the names of all workspaces: sent back, they would be in answers by the fuzzer's doing.
      if (people.isOperator(caller)) return
      const world = people.worldOf(caller)
      const isForeign = world === elsewhere || (world === undefined && target.includes(`/${elsewhere.slug}/`))
      ;(isForeign ? seen.foreign : seen.own).take(operation, JSON.parse(text), headers)
    },
  }
}

function listsOf(operation: Operation, { slug, tenants }: World): FuzzRequest[] {
  const { method, path, inPath } = operation
  if (method !== 'GET' || inPath.some((param) => param !== 'workspace' && param !== 'tenant')) return []
  const paths = inPath.includes('tenant') ? tenants.map(({ tenantRef }) => path.replace('{tenant}', tenantRef)) : [path]
  return paths.map((one) => ({
    operation,
    method,
    caller: `owner ${slug}`,
    target: `/api/v1${one.replace('{workspace}', slug)}`,
    headers: {},
    body: undefined,
    broken: [],
  }))
}

function createTally({ operations }: ReadDocument, { here, elsewhere }: Stage, people: People) {
  const findings = new Map<string, Finding>()
  const byStatus = new Map<number, number>()
  const answered = new Set<string>()
  let sent = 0
  const add = (request: FuzzRequest, violation: Violation) => {
    // One fault breaks many requests: told once, with how many.
    const where = violation.rule === 'headers' ? '' : request.operation.id
    const key = `${violation.rule} ${where} ${violation.detail.replaceAll(/[\da-f-]{36}/g, '').slice(0, 80)}`
    const before = findings.get(key)
    const example = before?.example ?? exampleOf(request)
    findings.set(key, { ...violation, example, count: (before?.count ?? 0) + 1 })
  }
  return {
    judge: (request: FuzzRequest, answer: Answer) => {
      sent += 1
      byStatus.set(answer.status, (byStatus.get(answer.status) ?? 0) + 1)
      if (answer.status < 300) answered.add(request.operation.id)
      const world = people.worldOf(request.caller)
      const foreign = people.isOperator(request.caller)
        ? []
        : [here, elsewhere].filter((one) => one !== world).map(({ canary }) => canary)
      for (const violation of judge(request, answer, { operations, foreign })) add(request, violation)
    },
    silent: (request: FuzzRequest, detail: string) => {
      sent += 1
      add(request, { rule: 'silent', detail })
    },
    result: () => ({
      sent,
      findings: [...findings.values()],
      byStatus: Object.fromEntries([...byStatus].toSorted(([a], [b]) => a - b)),
      operations: operations.length,
      neverAnswered: operations.map(({ id }) => id).filter((id) => !answered.has(id)),
    }),
  }
}

function exampleOf({ operation, method, target, headers, body, caller, broken }: FuzzRequest): string {
  const sent = [`${operation.id} as ${caller}, broken: ${broken.join(', ') || 'nothing'}`, `${method} ${target}`]
  const rest = [JSON.stringify(headers), ...(body === undefined ? [] : [body.slice(0, 500)])]
  return [...sent, ...rest].map((line) => `  ${line}`).join('\n')
}
