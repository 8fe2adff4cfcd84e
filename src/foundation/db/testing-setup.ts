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
  await failOutsideWorkspaces(databaseUrl(url, template))
  await client.query(`alter database ${template} with is_template true allow_connections false`)
  await client.end()
}

/**
 * A statement that forgets its workspace finds no rows, which a test may take for an answer: in tests' databases it fails.
 * (The tests of the wall itself migrate databases of their own, which are as the product's.)
 */
async function failOutsideWorkspaces(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`
    create or replace function app_workspace() returns uuid language plpgsql stable parallel safe as $$
    begin
      if nullif(current_setting('app.workspace_id', true), '') is null then
        raise exception 'a statement outside every workspace reads or writes what belongs to one';
      end if;
      return current_setting('app.workspace_id')::uuid;
    end $$`)
  await client.end()
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
