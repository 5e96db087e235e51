// Output of log lines: many lines in one write, and no wait for the reader.
//
// A write costs 24 microseconds, more than the response that the line is about. Lines of the last 250 ms are lost where the
// process is killed. A pipe whose reader stalls takes no more lines: up to MAX_PENDING_BYTES wait for it, further ones are
// dropped, counted and reported once the reader has caught up. Files are written at once and lose nothing.

import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'

export interface LogOutputOptions {
  /** File descriptor: 1 is standard output, 2 standard error. */
  fd: number
  /** True where other processes write lines to the same pipe. @default false */
  isShared?: boolean
  /** Longest time that lines are gathered for one write, in milliseconds; 0 writes each at once. @default 250 */
  gatherMs?: number
  /** Most bytes that wait for the reader. @default 1048576 (1 MiB) */
  maxPendingBytes?: number
  /** Longest wait for the reader at the end of the process, in milliseconds. @default 500 */
  lastWaitMs?: number
}

export interface LogOutput {
  /** Takes one line with its line break. Never waits, never throws. */
  write(line: string): void
  /** Writes what waits, as far as the reader takes it now. */
  flush(): void
  /** Called with the number of dropped lines, once the reader has caught up. @default nothing */
  onCaughtUp?: (dropped: number) => void
}

/** Writes up to this size are whole or not at all (POSIX PIPE_BUF), so that no line of another process gets in between. */
const SHARED_WRITE_BYTES = 4096
const WRITE_BYTES = 65_536
/** Characters that are gathered before a write. */
const GATHERED_CHARACTERS = 8192
const GATHER_MS = 250
/** Pause before the next attempt where the reader took a part, in milliseconds; doubled while it takes nothing. */
const RETRY_MS = 1
const LONGEST_RETRY_MS = 50
const MAX_PENDING_BYTES = 2 ** 20
const LAST_WAIT_MS = 500

let droppedLines = 0

/** Log lines that this process has dropped since its start. */
export const droppedLogLines = (): number => droppedLines

/** Writes the last lines of every output, within a bounded time. */
const lastFlushes = new Set<() => void>()

process.on('exit', () => {
  for (const flush of lastFlushes) flush()
})

interface Chunk {
  bytes: Buffer
  lines: number
}

export const createLogOutput = (options: LogOutputOptions): LogOutput => {
  const maxPendingBytes = options.maxPendingBytes ?? MAX_PENDING_BYTES
  const lastWaitMs = options.lastWaitMs ?? LAST_WAIT_MS
  const gatherMs = options.gatherMs ?? GATHER_MS
  const writeBytes = options.isShared ? SHARED_WRITE_BYTES : WRITE_BYTES
  const gatheredMost = gatherMs === 0 ? 1 : Math.min(writeBytes, GATHERED_CHARACTERS)
  let fd: number | undefined
  let gathered = ''
  let gatheredLines = 0
  const chunks: Chunk[] = []
  let pendingBytes = 0
  let dropped = 0
  let retryMs = RETRY_MS
  let timer: NodeJS.Timeout | undefined

  const drop = (lines: number): void => {
    dropped += lines
    droppedLines += lines
  }

  const chunkUp = (): void => {
    if (gathered === '') return
    for (const chunk of chunksOf(Buffer.from(gathered), gatheredLines, writeBytes)) {
      chunks.push(chunk)
      pendingBytes += chunk.bytes.length
    }
    gathered = ''
    gatheredLines = 0
  }

  /** Writes chunks until none is left (true) or the reader takes no more. */
  const writeChunks = (): boolean => {
    fd ??= openWithoutWaits(options.fd)
    for (let chunk = chunks[0]; chunk; chunk = chunks[0]) {
      try {
        const written = writeSync(fd, chunk.bytes)
        pendingBytes -= written
        retryMs = RETRY_MS
        chunk.bytes = chunk.bytes.subarray(written)
        if (chunk.bytes.length > 0) continue
      } catch (error) {
        if (!isReaderGone(error)) return false
        pendingBytes -= chunk.bytes.length
        drop(chunk.lines)
      }
      chunks.shift()
    }
    return true
  }

  const later = (ms: number): void => {
    timer ??= setTimeout(flush, ms).unref()
  }

  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    const hadDropped = dropped
    chunkUp()
    if (!writeChunks()) {
      later(retryMs)
      retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS)
    }
    // Where more were dropped just now, nothing reads the lines.
    else if (dropped > 0 && dropped === hadDropped) {
      dropped = 0
      output.onCaughtUp?.(hadDropped)
    }
  }

  const lastFlush = (): void => {
    const endMs = performance.now() + lastWaitMs
    for (;;) {
      flush()
      clearTimeout(timer)
      if ((chunks.length === 0 && gathered === '') || performance.now() >= endMs) return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }

  const output: LogOutput = {
    write(line) {
      if (pendingBytes + gathered.length >= maxPendingBytes) return drop(1)
      // While the reader takes nothing, the next attempt is due already.
      const isFree = chunks.length === 0
      if (isFree && gathered.length + line.length > gatheredMost) flush()
      if (gathered === '') lastFlushes.add(lastFlush)
      gathered += line
      gatheredLines++
      if (isFree && gathered.length >= gatheredMost) flush()
      else later(gatherMs)
    },
    flush,
  }
  return output
}

/** Cuts lines into chunks for one write each; a longer line is a chunk of its own. */
const chunksOf = (bytes: Buffer, lines: number, maxBytes: number): Chunk[] => {
  if (bytes.length <= maxBytes) return [{ bytes, lines }]
  const chunks: Chunk[] = []
  let count = 0
  let lineStart = 0
  for (let start = 0; start < bytes.length; ) {
    const lineEnd = bytes.indexOf(LINE_BREAK, lineStart) + 1 || bytes.length
    const isFull = lineEnd - start > maxBytes && lineStart > start
    const end = isFull ? lineStart : lineEnd
    if (!isFull) count++
    if (isFull || end === bytes.length) {
      chunks.push({ bytes: bytes.subarray(start, end), lines: count })
      start = end
      count = 0
    }
    lineStart = end
  }
  return chunks
}

const LINE_BREAK = 10

/**
 * A descriptor whose writes do not wait. A pipe and a terminal are opened anew, because the flag belongs to the open file,
 * which other programs share. Where that is impossible, the stream of Node sets it.
 */
const openWithoutWaits = (fd: number): number => {
  try {
    const stats = fstatSync(fd)
    if (stats.isFIFO() || isatty(fd)) {
      const own = openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
      if (fstatSync(own).isFIFO() === stats.isFIFO()) return own
      closeSync(own)
    }
  } catch {
    // Without /proc, or the pipe belongs to another user, or has no reader now.
  }
  // Its first use makes a pipe or a socket non-blocking.
  if (fd === 1) void process.stdout
  if (fd === 2) void process.stderr
  return fd
}

/** Nothing will read what waits: the other end is closed, or the descriptor is. */
const isReaderGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['EPIPE', 'ECONNRESET', 'EBADF'].some((code) => code === error.code)
