// Progress of a transfer on standard error: a bar on a terminal, elsewhere a line a minute.

import { SingleBar } from 'cli-progress'

export interface Tally {
  files: number
  allFiles: number
  bytes: number
  allBytes: number
  refused: number
}

export interface ProgressOutput {
  show(tally: Tally): void
  /** Removes the bar. */
  stop(): void
}

export interface ProgressOptions {
  /** @default process.stderr */
  stream?: NodeJS.WriteStream
  /** @default Date.now */
  now?: () => number
}

const LINE_MS = 60_000

/** The first line without a terminal has no rate yet. */
export const createProgress = ({ stream = process.stderr, now = Date.now }: ProgressOptions = {}): ProgressOutput => {
  const startedMs = now()
  if (!stream.isTTY) {
    let lastMs = startedMs
    return {
      show(tally) {
        if (now() - lastMs < LINE_MS) return
        lastMs = now()
        stream.write(`${progressLine(tally, lastMs - startedMs)}\n`)
      },
      stop() {},
    }
  }
  let bar: SingleBar | undefined
  return {
    show(tally) {
      const line = progressLine(tally, now() - startedMs)
      if (!bar) {
        bar = new SingleBar({ format: '{bar} {line}', stream, hideCursor: true, clearOnComplete: true, barsize: 15 })
        bar.start(Math.max(1, tally.allBytes), tally.bytes, { line })
      }
      bar.update(tally.bytes, { line })
    },
    stop: () => bar?.stop(),
  }
}

/** Files, bytes, rate and time left. @param elapsedMs since the first file was begun */
export const progressLine = ({ files, allFiles, bytes, allBytes, refused }: Tally, elapsedMs: number): string => {
  const perSecond = bytes / Math.max(elapsedMs / 1000, 0.001)
  const left = perSecond > 0 ? `, ${inTime((allBytes - bytes) / perSecond)} left` : ''
  const parts = [
    `${files}/${allFiles} files`,
    `${inBytes(bytes)} of ${inBytes(allBytes)}`,
    `${inBytes(perSecond)}/s${left}`,
  ]
  return [...parts, ...(refused > 0 ? [`${refused} refused`] : [])].join(', ')
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

export const inBytes = (bytes: number): string => {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${power === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`
}

/** Seconds as 45 s, 12 min or 3 h 5 min. */
const inTime = (seconds: number): string => {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
