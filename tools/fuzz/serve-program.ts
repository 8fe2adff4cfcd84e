/**
 * The server under test, in a process of its own: what `tenantatlas serve` composes, with the database role of the API,
 * but without rates, which would refuse the fuzzer instead of showing what is behind them.
 */
import { once } from 'node:events'
import { compose } from '#compose.ts'
import { unlimited } from '#entrypoints/http/api/rate-limit.ts'
import { readConfig } from '#foundation/config/config.ts'

const [databaseUrl = '', dataDir = ''] = process.argv.slice(2)
const config = readConfig({ TENANTATLAS_DATA_DIR: dataDir, TENANTATLAS_LOG_LEVEL: 'error' })
await using product = await compose(config, { databaseUrl, applicationName: 'fuzz serve', poolSize: 20 })
await using served = await product.serve({ port: 0, limit: unlimited })
process.send?.({ url: served.url })
await once(process, 'disconnect')
