import { defineConfig } from 'vitest/config'

const folders = ['src', 'simulator', 'bench', 'faults', 'tools', 'bin']

export default defineConfig({
  test: {
    include: folders.map((folder) => `${folder}/**/*.test.ts`),
    globalSetup: ['src/foundation/db/testing-setup.ts'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
