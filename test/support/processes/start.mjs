// The starter of the built program, for tests and benchmarks: a process group whose output is kept.
// Plain JavaScript with types beside it, because benchmarks run without a compiler.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

/** Characters that are kept of each output. */
const LONGEST_OUTPUT = 4_000_000

/** @type {import('./start.d.mts').startProgram} */
export const startProgram = (program, args, { cwd, env, input = '', log = 'pipe' }) => {
  const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', log], detached: true })
  // A program that ends without reading its input is no error.
  child.stdin.on('error', () => {}).end(input)
  const ended = once(child, 'close').then(([code, signal]) => signal ?? code ?? 0)
  const texts = { stdout: '', stderr: '' }
  for (const output of /** @type {const} */ (['stdout', 'stderr']))
    child[output]?.setEncoding('utf8').on('data', (text) => {
      texts[output] = (texts[output] + text).slice(-LONGEST_OUTPUT)
    })
  return {
    child,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    ended,
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
    async kill() {
      if (child.pid !== undefined) killGroup(child.pid)
      await ended
    },
  }
}

/** @type {import('./start.d.mts').startTintype} */
export const startTintype = (args, { under = [], env, ...options }) => {
  const [program, ...before] = [...under, process.execPath]
  return startProgram(program, [...before, MAIN, ...args], { ...options, env: { PATH: process.env.PATH, ...env } })
}

/** @type {import('./start.d.mts').untilServing} */
export const untilServing = async (started) => {
  while (!started.stdout().includes('Ctrl-C')) {
    const end = await Promise.race([started.ended, once(started.child.stdout, 'data')])
    if (!Array.isArray(end)) throw new Error(`tintype ended (${end}) before it served:\n${started.stderr()}`)
  }
  const [, url = '', port] = /address +(http:\/\/\S+:(\d+))/.exec(started.stdout()) ?? []
  return { ...started, url, port: Number(port) }
}

const killGroup = (pid) => {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
