import type { CredentialDocument } from '#contract/api/connections.ts'
import { warningWords } from '#entrypoints/cli/credential-words.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'

export const credentialColumns: readonly Column<CredentialDocument>[] = [
  { key: 'purpose', header: 'PURPOSE', keepsWidth: true, cell: (credential) => credential.purpose },
  { key: 'kind', header: 'KIND', keepsWidth: true, cell: (credential) => credential.kind },
  { key: 'clientId', header: 'CLIENT ID', isId: true, cell: (credential) => credential.clientId },
  {
    key: 'expiresAt',
    header: 'EXPIRES',
    cell: (credential) => ago(credential.expiresAt, 'unknown'),
    csv: (credential) => credential.expiresAt ?? '',
  },
  {
    key: 'warnings',
    header: 'WARNING',
    cell: ({ warnings }) => ({
      word: warnings.map(warningWords).join('; '),
      tone: warnings.length === 0 ? 'neutral' : 'warning',
    }),
    csv: ({ warnings }) => warnings.map(warningWords).join('; '),
  },
  {
    key: 'thumbprint',
    header: 'THUMBPRINT (SHA-256)',
    cell: (credential) => credential.thumbprint ?? '',
    csv: (credential) => credential.thumbprint ?? '',
  },
]
