// Concurrent callers of the same work.

import { describe, expect, it } from 'vitest'
import { createSingleFlight } from '../../../src/stores/render-cache/single-flight.ts'
import { newGate } from '../../support/gate.ts'

/** Work that waits for a gate, and records its starts and finishes. */
const workOf = () => {
  const gate = newGate()
  const record = { starts: 0, finishes: 0, cancelled: 0 }
  const start = async (signal: AbortSignal) => {
    record.starts++
    signal.addEventListener('abort', () => {
      record.cancelled++
      gate.open()
    })
    await gate.opened
    signal.throwIfAborted()
    return { value: 'result', finish: async () => void record.finishes++ }
  }
  return { start, record, open: gate.open }
}

const same = async (result: string) => result

describe('a single flight', () => {
  it('runs the work once for concurrent callers, and finishes it once after its last use', async () => {
    const flights = createSingleFlight<string>()
    const { start, record, open } = workOf()
    const uses = [1, 2, 3].map((n) => flights.join('a', start, async (result) => `${result} ${n} ${record.finishes}`))
    open()
    expect(await Promise.all(uses)).toEqual(['result 1 0', 'result 2 0', 'result 3 0'])
    await flights.idle()
    expect(record).toEqual({ starts: 1, finishes: 1, cancelled: 0 })
  })

  it('runs work of another name, and work after the end of the first, on its own', async () => {
    const flights = createSingleFlight<string>()
    let starts = 0
    const start = async () => ({ value: String(++starts) })
    expect(await Promise.all([flights.join('a', start, same), flights.join('b', start, same)])).toEqual(['1', '2'])
    await flights.idle()
    expect(await flights.join('a', start, same)).toBe('3')
  })

  it('continues while one caller still waits', async () => {
    const flights = createSingleFlight<string>()
    const { start, record, open } = workOf()
    const leaver = new AbortController()
    const gone = flights.join('a', start, same, leaver.signal)
    const other = flights.join('a', start, same, new AbortController().signal)
    leaver.abort(new Error('gone'))
    await expect(gone).rejects.toThrow('gone')
    open()
    expect(await other).toBe('result')
    expect(record).toMatchObject({ starts: 1, cancelled: 0 })
  })

  it('is cancelled once the last caller leaves, and is not joined after that', async () => {
    const flights = createSingleFlight<string>()
    const first = workOf()
    const leaver = new AbortController()
    const gone = flights.join('a', first.start, same, leaver.signal)
    leaver.abort(new Error('gone'))
    await expect(gone).rejects.toThrow('gone')
    expect(await flights.join('a', async () => ({ value: 'another' }), same)).toBe('another')
    await flights.idle()
    expect(first.record).toEqual({ starts: 1, finishes: 0, cancelled: 1 })
  })

  it('does not begin for a caller that has aborted already', async () => {
    const flights = createSingleFlight<string>()
    const { start, record } = workOf()
    await expect(flights.join('a', start, same, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
    expect(record.starts).toBe(0)
  })

  it('rejects every caller where the work fails, and the next call tries again', async () => {
    const flights = createSingleFlight<string>()
    const fail = async (): Promise<{ value: string }> => {
      throw new Error('no picture')
    }
    const outcomes = await Promise.allSettled([1, 2].map(() => flights.join('a', fail, same)))
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await flights.idle()
    expect(await flights.join('a', async () => ({ value: 'result' }), same)).toBe('result')
  })

  it('finishes the work where a use fails', async () => {
    const flights = createSingleFlight<string>()
    const { start, record, open } = workOf()
    open()
    const use = async () => {
      throw new Error('the client is gone')
    }
    await expect(flights.join('a', start, use)).rejects.toThrow('the client is gone')
    await flights.idle()
    expect(record.finishes).toBe(1)
  })
})
