import { implement } from '@orpc/server'
import { api } from '#contract/api/api.ts'
import type { ApiContext } from '#entrypoints/http/api/api-context.ts'

/** The contract, to be filled with one handler per procedure. */
export const os = implement(api).$context<ApiContext>()
