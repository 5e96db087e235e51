// Processes as the kernel knows them: children of this test, and every process of a server, found by its working folder.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
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

/** Resident memory in bytes, 0 where the process has ended (proc(5), VmRSS). */
export const memoryOf = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(pid, 'status'))?.[1] ?? 0) * 1024

/** The most resident memory that the process has had, in bytes (proc(5), VmHWM). */
export const peakMemoryOf = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(pid, 'status'))?.[1] ?? 0) * 1024

/** NaN where the process has ended. */
export const parentOf = (pid: number): number => Number(fields(pid)[1])

/** Ids of the processes whose working folder this is. Those that have ended and were not waited for have none. */
export const processesIn = (folder: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && folderOfProcess(name) === folder)
    .map(Number)

/** Empty where the process is gone. */
export const commandOf = (pid: number): string => read(pid, 'cmdline').replaceAll('\0', ' ').trim()

export const send = (pids: readonly number[], signal: NodeJS.Signals): void => {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** Kills until there is none: one that is being started while others die is found by the next look. */
export const killAllIn = async (folder: string): Promise<void> => {
  for (let left = processesIn(folder); left.length > 0; left = processesIn(folder)) {
    send(left, 'SIGKILL')
    await sleep(5)
  }
}

/** Stops every process, also those that begin while others are being stopped. Returns what lets them go on. */
export const stopAllIn = async (folder: string): Promise<() => void> => {
  const stopped = new Set<number>()
  for (;;) {
    const running = processesIn(folder).filter((pid) => !stopped.has(pid))
    if (running.length === 0) break
    send(running, 'SIGSTOP')
    for (const pid of running) stopped.add(pid)
    await sleep(1)
  }
  return () => send([...stopped], 'SIGCONT')
}

/** Looks again until it is so. @throws after a minute */
export const until = async (isSo: () => boolean): Promise<void> => {
  const end = Date.now() + 60_000
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

const folderOfProcess = (pid: string): string => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}

const read = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
