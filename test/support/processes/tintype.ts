// The built command line as its users run it: real processes, ended by their id when the test is over.

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../disk/folder.ts'

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

export interface RunOptions {
  /** Nothing else is in its environment but PATH. */
  env?: Record<string, string>
  /** @default a new temporary folder */
  cwd?: string
  /** What it reads from standard input. @default nothing */
  input?: string
}

export interface Run {
  child: ChildProcess
  stdout(): string
  stderr(): string
  /** Exit code, or the signal that ended it, once every process that holds its output has ended. */
  ended: Promise<number | NodeJS.Signals>
}

/** Starts `tintype` with these arguments. */
export const runTintype = async (args: readonly string[], options: RunOptions = {}): Promise<Run> => {
  const cwd = options.cwd ?? (await temporaryFolder())
  return run(process.execPath, [MAIN, ...args], { cwd, env: { PATH: process.env.PATH, ...options.env } }, options.input)
}

const run = (program: string, args: readonly string[], options: SpawnOptions, input = ''): Run => {
  // A group of its own, so that the end of the test can reach whatever it has started.
  const child = spawn(program, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  // One that ends without reading is no error.
  child.stdin?.on('error', () => {}).end(input)
  const ended = once(child, 'close').then(([code, signal]: (number | NodeJS.Signals | null)[]) => signal ?? code ?? 0)
  onTestFinished(async () => {
    if (child.pid) killGroup(child.pid)
    await ended
  })
  const texts = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    texts.stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    texts.stderr += text
  })
  return { child, stdout: () => texts.stdout, stderr: () => texts.stderr, ended }
}

export interface Service extends Run {
  /** `http://127.0.0.1:<port>` */
  url: string
  port: number
}

/** Starts `tintype serve` on a free port and waits for its banner. */
export const serve = async (flags: readonly string[] = [], options: RunOptions = {}): Promise<Service> =>
  served(await runTintype(['serve', ...SMALL, ...flags], options))

/** Starts `npm start` in the project's folder, on a free port. */
export const npmStart = (flags: readonly string[]): Promise<Service> =>
  served(run('npm', ['start', '--silent', '--', ...SMALL, ...flags], { cwd: ROOT }))

/** Runs `npm run --silent tintype` in the project's folder. */
export const npmTintype = (args: readonly string[]): Run =>
  run('npm', ['run', '--silent', 'tintype', '--', ...args], { cwd: ROOT })

const SMALL = ['--port', '0', '--encoders', '1']

const served = async (started: Run): Promise<Service> => {
  while (!started.stdout().includes('Ctrl-C')) {
    const over = await Promise.race([started.ended, started.child.stdout && once(started.child.stdout, 'data')])
    if (!Array.isArray(over)) throw new Error(`tintype ended (${over}) before it served:\n${started.stderr()}`)
  }
  const [, url = '', port] = /address +(http:\/\/\S+:(\d+))/.exec(started.stdout()) ?? []
  return { ...started, url, port: Number(port) }
}

const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended, as most tests want it.
  }
}
