import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'

/* For every process that is started from here: hundreds of them load the same program, and compile it once. */
env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'tenantatlas-faults-compiled')
