// Resident memory of a server in the settings of production, under loads that make it grow.
//
//   npm run bench -- memory [uploads] [distinct URLs] [connections] [lists]

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { underLoad } from '../support/load/memory.mjs'
import { startInProduction } from '../support/processes/production.mjs'

/** Bound on the process that serves, in bytes. */
const MOST_BYTES = 250e6

/** @param {readonly string[]} args */
export const run = async ([uploads = '20000', urls = '50000', connections = '1000', lists = '200']) => {
  const cwd = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const counts = {
    uploads: Number(uploads),
    urls: Number(urls),
    connections: Number(connections),
    lists: Number(lists),
  }
  const server = await startInProduction(cwd)
  try {
    const peaks = await underLoad({ server, cwd, ...counts })
    const megabytes = (bytes) => (bytes / 1e6).toFixed(0)
    console.log('\nMost resident memory, MB:')
    console.table(
      peaks.map(({ load, server, encoder, all }, at) => ({
        load,
        count: Object.values(counts)[at],
        server: megabytes(server),
        'of 250': (server / MOST_BYTES).toFixed(2),
        'largest encoder': megabytes(encoder),
        'all processes': megabytes(all),
      })),
    )
  } finally {
    await server.stop()
    await rm(cwd, { recursive: true, force: true })
  }
}
