import { describe, expect, it } from 'vitest'
import { inGroups } from '../../../../src/core/in-groups.ts'
import { createBucketLog } from '../../../../src/stores/s3/append-log.ts'
import { entryName, isReaderName } from '../../../../src/stores/s3/keys.ts'
import {
  DEAD_MS,
  FEWEST_READS,
  LEASE_MS,
  type ReadLeaseSettings,
  TICK_MS,
  WAIT_MS,
} from '../../../../src/stores/s3/proofs/read-leases.ts'
import { testFormat } from '../../../contracts/append-log.ts'
import { createSimulation, type Machine, type MachineOptions } from '../../../support/s3/simulation.ts'

const PREFIX = 'logs/a/'
/** From a call to the answer of one request, in milliseconds. */
const TRIP_MS = 10
const OFTEN_MS = TICK_MS / (2 * FEWEST_READS)
/** Busy at the first read of what is known. */
const AT_ONCE: ReadLeaseSettings = { busyCalls: 1, busyProofs: 1, graceMs: 100 }

const openWorld = () => {
  const world = createSimulation()
  const markers = () => world.keys().filter((key) => isReaderName(key.slice(PREFIX.length)))

  const open = (settings: ReadLeaseSettings = AT_ONCE, options: MachineOptions = {}, isRemovable = false) => {
    const machine = world.machine(options)
    const log = createBucketLog({
      bucket: machine.bucket,
      format: testFormat,
      prefix: () => PREFIX,
      isRemovable,
      readLeases: { ...settings, clock: machine.clock },
    })
    const read = async () => (await log.newest('a'))?.number
    const append = (number: number) => log.append('a', number, { text: `${number}`, tokens: [`t${number}`] })
    return { ...machine, log, read, append, readOnce: () => world.until(read()) }
  }

  /** A process with a lease on the newest entry, given at this moment. */
  const openReader = async (settings?: ReadLeaseSettings, options?: MachineOptions) => {
    const reader = open(settings, options)
    await reader.readOnce()
    // Makes the log busy.
    await reader.readOnce()
    await world.pass(1000)
    await reader.readOnce()
    reader.requests.length = 0
    return reader
  }

  /** A log of one entry. */
  const filled = async () => {
    const writer = open({})
    await world.until(writer.append(1))
    return writer
  }

  /** Reads often for a time. */
  const readOften = async (read: () => Promise<unknown>, ms: number): Promise<void> => {
    for (const endMs = world.nowMs() + ms; world.nowMs() < endMs; ) {
      void read()
      await world.pass(Math.min(OFTEN_MS, endMs - world.nowMs()))
    }
  }

  /** When a promise settles, in milliseconds from now. */
  const timeOf = async (result: Promise<unknown>): Promise<number> => {
    const startMs = world.nowMs()
    await world.until(result)
    return world.nowMs() - startMs
  }

  return { world, open, openReader, filled, readOften, timeOf, markers }
}

/** Requests since the last call. */
const requestsOf = ({ requests }: Pick<Machine, 'requests'>): string[] =>
  requests.splice(0).map((request) => request.split(' ')[0] ?? '')

describe('a reader with a lease', () => {
  it('serves the newest entry without a request until the lease ends, and then by a proof', async () => {
    const { world, openReader, filled } = openWorld()
    await filled()
    const reader = await openReader()
    // The lease began with the request.
    await world.pass(LEASE_MS / 3 - TRIP_MS - 1)
    expect(await reader.read()).toBe(1)
    expect(requestsOf(reader)).toEqual([])
    await world.pass(LEASE_MS)
    expect(await reader.readOnce()).toBe(1)
    expect(requestsOf(reader)).toEqual(['head'])
  })

  it('is not kept waiting while reads go on: each third of its time it proves the entry again, and never without reads', async () => {
    const { world, openReader, filled } = openWorld()
    await filled()
    const reader = await openReader()
    for (let passedMs = 0; passedMs < 1000; passedMs += 10) {
      await world.pass(10)
      let isAnswered = false
      void reader.read().then((number) => {
        isAnswered = number === 1
      })
      await world.pass(0)
      expect(isAnswered).toBe(true)
    }
    const requests = requestsOf(reader)
    expect(new Set(requests)).toEqual(new Set(['head']))
    expect(requests.length).toBeGreaterThan(15)
    expect(requests.length).toBeLessThan(35)
    await world.pass(500)
    reader.requests.length = 0
    await world.pass(5000)
    expect(requestsOf(reader)).toEqual([])
  })

  it.each(['monotonic', 'wall'] as const)(
    'serves nothing stale behind a suspension in which its %s clock stood',
    async (stopped) => {
      const { world, open, openReader, filled } = openWorld()
      await filled()
      const reader = await openReader()
      reader.suspend(60_000, stopped)
      const other = open()
      await other.readOnce()
      await world.until(other.append(2))
      await world.pass(60_000)
      expect(await reader.readOnce()).toBe(2)
    },
  )

  it('has it no more where the clock of the wall was set, in whichever direction', async () => {
    const { openReader, filled } = openWorld()
    await filled()
    for (const byMs of [-1000, 1000]) {
      const reader = await openReader()
      reader.setWall(byMs)
      expect(await reader.readOnce()).toBe(1)
      expect(requestsOf(reader)).toEqual(['head'])
    }
  })

  it('shows its own change at once, for which it does not wait', async () => {
    const { openReader, filled, timeOf } = openWorld()
    await filled()
    const reader = await openReader()
    expect(await timeOf(reader.append(2))).toBe(2 * TRIP_MS)
    expect(requestsOf(reader)).toEqual(['putNew', 'listAll'])
    expect(await reader.readOnce()).toBe(2)
  })

  it('has it no more once it finds that another process has the next number', async () => {
    const { world, open, openReader, filled } = openWorld()
    await filled()
    const reader = await openReader()
    const other = open({})
    await other.readOnce()
    await world.until(other.bucket.putNew(PREFIX + entryName(2), testFormat.encode({ text: 'x', tokens: ['x'] })))
    expect(await world.until(reader.append(2))).toEqual({ outcome: 'taken' })
    expect(await reader.readOnce()).toBe(2)
  })

  it('has it no more where an answer that was under way is older than an entry that it knows', async () => {
    const { world, openReader, filled } = openWorld()
    await filled()
    let slowMs = 0
    const reader = await openReader(AT_ONCE, { delay: (kind) => (kind === 'head' && slowMs > 0 ? slowMs : 5) })
    await world.pass(LEASE_MS)
    slowMs = 40
    const slow = reader.read()
    await world.pass(1)
    await world.until(reader.append(2))
    reader.log.forget('a')
    await world.until(slow)
    expect(await reader.readOnce()).toBe(2)
  })
})

describe('a change of a log that another process has a lease to read', () => {
  it('is acknowledged once the lease has ended', async () => {
    const { filled, openReader, timeOf } = openWorld()
    const writer = await filled()
    expect(await timeOf(writer.append(2))).toBe(2 * TRIP_MS)
    await openReader()
    requestsOf(writer)
    expect(await timeOf(writer.append(3))).toBeGreaterThanOrEqual(2 * TRIP_MS + WAIT_MS)
    expect(requestsOf(writer)).toEqual(['putNew', 'listAll'])
  })

  it('is returned by a third process once the lease has ended', async () => {
    const { world, open, filled, openReader, timeOf } = openWorld()
    const writer = await filled()
    const third = open({})
    await third.readOnce()
    const reader = await openReader()
    const written = writer.append(2)
    await world.pass(TRIP_MS + 1)
    expect(await timeOf(third.read())).toBeGreaterThanOrEqual(WAIT_MS)
    await world.until(written)
    expect(await third.readOnce()).toBe(2)
    expect(await reader.readOnce()).toBe(2)
  })

  it('is returned once the lease has ended to a process that knows nothing of the log', async () => {
    const { open, filled, openReader, timeOf } = openWorld()
    await filled()
    await openReader()
    expect(await timeOf(open({}).read())).toBeGreaterThanOrEqual(WAIT_MS)
  })

  it('is waited for where the listing took so long that it may have missed a marker', async () => {
    const { world, open, filled, timeOf } = openWorld()
    const writer = await filled()
    for (const [listMs, isWaited] of [
      [240, false],
      [260, true],
    ] as const) {
      const third = open({ graceMs: 1000 }, { delay: (kind) => (kind === 'listAll' ? listMs : 5) })
      const spent = await timeOf(third.read())
      expect(spent - 2 * listMs).toBeGreaterThanOrEqual(TRIP_MS)
      expect(spent - 2 * listMs >= WAIT_MS).toBe(isWaited)
    }
    expect(await world.until(writer.read())).toBe(1)
  })
})

describe('a marker', () => {
  it('is written by a process that proves the newest entry for sixteen calls three times in a row', async () => {
    const { world, open, filled, markers } = openWorld()
    await filled()
    const reader = open({})
    await reader.readOnce()
    const readAll = async (calls: number) => {
      await world.until(Promise.all(Array.from({ length: calls }, reader.read)))
      await world.pass(100)
    }
    for (const calls of [16, 16, 15, 16, 16]) await readAll(calls)
    expect(markers()).toEqual([])
    await readAll(16)
    expect(markers()).toHaveLength(1)
  })

  it('is never written for an empty log, nor where logs are removable', async () => {
    const { world, open, filled, markers } = openWorld()
    const reader = open()
    for (let n = 0; n < 5; n++) await reader.readOnce()
    await filled()
    const removable = open(AT_ONCE, {}, true)
    for (let n = 0; n < 5; n++) await removable.readOnce()
    await world.pass(1000)
    expect(markers()).toEqual([])
  })

  it('is written for so many logs at most', async () => {
    const { world } = openWorld()
    const machine = world.machine()
    const log = createBucketLog({
      bucket: machine.bucket,
      format: testFormat,
      prefix: (name) => `logs/${name}/`,
      readLeases: { ...AT_ONCE, maxLogs: 2, clock: machine.clock },
    })
    await inGroups(['a', 'b', 'c'], 1, async (name) => {
      await world.until(log.append(name, 1, { text: name, tokens: [name] }))
      await world.until(log.newest(name))
      await world.pass(100)
    })
    expect(machine.requests.filter((request) => request.startsWith('put '))).toHaveLength(2)
  })

  it('gives no lease until it is there, and for its first while, nor where its outcome is unknown', async () => {
    const { world, open, filled } = openWorld()
    await filled()
    for (const fate of ['refused', 'lost', 'late'] as const) {
      const reader = open(AT_ONCE, { fate: (kind) => (kind === 'put' ? fate : 'answered') })
      await reader.readOnce()
      for (let n = 0; n < 20; n++) {
        await world.pass(50)
        requestsOf(reader)
        await reader.readOnce()
        expect(requestsOf(reader)).toContain('head')
      }
    }
    const reader = open({ ...AT_ONCE, graceMs: 1000 })
    await reader.readOnce()
    await reader.readOnce()
    await world.pass(950)
    await reader.readOnce()
    requestsOf(reader)
    await reader.readOnce()
    expect(requestsOf(reader)).toEqual(['head'])
    await world.pass(1000)
    await reader.readOnce()
    requestsOf(reader)
    await reader.readOnce()
    expect(requestsOf(reader)).toEqual([])
  })

  it('is written again every minute while the log is busy, and removed when it is not any more', async () => {
    const { world, openReader, filled, readOften, markers } = openWorld()
    await filled()
    const reader = await openReader()
    const [marker] = markers()
    const puts = () => requestsOf(reader).filter((kind) => kind === 'put').length
    for (let minute = 0; minute < 3; minute++) {
      await readOften(reader.read, 2 * TICK_MS)
      expect(puts()).toBe(1)
      expect(markers()).toEqual([marker])
    }
    await world.pass(2 * TICK_MS + 1000)
    expect(markers()).toEqual([])
    // A removal that comes late must not hit it.
    await reader.readOnce()
    await world.pass(1000)
    expect(markers()).toHaveLength(1)
    expect(markers()).not.toEqual([marker])
  })

  it('is removed when the process ends', async () => {
    const { world, openReader, filled, markers } = openWorld()
    await filled()
    const reader = await openReader()
    expect(markers()).toHaveLength(1)
    await world.until(reader.log.close())
    expect(markers()).toEqual([])
    requestsOf(reader)
    await reader.readOnce()
    await world.pass(2 * TICK_MS)
    expect(markers()).toEqual([])
  })

  it('gives no lease any more four minutes after it was last written', async () => {
    const { openReader, filled, readOften } = openWorld()
    await filled()
    let isLost = false
    const fate = (kind: string) => (kind === 'put' && isLost ? ('refused' as const) : ('answered' as const))
    const reader = await openReader(AT_ONCE, { fate })
    isLost = true
    const isLeased = async () => {
      await reader.readOnce()
      requestsOf(reader)
      await reader.readOnce()
      return requestsOf(reader).length === 0
    }
    const leased: boolean[] = []
    for (let n = 0; n < 10; n++) {
      await readOften(reader.read, TICK_MS)
      leased.push(await isLeased())
    }
    expect(leased.slice(0, 7)).toEqual(Array.from({ length: 7 }, () => true))
    expect(leased.slice(8)).toEqual([false, false])
  })

  it('of a dead process is waited for for twenty minutes, and removed after an hour', async () => {
    const { world, open, filled, timeOf, markers } = openWorld()
    const writer = await filled()
    for (const [number, ageMs, isWaited] of [
      [2, DEAD_MS - 5000, true],
      [3, DEAD_MS + 5000, false],
    ] as const) {
      world.plant(`${PREFIX}reader-dead-1`, '', ageMs)
      expect((await timeOf(writer.append(number))) >= WAIT_MS).toBe(isWaited)
    }
    expect(markers()).toHaveLength(1)
    world.plant(`${PREFIX}reader-dead-1`, '', 3_600_000 + 5000)
    await open({}).readOnce()
    await world.pass(100)
    // Reads write nothing.
    expect(markers()).toHaveLength(1)
    await world.until(writer.append(4))
    await world.pass(100)
    expect(markers()).toEqual([])
  })
})
