/** The variables of sign-in with Microsoft Entra. It is off until a client id is set. */
import { z } from 'zod'

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const origin = '(?:https://[^\\s/?#@]+|http://(?:localhost|127(?:\\.\\d{1,3}){3}|\\[::1\\])(?::\\d+)?)'

export const entraVariables = {
  TENANTATLAS_PUBLIC_URL: z
    .string()
    .regex(
      new RegExp(`^${origin}/?$`, 'i'),
      'must be like https://tenantatlas.example.com, without a path; plain http is accepted only on this machine',
    )
    .transform((url) => new URL(url).origin)
    .optional(),
  TENANTATLAS_ENTRA_AUTHORITY: z
    .string()
    .regex(
      new RegExp(`^${origin}/(?:organizations|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/?$`, 'i'),
      'must be like https://login.microsoftonline.com/organizations, or end in the id of your tenant',
    )
    .default('https://login.microsoftonline.com/organizations'),
  TENANTATLAS_ENTRA_CLIENT_ID: z.string().trim().regex(uuid, 'must be the application (client) id, a UUID').optional(),
  TENANTATLAS_ENTRA_CLIENT_SECRET: z.string().trim().optional(),
  TENANTATLAS_ENTRA_CLIENT_SECRET_FILE: z.string().trim().optional(),
  TENANTATLAS_ENTRA_CERTIFICATE_FILE: z.string().trim().optional(),
  TENANTATLAS_ENTRA_ALLOWED_TENANTS: z.string().default('').transform(parseTenants),
} as const

type EntraVariables = z.infer<z.ZodObject<typeof entraVariables>>

export interface EntraConfig {
  readonly authority: string
  readonly clientId: string
  readonly credential:
    | { readonly kind: 'secret'; readonly secret: string }
    | { readonly kind: 'secretFile'; readonly path: string }
    | { readonly kind: 'certificateFile'; readonly path: string }
  /** Lower case; empty: people of every tenant may sign in. */
  readonly allowedTenants: readonly string[]
}

/** What the variables say together: sign-in, none, or the mistakes. */
export function entraFrom(read: EntraVariables): {
  readonly entra: EntraConfig | undefined
  readonly mistakes: string[]
} {
  const secret = read.TENANTATLAS_ENTRA_CLIENT_SECRET
  const secretFile = read.TENANTATLAS_ENTRA_CLIENT_SECRET_FILE
  const certificateFile = read.TENANTATLAS_ENTRA_CERTIFICATE_FILE
  const given: readonly (EntraConfig['credential'] | undefined)[] = [
    secret === undefined ? undefined : { kind: 'secret', secret },
    secretFile === undefined ? undefined : { kind: 'secretFile', path: secretFile },
    certificateFile === undefined ? undefined : { kind: 'certificateFile', path: certificateFile },
  ]
  const [credential, ...more] = given.filter((one) => one !== undefined)
  const clientId = read.TENANTATLAS_ENTRA_CLIENT_ID
  const mistake = mistakeIn({ clientId, credential, isAmbiguous: more.length > 0 })
  if (mistake !== undefined) return { entra: undefined, mistakes: [mistake] }
  if (clientId === undefined || credential === undefined) return { entra: undefined, mistakes: [] }
  const authority = read.TENANTATLAS_ENTRA_AUTHORITY.replace(/\/$/, '')
  const allowedTenants = read.TENANTATLAS_ENTRA_ALLOWED_TENANTS
  return { entra: { authority, clientId: clientId.toLowerCase(), credential, allowedTenants }, mistakes: [] }
}

const credentialVariables =
  'TENANTATLAS_ENTRA_CLIENT_SECRET, TENANTATLAS_ENTRA_CLIENT_SECRET_FILE, TENANTATLAS_ENTRA_CERTIFICATE_FILE'

interface Together {
  readonly clientId: string | undefined
  readonly credential: EntraConfig['credential'] | undefined
  readonly isAmbiguous: boolean
}

function mistakeIn({ clientId, credential, isAmbiguous }: Together): string | undefined {
  if (isAmbiguous) return `Only one of ${credentialVariables} may be set`
  if (clientId !== undefined && credential === undefined)
    return `TENANTATLAS_ENTRA_CLIENT_ID needs one of ${credentialVariables}`
  if (clientId === undefined && credential !== undefined)
    return 'TENANTATLAS_ENTRA_CLIENT_ID must be set for the credential that is, or neither'
  return undefined
}

const meanings = {
  TENANTATLAS_ENTRA_AUTHORITY: 'where people sign in with Microsoft Entra',
  TENANTATLAS_ENTRA_CLIENT_ID: 'the app registration they sign in to; not set: off',
  TENANTATLAS_ENTRA_CLIENT_SECRET: 'its secret',
  TENANTATLAS_ENTRA_CLIENT_SECRET_FILE: 'the file with its secret',
  TENANTATLAS_ENTRA_CERTIFICATE_FILE: 'the file with its private key and certificate',
  TENANTATLAS_ENTRA_ALLOWED_TENANTS: 'tenants whose people may sign in',
} as const

type Variable = keyof typeof meanings

/** What is set, without what is secret of it, for `tenantatlas doctor`. */
export function describeEntra(entra: EntraConfig | undefined) {
  const shown: Partial<Record<Variable, string>> = entra === undefined ? {} : shownOf(entra)
  return (Object.keys(meanings) as Variable[]).map((name) => ({
    name,
    value: shown[name] ?? '(not set)',
    meaning: meanings[name],
  }))
}

function shownOf({ authority, clientId, credential, allowedTenants }: EntraConfig): Partial<Record<Variable, string>> {
  return {
    TENANTATLAS_ENTRA_AUTHORITY: authority,
    TENANTATLAS_ENTRA_CLIENT_ID: clientId,
    ...(credential.kind === 'secret' && { TENANTATLAS_ENTRA_CLIENT_SECRET: '***' }),
    ...(credential.kind === 'secretFile' && { TENANTATLAS_ENTRA_CLIENT_SECRET_FILE: credential.path }),
    ...(credential.kind === 'certificateFile' && { TENANTATLAS_ENTRA_CERTIFICATE_FILE: credential.path }),
    TENANTATLAS_ENTRA_ALLOWED_TENANTS: allowedTenants.join(',') || '(every tenant)',
  }
}

function parseTenants(text: string, ctx: z.RefinementCtx): string[] {
  const tenants = text.split(',').map((tenant) => tenant.trim().toLowerCase())
  return tenants.flatMap((tenant) => {
    if (tenant === '') return []
    if (!uuid.test(tenant)) ctx.addIssue('must be ids of tenants, separated by commas')
    return [tenant]
  })
}
