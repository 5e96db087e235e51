// Log lines on their way to a reader that stalls, ends or has no room.

import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createLogOutput, droppedLogLines, type LogOutputOptions } from '../../src/telemetry/log-output.ts'
import { createFifo } from '../support/disk/fifo.ts'
import { temporaryFolder } from '../support/disk/folder.ts'

const MAX_PENDING_BYTES = 10_000
const LINE_BYTES = 1000

const lineOf = (number: number): string => `${String(number).padEnd(LINE_BYTES - 1, '.')}\n`

const outputTo = (fd: number, options: Partial<LogOutputOptions> = {}) => {
  const output = createLogOutput({ fd, maxPendingBytes: MAX_PENDING_BYTES, lastWaitMs: 0, ...options })
  const reports: number[] = []
  output.onCaughtUp = (dropped) => void reports.push(dropped)
  return { output, reports }
}

/** Numbers of the lines, each of which has to be whole. */
const numbersIn = (text: string): number[] => {
  const lines = text.split('\n')
  expect(lines.pop()).toBe('')
  for (const line of lines) expect(line).toHaveLength(LINE_BYTES - 1)
  return lines.map((line) => Number.parseInt(line, 10))
}

describe.skipIf(process.platform === 'win32')('a log output', () => {
  it.each([false, true])(
    'to a pipe that is not read keeps some lines, drops the rest, and reports that once it was read (shared: %s)',
    async (isShared) => {
      const { writer, read } = await createFifo()
      const { output, reports } = outputTo(writer, { isShared })
      const before = droppedLogLines()
      const count = 200
      for (let number = 0; number < count; number++) output.write(lineOf(number))
      const dropped = droppedLogLines() - before
      expect(dropped).toBeGreaterThan(100)
      expect(reports).toEqual([])

      let text = ''
      for (let more = read(); more !== ''; more = read()) {
        text += more
        output.flush()
      }
      const kept = count - dropped
      expect(kept * LINE_BYTES).toBeGreaterThan(MAX_PENDING_BYTES)
      expect(numbersIn(text)).toEqual(Array.from({ length: kept }, (_, number) => number))
      expect(reports).toEqual([dropped])

      output.write(lineOf(7))
      output.flush()
      expect(numbersIn(read())).toEqual([7])
      expect(reports).toEqual([dropped])
    },
  )

  it('to a pipe writes again by itself once that is read', async () => {
    const { writer, read } = await createFifo()
    const { output } = outputTo(writer, { maxPendingBytes: 2 ** 20 })
    for (let number = 0; number < 150; number++) output.write(lineOf(number))
    let text = read()
    await expect
      .poll(() => {
        text += read()
        return text.length
      })
      .toBe(150 * LINE_BYTES)
  })

  it('takes a line that is longer than one write', async () => {
    const { writer, read } = await createFifo()
    const { output } = outputTo(writer, { isShared: true })
    const lines = [`${'a'.repeat(10)}\n`, `${'b'.repeat(9000)}\n`, `${'c'.repeat(10)}\n`]
    for (const line of lines) output.write(line)
    output.flush()
    expect(read()).toBe(lines.join(''))
  })

  it('to a pipe whose reader has ended drops every line, and does not throw', async () => {
    const { writer, endReading } = await createFifo()
    const { output, reports } = outputTo(writer)
    output.write(lineOf(0))
    output.flush()
    endReading()
    const before = droppedLogLines()
    for (let number = 0; number < 50; number++) output.write(lineOf(number))
    output.flush()
    expect(droppedLogLines() - before).toBe(50)
    expect(reports).toEqual([])
  })

  it.skipIf(process.platform !== 'linux')('to a full disk keeps lines up to its bound, and does not throw', () => {
    const full = openSync('/dev/full', 'w')
    onTestFinished(() => closeSync(full))
    const { output } = outputTo(full)
    const before = droppedLogLines()
    for (let number = 0; number < 50; number++) output.write(lineOf(number))
    output.flush()
    expect(droppedLogLines() - before).toBe(50 - MAX_PENDING_BYTES / LINE_BYTES)
  })

  it('to a file loses no line', async () => {
    const path = join(await temporaryFolder(), 'log')
    const file = openSync(path, 'w')
    onTestFinished(() => closeSync(file))
    const { output } = outputTo(file)
    for (let number = 0; number < 2000; number++) output.write(lineOf(number))
    output.flush()
    expect(numbersIn(readFileSync(path, 'utf8'))).toHaveLength(2000)
  })
})
