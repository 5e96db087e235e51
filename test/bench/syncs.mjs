// Latency of uploads on a disk whose syncs take 5 ms more, in turn with the same disk without that, and the rounds of syncs
// of an upload: syncs of which each began after the one before had ended. In the settings of production.
//
//   npm run bench -- syncs [uploads] [milliseconds of a sync]

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { photo } from '../support/pictures/photo.mjs'
import { formOf, startInProduction, upload } from '../support/processes/production.mjs'
import { median } from './measure/statistics.mjs'

const SOURCE = fileURLToPath(new URL('../support/disk/slow-sync.c', import.meta.url))

/** Uploads in turn: so many to one server, then so many to the other. */
const IN_A_ROW = 4

/** @param {readonly string[]} args */
export const run = async ([uploads = '60', syncMs = '5']) => {
  if (spawnSync('cc', ['--version']).error) throw new Error("this benchmark needs a C compiler (Debian's package gcc)")
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  const library = join(folder, 'slow-sync.so')
  execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, SOURCE, '-ldl'])
  const start = async (name, ms) => {
    const log = join(folder, `${name}.syncs`)
    await writeFile(log, '')
    const env = { LD_PRELOAD: library, SLOW_SYNC_US: String(ms * 1000), SLOW_SYNC_LOG: log }
    return { ...(await startInProduction(join(folder, name), env)), log }
  }
  const servers = [await start('fast', 0), await start('slow', Number(syncMs))]
  try {
    const body = formOf(await photo({ width: 1632, height: 1224 }))
    const rows = []
    for (const what of ['of an existing project', 'that creates its project'])
      rows.push(await compare({ what, servers, body, uploads: Number(uploads), syncMs: Number(syncMs) }))
    console.log(`\nUploads of 2 MP one after the other; medians of ${uploads} in turn, milliseconds:`)
    console.table(rows)
  } finally {
    for (const { stop } of servers) await stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const compare = async ({ what, servers, body, uploads, syncMs }) => {
  const creates = what.includes('creates')
  const times = servers.map(() => [])
  const rounds = []
  // The first ones warm up.
  for (let count = -3 * IN_A_ROW; count < uploads; count += IN_A_ROW)
    for (const [at, server] of servers.entries())
      for (let each = 0; each < IN_A_ROW; each++) {
        await writeFile(server.log, '')
        const begin = performance.now()
        await upload(server, creates ? `new-${count}-${each}`.replace('--', '-w') : 'shop', body)
        if (count < 0) continue
        times[at].push(performance.now() - begin)
        if (at === 1) rounds.push(roundsOf(await readFile(server.log, 'utf8')))
      }
  const [fast, slow] = times.map(median)
  return {
    upload: what,
    'syncs of 0 ms more': fast.toFixed(1),
    [`syncs of ${syncMs} ms more`]: slow.toFixed(1),
    longer: (slow - fast).toFixed(1),
    'in syncs': ((slow - fast) / syncMs).toFixed(2),
    'rounds, one of them beside the encoder': median(rounds),
  }
}

/** The most syncs of which none overlaps another. */
const roundsOf = (log) => {
  const syncs = log
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number))
    .sort(([, one], [, other]) => one - other)
  let rounds = 0
  let last = Number.NEGATIVE_INFINITY
  for (const [began, ended] of syncs) {
    if (began < last) continue
    rounds++
    last = ended
  }
  return rounds
}
