// A named pipe without a reader until the test reads it.

import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from './folder.ts'

export interface Fifo {
  /** Descriptor to write to; writes to it wait. */
  writer: number
  /** Everything that is in the pipe now, at most 64 KiB. */
  read(): string
  /** Closes the reading end: writes fail from then on. */
  endReading(): void
}

export const createFifo = async (): Promise<Fifo> => {
  const path = join(await temporaryFolder(), 'fifo')
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(path, constants.O_WRONLY)
  let isReading = true
  const endReading = () => {
    if (isReading) closeSync(reader)
    isReading = false
  }
  onTestFinished(() => {
    endReading()
    closeSync(writer)
  })
  return { writer, read: () => readAll(reader), endReading }
}

const readAll = (reader: number): string => {
  const buffer = Buffer.alloc(2 ** 20)
  for (let bytes = 0; ; ) {
    try {
      const read = readSync(reader, buffer, bytes, buffer.length - bytes, null)
      if (read === 0) return buffer.toString('utf8', 0, bytes)
      bytes += read
    } catch {
      // EAGAIN: the pipe is empty.
      return buffer.toString('utf8', 0, bytes)
    }
  }
}
