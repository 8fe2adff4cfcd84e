import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '#foundation/db/migrate.ts'
import { startTemporaryPostgres } from '#foundation/db/temporary-postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server of this test run: its maintenance database, and the migrated template that tests' databases copy. */
    postgres: { readonly url: string; readonly template: string }
  }
}

const template = 'template_tenantatlas'

/** Starts one PostgreSQL for the whole test run and migrates the template database. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startTemporaryPostgres({ max_connections: '300' })
  const url = databaseUrl(postgres.url, 'postgres')
  await makeTemplate(url)
  project.provide('postgres', { url, template })
  return () => postgres.stop()
}

async function makeTemplate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`create database ${template}`)
  await migrate({ url: databaseUrl(url, template) })
  await client.query(`alter database ${template} with is_template true allow_connections false`)
  await client.end()
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
