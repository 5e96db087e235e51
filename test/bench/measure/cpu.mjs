// CPU time of a process and all its descendants, from /proc (Linux).

import { readdirSync, readFileSync } from 'node:fs'

/** Ticks a second of /proc's clocks: 100 on every Linux that Node runs on (sysconf _SC_CLK_TCK). */
const TICKS = 100

/**
 * User and system time so far, in milliseconds, of a process, its descendants, and those of them that have ended.
 *
 * @param {number} pid
 */
export const cpuOfTree = (pid) => {
  const processes = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? statOf(name) : []))
  const tree = new Set([pid])
  for (let size = 0; size !== tree.size; ) {
    size = tree.size
    for (const each of processes) if (tree.has(each.parent)) tree.add(each.pid)
  }
  const ticks = processes.filter((each) => tree.has(each.pid)).reduce((sum, each) => sum + each.ticks, 0)
  return (ticks * 1000) / TICKS
}

/** @param {string} pid */
const statOf = (pid) => {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Behind the name: state, parent, then (12th to 15th) user, system, and both of children that have ended.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0)
    return [{ pid: Number(pid), parent: Number(fields[1]), ticks }]
  } catch {
    return []
  }
}
