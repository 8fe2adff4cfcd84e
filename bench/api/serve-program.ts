/**
 * The server in a process of its own, as `tenantatlas serve` composes it, rates and all, so that its processor time is that
 * of serving alone. Asked, it answers with the seconds it has used and the most memory it had.
 */
import { once } from 'node:events'
import { compose } from '#compose.ts'
import { readConfig } from '#foundation/config/config.ts'

const [databaseUrl = '', dataDir = ''] = process.argv.slice(2)
const config = readConfig({ TENANTATLAS_DATA_DIR: dataDir, TENANTATLAS_LOG_LEVEL: 'error' })
await using product = await compose(config, { databaseUrl, applicationName: 'bench serve', poolSize: 20 })
await using served = await product.serve({ port: 0 })
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuSeconds: (user + system) / 1e6, peakBytes: process.resourceUsage().maxRSS * 1_024 })
})
process.send?.({ url: served.url })
await once(process, 'disconnect')
