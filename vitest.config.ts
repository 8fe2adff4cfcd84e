import { configDefaults, defineConfig } from 'vitest/config'

/*
 * Three kinds of tests, told apart by their names: those that need PostgreSQL (one server for the whole run, one
 * database per file), those that need a browser (`npm run e2e`), and all others.
 */
const folders = '{src,simulator,bench,faults,tools,bin}'
const withDatabase = `${folders}/**/*.{db,http}.test.ts`

export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What comes by polling comes once a second; a test asks whether it comes, not how soon.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: [`${folders}/**/*.test.ts`],
          exclude: [...configDefaults.exclude, withDatabase],
        },
      },
      {
        extends: true,
        test: { name: 'db', include: [withDatabase], globalSetup: ['src/foundation/db/testing-setup.ts'] },
      },
      {
        extends: true,
        test: { name: 'e2e', include: ['{src,web}/**/*.e2e.ts'], testTimeout: 120_000 },
      },
    ],
  },
})
