#!/usr/bin/env node
import { bootstrap } from '../tools/bootstrap.mjs'

await bootstrap(['src/main.ts', ...process.argv.slice(2)])
