// Progress lines.

import { describe, expect, it } from 'vitest'
import { createProgress, inBytes, progressLine, type Tally } from '../../../src/cli/transfer/progress.ts'

const tally = (bytes: number, refused = 0): Tally => ({ files: 3, allFiles: 12, bytes, allBytes: 100_000_000, refused })

describe('a line of progress', () => {
  it.each([
    [tally(25_000_000), 10_000, '3/12 files, 25.0 MB of 100 MB, 2.5 MB/s, 30 s left'],
    [tally(1_000_000, 2), 60_000, '3/12 files, 1.0 MB of 100 MB, 16.7 kB/s, 1 h 39 min left, 2 refused'],
    [tally(500_000), 90_000, '3/12 files, 500 kB of 100 MB, 5.6 kB/s, 4 h 59 min left'],
    [tally(0), 0, '3/12 files, 0 B of 100 MB, 0 B/s'],
  ])('has files, bytes, rate and the time left: %#', (state, elapsedMs, line) => {
    expect(progressLine(state, elapsedMs)).toBe(line)
  })

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [99_949, '99.9 kB'],
    [99_951, '100 kB'],
    [3.2e9, '3.2 GB'],
    [5e15, '5000 TB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(inBytes(bytes)).toBe(text)
  })
})

describe('progress without a terminal', () => {
  it('is a line a minute', () => {
    let now = 0
    let text = ''
    const stream = Object.assign(Object.create(process.stderr), {
      isTTY: false,
      write: (piece: string) => {
        text += piece
        return true
      },
    })
    const { show } = createProgress({ stream, now: () => now })
    for (; now <= 150_000; now += 1000) show(tally(now))
    expect(text.split('\n')).toHaveLength(3)
    expect(text).toMatch(/^3\/12 files, 60\.0 kB of 100 MB/)
  })
})
