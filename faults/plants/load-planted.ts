/**
 * For `node --import`: this process runs with one bug planted in its modules, the one TENANTATLAS_PLANT names. It ends
 * before it has done anything when the bug cannot be planted.
 */
import { env } from 'node:process'
import { plantModules } from './plant-modules.ts'
import { plantNamed } from './plants.ts'

await plantModules(plantNamed(env['TENANTATLAS_PLANT'] ?? ''))
