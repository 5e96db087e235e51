// The reporter of `npm test`: how many files are done, each failure at once, and the usual summary at the end.

import { DefaultReporter, type Reporter, type TestCase } from 'vitest/node'

/** Between two lines where the output is no terminal, in milliseconds. */
const QUIET_MS = 10_000

/** Erases the line of a terminal and begins it again. */
const ERASE_LINE = '\r\x1b[2K'

interface ProgressOptions {
  /** @default standard output */
  write?(text: string): void
  /** A terminal has one line, which is written again and again. @default that of standard output */
  isTerminal?: boolean
  /** @default Date.now */
  now?(): number
}

/** Counts and failures alone; {@link progress} adds the summary. */
export const createProgress = ({
  write = (text) => void process.stdout.write(text),
  isTerminal = process.stdout.isTTY === true,
  now = Date.now,
}: ProgressOptions = {}) => {
  let [total, done, passed, failed, beganMs, toldMs] = [0, 0, 0, 0, now(), Number.NEGATIVE_INFINITY]

  const line = (): string =>
    `${done}/${total} files, ${passed} tests passed, ${failed} failed, ${Math.round((now() - beganMs) / 1000)} s`

  const tell = (): void => {
    if (!isTerminal && now() - toldMs < QUIET_MS && done < total) return
    toldMs = now()
    write(isTerminal ? ERASE_LINE + line() : `${line()}\n`)
  }

  return {
    begin(files: number) {
      total = files
      beganMs = now()
    },
    test(name: string, state: 'passed' | 'failed' | 'skipped', message = '') {
      if (state === 'passed') passed++
      if (state !== 'failed') return
      failed++
      write(`${isTerminal ? ERASE_LINE : ''}FAILED  ${name}: ${message}\n`)
    },
    fileDone() {
      done++
      tell()
    },
    end() {
      if (isTerminal) write(ERASE_LINE)
    },
  }
}

export const progress = (): Reporter => {
  const summary = new DefaultReporter({ summary: false })
  const shown = createProgress()
  return {
    onInit: (vitest) => summary.onInit(vitest),
    onTestRunStart(specifications) {
      shown.begin(specifications.length)
      summary.onTestRunStart(specifications)
    },
    onUserConsoleLog: (log) => summary.onUserConsoleLog(log),
    onTestCaseResult(test) {
      const { state, errors } = test.result()
      if (state !== 'pending') shown.test(nameOf(test), state, errors?.[0]?.message.split('\n')[0])
      summary.onTestCaseResult(test)
    },
    onTestModuleEnd: () => shown.fileDone(),
    onTestRunEnd(modules, errors, reason) {
      shown.end()
      summary.onTestRunEnd(modules, errors, reason)
    },
  }
}

const nameOf = (test: TestCase): string => `${test.module.relativeModuleId} > ${test.fullName}`
