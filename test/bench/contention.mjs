// Many clients that change one project at once: changes and commits a second, and how long a change takes.
//
//   npm run bench -- contention [seconds] [rounds]

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median, spread } from './measure/statistics.mjs'

const CLIENTS = 24
const WORKERS = [1, 2, 4]
/** As it is, and one lock for each change. */
const GROUPED = {}
const ALONE = { maxBatch: 1, maxHeldMs: 0 }

/** @param {readonly string[]} args */
export const run = async ([seconds = '3', rounds = '5']) => {
  const rows = []
  // Removed at the end: ext4 without a journal is slow to make files for a minute after many were removed.
  const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'))
  try {
    for (const workers of WORKERS) {
      const [alone, grouped] = [[], []]
      // In turn: a disk that others use too is twice as fast in one minute as in the next.
      for (let round = 0; round < Number(rounds); round++) {
        const storageDir = join(folder, `${workers}-${round}`)
        alone.push(await measure(`${storageDir}-alone`, workers, ALONE, Number(seconds)))
        grouped.push(await measure(`${storageDir}-together`, workers, GROUPED, Number(seconds)))
      }
      rows.push(row(workers, 'alone', alone, alone), row(workers, 'together', grouped, alone))
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  console.log(
    `\n${CLIENTS} clients change one project (a quarter uploads of tiny files), medians of ${rounds} rounds of ${seconds} s in turn:`,
  )
  console.table(rows)
}

const row = (workers, committed, results, alone) => {
  const times = results.map(({ changes }, round) => changes / alone[round].changes)
  const of = (name) => median(results.map((result) => result[name]))
  return {
    workers,
    committed,
    'changes/s': of('changes').toFixed(0),
    'min-max': spread(results.map(({ changes }) => changes)),
    'commits/s': of('commits').toFixed(0),
    'changes in one': median(results.map(({ changes, commits }) => changes / commits)).toFixed(1),
    'p50 ms': of('p50').toFixed(0),
    'p99 ms': of('p99').toFixed(0),
    'times as many changes': median(times).toFixed(2),
    'of rounds': times.map((each) => each.toFixed(1)).join(' '),
  }
}

const measure = async (storageDir, workers, settings, seconds) => {
  const script = fileURLToPath(new URL('./programs/contention-worker.mjs', import.meta.url))
  const results = await Promise.all(
    Array.from({ length: workers }, async () => {
      const child = fork(script)
      child.send({ storageDir, ...settings, clients: CLIENTS / workers, seconds })
      const [result] = await once(child, 'message')
      await once(child, 'exit')
      return result
    }),
  )
  const times = results.flatMap((result) => result.times).sort((a, b) => a - b)
  const elapsed = Math.max(...results.map((result) => result.elapsed))
  const first = Math.max(...results.map(({ revisions: [before] }) => before))
  const last = Math.max(...results.map(({ revisions: [, after] }) => after))
  const quantile = (part) => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0
  return { changes: times.length / elapsed, commits: (last - first) / elapsed, p50: quantile(0.5), p99: quantile(0.99) }
}
