import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/foundation/db/leaked-pool.fixture.ts'],
    globalSetup: ['src/foundation/db/testing-setup.ts'],
  },
})
