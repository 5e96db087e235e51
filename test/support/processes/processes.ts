// The child processes of this test, as the kernel knows them.

import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** The unit of times in /proc, the same on every Linux. */
const MS_PER_TICK = 10

/** Ids of the running encoder processes that a process has started, by default this one. Linux. */
export const encodersOf = (parent = process.pid): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent && read(pid, 'cmdline').includes('image/worker/main'))

/** False for one that has ended and is only waiting to be counted. */
export const isRunning = (pid: number): boolean => !['Z', 'X', ''].includes(stateOf(pid))

export const isStopped = (pid: number): boolean => stateOf(pid) === 'T'

/** CPU time of a running process so far, in milliseconds. */
export const cpuOf = (pid: number): number => {
  const [user = 0, system = 0] = fields(pid).slice(11, 13).map(Number)
  return (user + system) * MS_PER_TICK
}

/** Looks again until it is so. @throws after 20 s */
export const until = async (isSo: () => boolean): Promise<void> => {
  const end = Date.now() + 20_000
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`waited in vain for ${isSo}`)
    await sleep(10)
  }
}

/** Fields of proc_pid_stat(5) behind the name: state, parent, ... */
const fields = (pid: number): string[] =>
  read(pid, 'stat')
    .replace(/^.*\) /s, '')
    .split(' ')

const stateOf = (pid: number): string => fields(pid)[0] ?? ''

const parentOf = (pid: number): number => Number(fields(pid)[1])

const read = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
