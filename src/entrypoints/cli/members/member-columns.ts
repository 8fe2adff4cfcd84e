import type { InvitationDocument, MemberDocument } from '#contract/api/members.ts'
import { countOf } from '#contract/moments.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'

export const memberColumns: readonly Column<MemberDocument>[] = [
  { key: 'name', header: 'MEMBER', cell: ({ name }) => name },
  { key: 'role', header: 'ROLE', keepsWidth: true, cell: ({ role }) => role },
  { key: 'tenants', header: 'WHERE', cell: reachWords },
  {
    key: 'signIn',
    header: 'SIGNS IN',
    isMinor: true,
    cell: ({ signIn }) => signInWords[signIn],
    csv: ({ signIn }) => signIn,
  },
  {
    key: 'signedInAt',
    header: 'LAST SIGN-IN',
    cell: ({ signedInAt }) => ago(signedInAt),
    csv: ({ signedInAt }) => signedInAt ?? '',
  },
  {
    key: 'state',
    header: 'STATE',
    isMinor: true,
    cell: ({ disabledAt }) => (disabledAt === null ? 'active' : 'disabled'),
  },
  { key: 'since', header: 'SINCE', isMinor: true, cell: ({ since }) => ago(since), csv: ({ since }) => since },
  { key: 'id', header: 'ID', isId: true, cell: ({ id }) => id },
]

export const invitationColumns: readonly Column<InvitationDocument>[] = [
  { key: 'name', header: 'INVITED', cell: ({ name }) => name },
  { key: 'role', header: 'ROLE', keepsWidth: true, cell: ({ role }) => role },
  { key: 'kind', header: 'SIGNS IN', cell: ({ kind }) => signInWords[kind], csv: ({ kind }) => kind },
  { key: 'invitedBy', header: 'BY', isMinor: true, cell: ({ invitedBy }) => invitedBy },
  {
    key: 'expiresAt',
    header: 'EXPIRES',
    cell: ({ expiresAt }) => ago(expiresAt),
    csv: ({ expiresAt }) => expiresAt,
  },
  { key: 'id', header: 'ID', isId: true, cell: ({ id }) => id },
]

const signInWords = { entra: 'Microsoft Entra', local: 'local account', none: 'not yet' } as const

export function reachWords({ allTenants, tenants }: Pick<MemberDocument, 'allTenants' | 'tenants'>): string {
  if (!allTenants) return countOf(tenants.length, 'tenant')
  return tenants.length === 0 ? 'all tenants' : `all tenants, narrower in ${tenants.length}`
}
