/** What a verification found, read from the items of its run. */
import type { PermissionNeed } from '#domain/connections/permission-needs.ts'
import { z } from 'zod'
import { credentialWarning, type CredentialWarning } from '#domain/connections/credential-warnings.ts'
import type { Purpose } from '#domain/connections/connection.ts'
import { verificationSteps as steps } from '#domain/connections/verification-steps.ts'
import type { RunItemView } from '#domain/operations/list-run-items.ts'
import type { RunView } from '#domain/operations/run-view.ts'

export interface Check {
  /** `not_checked`: not yet, or something before it failed, or there is nothing to check. */
  readonly state: 'passed' | 'failed' | 'not_checked'
  readonly code: string | null
  readonly message: string | null
}

export interface AppReport {
  readonly purpose: Purpose
  /** What somebody has to do about its credential; null when that was not checked, or is not known to this version. */
  readonly warnings: readonly CredentialWarning[] | null
  /** Whether Microsoft Entra gives the app a token. */
  readonly token: Check
  readonly permissions: readonly {
    readonly permission: string
    readonly state: 'granted' | 'missing' | 'not_checked'
    readonly neededFor: readonly string[]
  }[]
  /** Granted and not needed; null when that was not checked. */
  readonly excess: readonly string[] | null
}

export interface VerificationReport {
  readonly run: RunView
  /** False: endpoints or credentials changed since, so it says nothing about now. */
  readonly isCurrent: boolean
  /** As the tenant calls itself. */
  readonly organization: string | null
  readonly graph: Check
  readonly intune: Check
  readonly licence: 'present' | 'missing' | 'unknown'
  readonly reader: AppReport
  readonly writer: AppReport
}

type Findings = Omit<VerificationReport, 'isCurrent'>

export function verificationReport(
  run: RunView,
  ledger: readonly RunItemView[],
  needs: readonly PermissionNeed[],
): Findings {
  const items = new Map(ledger.map((item) => [item.key, item]))
  const stopped = stoppedAt(run, items)
  const check = (key: string): Check => (key === stopped ? failedWith(run) : checkOf(items.get(key)))
  const intune = check(steps.intune.key)
  const { organization } = run.context
  return {
    run,
    organization: typeof organization === 'string' ? organization : null,
    graph: check(steps.graph.key),
    intune,
    licence:
      intune.state === 'passed' ? 'present' : intune.code === 'connection.intune_unlicensed' ? 'missing' : 'unknown',
    reader: {
      purpose: 'reader',
      warnings: warningsOf(items.get(steps.readerCredential.key)),
      token: check(steps.readerToken.key),
      permissions: permissionsOf('reader', items, needs),
      excess: excessOf(items.get(steps.readerExcess.key)),
    },
    writer: {
      purpose: 'writer',
      warnings: warningsOf(items.get(steps.writerCredential.key)),
      token: check(steps.writerToken.key),
      permissions: permissionsOf('writer', items, needs),
      excess: excessOf(items.get(steps.writerExcess.key)),
    },
  }
}

type Items = ReadonlyMap<string, RunItemView>

/** A run that failed as a whole did so at the first of these that it did not write down: nothing can be said without. */
function stoppedAt(run: RunView, items: Items): string | undefined {
  if (run.status !== 'completed' || !['failed', 'blocked'].includes(run.outcome)) return undefined
  return [steps.readerToken.key, steps.graph.key].find((key) => (items.get(key)?.outcome ?? 'planned') === 'planned')
}

function failedWith({ failures: [failure] }: RunView): Check {
  return { state: 'failed', code: failure?.code ?? null, message: failure?.message ?? null }
}

function checkOf(item: RunItemView | undefined): Check {
  switch (item?.outcome) {
    case 'succeeded':
      return { state: 'passed', code: null, message: null }
    case 'failed':
      return { state: 'failed', code: item.failure?.code ?? null, message: item.failure?.message ?? null }
    case 'planned':
    case 'skipped':
    case undefined:
      return { state: 'not_checked', code: null, message: null }
  }
}

const permissionStates = {
  succeeded: 'granted',
  failed: 'missing',
  planned: 'not_checked',
  skipped: 'not_checked',
} as const

/** Those that were checked then; what they are needed for as the contracts say now. */
function permissionsOf(purpose: Purpose, items: Items, needs: readonly PermissionNeed[]): AppReport['permissions'] {
  const ofSteps = new Set<string>(Object.values(steps).map(({ key }) => key))
  return [...items.values()]
    .filter(({ key }) => key.startsWith(`${purpose}.`) && !ofSteps.has(key))
    .map(({ key, outcome }) => {
      const permission = key.slice(purpose.length + 1)
      const need = needs.find((one) => one.purpose === purpose && one.permission === permission)
      return { permission, state: permissionStates[outcome], neededFor: need?.neededFor ?? [] }
    })
}

const warningsFound = z.object({ warnings: z.array(credentialWarning) })

function warningsOf(item: RunItemView | undefined): readonly CredentialWarning[] | null {
  if (item?.outcome !== 'succeeded') return null
  if (item.output === null) return []
  return warningsFound.safeParse(item.output).data?.warnings ?? null
}

function excessOf(item: RunItemView | undefined): readonly string[] | null {
  if (item?.outcome !== 'succeeded') return null
  const excess: unknown =
    item.output !== null && typeof item.output === 'object' ? Reflect.get(item.output, 'excess') : undefined
  return Array.isArray(excess) ? excess.map(String) : []
}
