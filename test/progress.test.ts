// What `npm test` prints while it runs, see support/vitest/progress.ts.

import { describe, expect, it } from 'vitest'
import { createProgress } from './support/vitest/progress.ts'

const shown = (isTerminal: boolean) => {
  const written: string[] = []
  const clock = { ms: 0 }
  const progress = createProgress({ write: (text) => void written.push(text), isTerminal, now: () => clock.ms })
  progress.begin(3)
  return { progress, written, clock }
}

describe('the progress of the tests', () => {
  it('is a line every 10 seconds and at the end, where the output is no terminal', () => {
    const { progress, written, clock } = shown(false)
    progress.test('a', 'passed')
    progress.fileDone()
    clock.ms = 9_999
    progress.fileDone()
    expect(written).toEqual(['1/3 files, 1 tests passed, 0 failed, 0 s\n'])
    progress.fileDone()
    expect(written.slice(1)).toEqual(['3/3 files, 1 tests passed, 0 failed, 10 s\n'])
  })

  it('is one line that is rewritten after each file, on a terminal', () => {
    const { progress, written } = shown(true)
    progress.fileDone()
    progress.fileDone()
    progress.end()
    expect(written).toEqual([
      '\r\x1b[2K1/3 files, 0 tests passed, 0 failed, 0 s',
      '\r\x1b[2K2/3 files, 0 tests passed, 0 failed, 0 s',
      '\r\x1b[2K',
    ])
  })

  it('names only failed tests, at once', () => {
    const { progress, written } = shown(false)
    progress.test('test/a.test.ts > one', 'passed')
    progress.test('test/a.test.ts > two', 'skipped')
    progress.test('test/a.test.ts > three', 'failed', 'expected 1 to be 2')
    expect(written).toEqual(['FAILED  test/a.test.ts > three: expected 1 to be 2\n'])
  })
})
