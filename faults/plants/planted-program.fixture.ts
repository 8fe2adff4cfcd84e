/** Test only: a process that plants what its argument says, and then prints what the planted module answers. */
import { argv } from 'node:process'
import type { Plant } from './plant.ts'
import { plantModules } from './plant-modules.ts'

await plantModules(JSON.parse(argv[2] ?? '') as Plant)
const { answer } = await import('./planted-module.fixture.ts')
console.log(answer())
