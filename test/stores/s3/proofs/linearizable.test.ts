// Histories of processes that read and extend one log under read leases, in simulated time: linearizable, whatever the
// network and the clocks do.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Appended, tokensAfter } from '../../../../src/stores/append-log.ts'
import { createBucketLog } from '../../../../src/stores/s3/append-log.ts'
import { testFormat } from '../../../contracts/append-log.ts'
import { randomFrom } from '../../../support/pictures/photo.mjs'
import { createSimulation, type Simulation } from '../../../support/s3/simulation.ts'

interface Read {
  startMs: number
  endMs: number
  number: number
  /** Writer of the entry. */
  text: string
}

interface Append extends Read {
  outcome: Appended['outcome']
}

interface History {
  reads: Read[]
  appends: Append[]
}

interface Plan {
  seed: number
  /** One for each process: speed of its clocks. */
  rates: readonly number[]
  suspensions: readonly { process: number; atMs: number; ms: number; stopped: 'monotonic' | 'wall' | undefined }[]
}

const RUN_MS = 3000
const READERS = 2

const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(),
  rates: fc.array(fc.double({ min: 0.96, max: 1.04, noNaN: true }), { minLength: 2, maxLength: 3 }),
  suspensions: fc.array(
    fc.record({
      process: fc.nat(2),
      atMs: fc.nat(RUN_MS),
      ms: fc.integer({ min: 1, max: 400 }),
      stopped: fc.constantFrom('monotonic' as const, 'wall' as const, undefined),
    }),
    { maxLength: 6 },
  ),
})

/** Runs a process until the time is over: readers, and one writer that appends now and then. */
const runProcess = (
  world: Simulation,
  { rate, seed, name }: { rate: number; seed: number; name: string },
  history: History,
) => {
  const random = randomFrom(seed)
  const below = (most: number): number => Math.floor(random() * most)
  const machine = world.machine({
    rate,
    // Now and then one of them is slow.
    delay: () => (below(12) === 0 ? 20 + below(200) : below(8)),
    fate: () => (['lost', 'late', 'refused'] as const)[below(60)] ?? 'answered',
  })
  const log = createBucketLog({
    bucket: machine.bucket,
    format: testFormat,
    prefix: (name) => `logs/${name}/`,
    readLeases: { busyCalls: 1, busyProofs: 1, graceMs: 60, clock: machine.clock },
  })

  const read = async (): Promise<{ number: number; tokens: readonly string[] } | undefined> => {
    const startMs = world.nowMs()
    const found = await log.newest('a').catch(() => 'failed' as const)
    if (found === 'failed') return undefined
    const { number, entry } = found ?? { number: 0, entry: { text: '', tokens: [] } }
    history.reads.push({ startMs, endMs: world.nowMs(), number, text: entry.text })
    return { number, tokens: entry.tokens }
  }

  const reader = async (): Promise<void> => {
    while (world.nowMs() < RUN_MS) {
      await read()
      await machine.clock.sleep(1 + below(15))
    }
  }

  const writer = async (): Promise<void> => {
    for (let n = 0; world.nowMs() < RUN_MS; n++) {
      await machine.clock.sleep(below(400))
      const head = await read()
      if (!head) continue
      const startMs = world.nowMs()
      const [number, text] = [head.number + 1, `${name}${n}`]
      const { outcome } = await log.append('a', number, { text, tokens: tokensAfter(head.tokens, text) })
      history.appends.push({ startMs, endMs: world.nowMs(), number, text, outcome })
      if (outcome === 'unknown') log.forget('a')
    }
  }

  return { machine, ended: Promise.all([...Array.from({ length: READERS }, reader), writer()]) }
}

/**
 * What is wrong with a history of a log whose newest number only grows, one line each. It is linearizable where each
 * operation comes behind all that ended before it began.
 */
const wrongIn = ({ reads, appends }: History): string[] => {
  const done = appends.filter(({ outcome }) => outcome === 'ours')
  const wrong: string[] = []
  const taken = new Set(appends.filter(({ outcome }) => outcome === 'taken').map(({ text }) => text))
  for (const read of reads) {
    const at = `a read of ${read.number} from ${read.startMs} to ${read.endMs}`
    for (const append of done) {
      if (append.endMs < read.startMs && append.number > read.number)
        wrong.push(`${at} misses ${append.number}, acknowledged at ${append.endMs}`)
      if (append.number === read.number && append.text !== read.text) wrong.push(`${at} has another entry`)
    }
    if (read.number > 0 && !appends.some(({ text, startMs }) => text === read.text && startMs < read.endMs))
      wrong.push(`${at} has an entry that was not written yet`)
    if (taken.has(read.text)) wrong.push(`${at} has an entry that was refused`)
  }
  let newest: Read | undefined
  const inOrder = [...reads, ...done].sort((one, other) => one.startMs - other.startMs)
  const ended = [...reads, ...done].sort((one, other) => one.endMs - other.endMs)
  let next = 0
  for (const each of inOrder) {
    for (let before = ended[next]; before && before.endMs < each.startMs; before = ended[++next])
      if (!newest || before.number > newest.number) newest = before
    if (newest && newest.number > each.number)
      wrong.push(
        `${each.number} from ${each.startMs} to ${each.endMs} behind ${newest.number}, known at ${newest.endMs}`,
      )
  }
  return wrong
}

it('lets processes with read leases see a log that is linearizable', async () => {
  const seen = { reads: 0, free: 0, appends: 0 }
  const property = fc.asyncProperty(plans, async ({ seed, rates, suspensions }) => {
    const world = createSimulation()
    const history: History = { reads: [], appends: [] }
    const processes = rates.map((rate, n) => runProcess(world, { rate, seed: seed + n, name: `w${n}-` }, history))
    for (const { process, atMs, ms, stopped } of suspensions.toSorted((one, other) => one.atMs - other.atMs)) {
      await world.pass(Math.max(0, atMs - world.nowMs()))
      processes[process]?.machine.suspend(ms, stopped)
    }
    await world.until(Promise.all(processes.map(({ ended }) => ended)))
    expect(wrongIn(history)).toEqual([])
    seen.reads += history.reads.length
    seen.free += history.reads.filter(({ startMs, endMs }) => startMs === endMs).length
    seen.appends += history.appends.filter(({ outcome }) => outcome === 'ours').length
  })
  await fc.assert(property, { numRuns: 60 })
  // Else it would say nothing of leases.
  expect(seen.free).toBeGreaterThan(seen.reads / 4)
  expect(seen.appends).toBeGreaterThan(200)
})

it('finds what is wrong with a history', () => {
  const of = (startMs: number, endMs: number, number: number, text = `e${number}`) => ({ startMs, endMs, number, text })
  const ours = { outcome: 'ours' as const }
  const appends = [
    { ...of(0, 10, 1), ...ours },
    { ...of(20, 40, 2), ...ours },
  ]
  expect(wrongIn({ appends, reads: [of(11, 30, 1), of(25, 30, 2), of(41, 42, 2)] })).toEqual([])
  expect(wrongIn({ appends, reads: [of(41, 42, 1)] })).not.toEqual([])
  expect(wrongIn({ appends, reads: [of(21, 30, 2), of(31, 35, 1)] })).not.toEqual([])
  expect(wrongIn({ appends, reads: [of(12, 19, 2)] })).not.toEqual([])
  expect(wrongIn({ appends, reads: [of(12, 19, 1, 'other')] })).not.toEqual([])
})
