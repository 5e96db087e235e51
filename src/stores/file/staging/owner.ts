// Owner of a folder under .tmp: the process, and whether it is alive.

import { lstat, readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { z } from 'zod'
import { codeOf, readText } from '../fs/durable.ts'
import { ownerFault } from './owner-file.ts'

const ownerSchema = z.object({
  pid: z.int().positive(),
  host: z.string(),
  /** Boot of the machine and process namespace (of a container) in which `pid` is unique. */
  boot: z.string(),
  namespace: z.string(),
  /** Start time of the process by the kernel's clock: pids are reused. */
  started: z.string(),
})

type Owner = z.infer<typeof ownerSchema>

/** End of the name of an abandoned folder, which any process may sweep. */
export const LEFT = '.left'

/** Heartbeat age from which an owner counts as dead whose process is not visible from here, in milliseconds. */
const SILENT_MS = 60_000

export const thisProcess = async (): Promise<Owner> => ({
  pid: process.pid,
  host: hostname(),
  ...(await surroundings()),
  started: (await statOf(process.pid)).started,
})

/** False only where the owner is known to be dead. */
export const ownerLives = async (ownerFile: string): Promise<boolean> => {
  if (dirname(ownerFile).endsWith(LEFT)) return false
  const owner = await readOwner(ownerFile)
  const here = { host: hostname(), ...(await surroundings()) }
  if (owner && owner.host === here.host && owner.boot === here.boot && owner.namespace === here.namespace)
    return processLives(owner)
  return Date.now() - (await lastHeartbeat(ownerFile)) < SILENT_MS
}

/** True where the machine has restarted since, so that unsynced changes are lost; also where that is unknown. */
export const diedWithMachine = async (ownerFile: string): Promise<boolean> => {
  if ((await lstat(ownerFile).catch(() => undefined)) === undefined) return false
  const owner = await readOwner(ownerFile)
  return !owner || (owner.host === hostname() && owner.boot !== (await surroundings()).boot)
}

const processLives = async (owner: Owner): Promise<boolean> => {
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
  const { state, started } = await statOf(owner.pid)
  // A zombie holds no resources, and in a container without an init process it is never reaped.
  if (state === 'Z' || state === 'X') return false
  // An unreadable start time, without /proc or file descriptors, proves nothing.
  return started === '' || owner.started === '' || started === owner.started
}

const readOwner = async (ownerFile: string): Promise<Owner | undefined> => {
  try {
    const text = await readText(ownerFile)
    return ownerFault(ownerFile, text) === undefined ? ownerSchema.parse(JSON.parse(text)) : undefined
  } catch {
    return undefined
  }
}

/** Milliseconds since 1970. Falls back to the folder, where the owner died before it wrote its file. */
const lastHeartbeat = async (ownerFile: string): Promise<number> => {
  for (const path of [ownerFile, dirname(ownerFile)]) {
    const found = await lstat(path).catch(() => undefined)
    if (found) return found.mtimeMs
  }
  return 0
}

/** Empty strings where they cannot be read, as without /proc. */
const surroundings = async () => ({
  boot: await orEmpty(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
  namespace: await orEmpty(readlink('/proc/self/ns/pid')),
})

/** Fields 3 and 22 of /proc/<pid>/stat (proc(5)), counted behind the name, which may hold spaces. */
const statOf = async (pid: number): Promise<{ state: string; started: string }> => {
  const line = await orEmpty(readFile(`/proc/${pid}/stat`, 'utf8'))
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', started: fields[19] ?? '' }
}

const orEmpty = (text: Promise<string>): Promise<string> => text.then((found) => found.trim()).catch(() => '')
