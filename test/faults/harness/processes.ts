// Every process of a server, whoever its parent is by now: found by the folder that it was started in.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Ids of the processes whose working folder this is. Those that have ended and were not waited for have none. */
export const processesIn = (folder: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && folderOfProcess(name) === folder)
    .map(Number)

/** Empty where the process is gone. */
export const commandOf = (pid: number): string => readOf(pid, 'cmdline').replaceAll('\0', ' ').trim()

/** 0 where the process is gone. */
export const parentOf = (pid: number): number => {
  const stat = readOf(pid, 'stat')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0)
}

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

const folderOfProcess = (pid: string): string => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}

const readOf = (pid: number, file: 'cmdline' | 'stat'): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
