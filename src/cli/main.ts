#!/usr/bin/env node
// The `tintype` command.

import { keepYoungGenerationSmall } from '../server/small-heap.ts'

keepYoungGenerationSmall()
const { runCli } = await import('./program.ts')

// A reader that closes early (`tintype openapi | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

await runCli(process.argv.slice(2))
