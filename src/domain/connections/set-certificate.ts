import { readCertificate } from '#domain/connections/certificate.ts'
import type { CertificateFacts } from '#domain/connections/certificate.ts'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import type { Purpose } from '#domain/connections/connection.ts'
import { createCertificate } from '#domain/connections/create-certificate.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'

/** What is uploaded to the app registration. */
export interface PublicCertificate extends CertificateFacts {
  readonly certificatePem: string
}

/**
 * Makes a certificate by which an app registration signs in from now on. Its private key is sealed and goes nowhere else.
 * @throws Failure as `connectTenant`
 */
export async function setCertificate(
  db: Database,
  ctx: TenantContext,
  { purpose, clientId }: { readonly purpose: Purpose; readonly clientId: string },
): Promise<PublicCertificate> {
  const pair = await createCertificate(`TenantAtlas ${purpose}: ${ctx.tenantName}`)
  await connectTenant({ db }, ctx, { [purpose]: { kind: 'certificate', clientId, ...pair } })
  return { ...readCertificate(pair), certificatePem: pair.certificatePem }
}
