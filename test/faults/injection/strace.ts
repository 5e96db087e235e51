// strace on one thread of a process: which calls to the disk it makes, and a fault at the n-th of them.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { onTestFinished } from 'vitest'

/** A call of the thread, as strace saw it. */
export interface Call {
  name: string
  /** Its arguments and result, with the path behind each descriptor. */
  text: string
  /** Those that it names. */
  paths: readonly string[]
  /** True where the fault struck here. */
  struck: boolean
}

export interface Injection {
  /** Name of a system call. */
  call: string
  /** What happens there, as strace spells it: `error=EIO`, `signal=KILL`, `delay_enter=3s`. */
  fault: string
  /** Counted from 1, from the moment of attaching. */
  n: number
}

export interface Trace {
  /** All calls so far, in their order. */
  calls(): Promise<Call[]>
  /** Whether a signal has stopped it so far. */
  wasStopped(): Promise<boolean>
  /** Lets go of the thread, if that has not ended. All calls until then are in the log when this resolves. */
  detach(): Promise<void>
}

/** Calls by which something on the disk changes or is made to last. */
const CHANGING_CALLS = [
  ...['write', 'writev', 'pwrite64', 'pwritev', 'fsync', 'fdatasync', 'link', 'linkat', 'rename', 'renameat'],
  ...['renameat2', 'unlink', 'unlinkat', 'rmdir', 'mkdir', 'mkdirat'],
]

export interface AttachOptions {
  thread: number
  /** File that strace writes to. */
  log: string
  /** @default those that change the disk or sync it */
  calls?: readonly string[]
  /** Only calls that name one of these are seen and counted. @default all */
  paths?: readonly string[]
  injection?: Injection
}

/** Resolves when the thread is under strace. */
export const attach = async ({ thread, log, calls, paths, injection }: AttachOptions): Promise<Trace> => {
  const traced = ['-p', String(thread), '-e', `trace=${(calls ?? CHANGING_CALLS).join(',')}`]
  const only = (paths ?? []).flatMap((path) => ['-P', path])
  const fault = injection ? ['-e', `inject=${injection.call}:${injection.fault}:when=${injection.n}`] : []
  const strace = spawn('strace', [...traced, ...only, ...fault, '-y', '-s', '0', '-o', log], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(strace, 'exit').then(() => {})
  onTestFinished(() => void strace.kill('SIGKILL'))
  let said = ''
  await new Promise<void>((resolve, reject) => {
    strace.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes('attached')) resolve()
    })
    strace.once('error', reject)
    void ended.then(() => reject(new Error(`strace ended: ${said}`)))
  })
  return {
    calls: async () => callsIn(await readFile(log, 'utf8')),
    wasStopped: async () => (await readFile(log, 'utf8')).includes('--- stopped by SIGSTOP ---'),
    async detach() {
      strace.kill('SIGINT')
      await ended
    },
  }
}

const callsIn = (log: string): Call[] => {
  const lines = log.split('\n')
  const calls = lines.flatMap((line) => {
    const [, name, text] = /^(\w+)\((.*)$/.exec(line) ?? []
    if (name === undefined || text === undefined) return []
    const paths = [...text.matchAll(/"(\/[^"]*)"|<(\/[^>]*)>/g)].flatMap(([, quoted, open]) => quoted ?? open ?? [])
    return [{ name, text, paths, struck: line.includes('(INJECTED)') }]
  })
  const killed = lines.some((line) => line.startsWith('+++ killed by SIGKILL'))
  // A call that the process did not come back from has no result.
  return killed ? calls.map((call) => ({ ...call, struck: call.text.endsWith('= ?') })) : calls
}
