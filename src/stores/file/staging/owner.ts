// Who owns a folder under .tmp, and whether that process still lives.

import { readFile, readlink, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { z } from 'zod'
import { codeOf } from '../fs/durable.ts'
import { ownerFault } from './owner-file.ts'

const ownerSchema = z.object({
  pid: z.int().positive(),
  host: z.string(),
  /** The run of the machine, and the process namespace (a container's), in which `pid` means something. */
  boot: z.string(),
  namespace: z.string(),
  /** Start of the process as the kernel counts it: a pid is used again. */
  started: z.string(),
})

type Owner = z.infer<typeof ownerSchema>

/** End of the name of a folder that nobody owns any more: it is for whoever sweeps next. */
export const LEFT = '.left'

/** How long an owner whose process cannot be seen from here may be silent. */
const SILENT_MS = 60_000

export const thisProcess = async (): Promise<Owner> => ({
  pid: process.pid,
  host: hostname(),
  ...(await surroundings()),
  started: (await statOf(process.pid)).started,
})

/** False only where the owner is known to be gone. */
export const ownerLives = async (ownerFile: string): Promise<boolean> => {
  if (dirname(ownerFile).endsWith(LEFT)) return false
  const owner = await readOwner(ownerFile)
  const here = { host: hostname(), ...(await surroundings()) }
  if (owner && owner.host === here.host && owner.boot === here.boot && owner.namespace === here.namespace)
    return processLives(owner)
  return Date.now() - (await lastSign(ownerFile)) < SILENT_MS
}

/** True where the machine has been started again since: then what was not synced is gone. Also where none can tell. */
export const diedWithMachine = async (ownerFile: string): Promise<boolean> => {
  if ((await stat(ownerFile).catch(() => undefined)) === undefined) return false
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
  // A zombie holds nothing any more; in a container without an init process nobody ever takes it away.
  if (state === 'Z' || state === 'X') return false
  // What could not be read, for want of /proc or of file descriptors, proves nothing.
  return started === '' || owner.started === '' || started === owner.started
}

const readOwner = async (ownerFile: string): Promise<Owner | undefined> => {
  try {
    const text = await readFile(ownerFile, 'utf8')
    return ownerFault(ownerFile, text) === undefined ? ownerSchema.parse(JSON.parse(text)) : undefined
  } catch {
    return undefined
  }
}

/** Milliseconds since 1970; of the folder itself where the owner did not get so far as to write its file. */
const lastSign = async (ownerFile: string): Promise<number> => {
  for (const path of [ownerFile, dirname(ownerFile)]) {
    const found = await stat(path).catch(() => undefined)
    if (found) return found.mtimeMs
  }
  return 0
}

/** Empty where it cannot be read, as where there is no /proc. */
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
