// The built command line in tests: real processes, killed at the end of the test.

import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../disk/folder.ts'
import { type Run, type Service, type StartOptions, startProgram, startTintype, untilServing } from './start.mjs'

/** The project's folder, without a slash at the end. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '')

export interface RunOptions extends StartOptions {
  /** Beside PATH, nothing else is in its environment. @default {} */
  env?: Record<string, string>
  /** @default a new temporary folder */
  cwd?: string
}

/** Starts `tintype` with these arguments. */
export const runTintype = async (args: readonly string[], options: RunOptions = {}): Promise<Run> =>
  killedAtEnd(startTintype(args, { ...options, cwd: options.cwd ?? (await temporaryFolder()) }))

/** Starts `tintype serve` on a free port and waits for its banner. */
export const serve = async (flags: readonly string[] = [], options: RunOptions = {}): Promise<Service> =>
  untilServing(await runTintype(['serve', ...SMALL, ...flags], options))

/** Starts `npm start` in the project's folder, on a free port. */
export const npmStart = (flags: readonly string[]): Promise<Service> =>
  untilServing(npmRun(['start', '--silent', '--', ...SMALL, ...flags]))

/** Runs `npm run --silent tintype` in the project's folder. */
export const npmTintype = (args: readonly string[]): Run => npmRun(['run', '--silent', 'tintype', '--', ...args])

const SMALL = ['--port', '0', '--encoders', '1']

/** Runs `npm` in the project's folder. */
export const npmRun = (args: readonly string[]): Run =>
  killedAtEnd(startProgram('npm', args, { cwd: ROOT, env: process.env }))

const killedAtEnd = (started: Run): Run => {
  onTestFinished(started.kill)
  return started
}
