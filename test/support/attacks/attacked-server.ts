// The built server as an attacker meets it: real processes on loopback, with keys, users, a private project and limits.

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killAllIn, memoryOf, processesIn } from '../processes/processes.ts'
import { startTintype, untilServing } from '../processes/start.mjs'

export const KEYS = {
  admin: 'admin-of-the-attacked-shop',
  writer: 'writer-of-the-attacked-shop',
  reader: 'reader-of-the-attacked-shop',
} as const

export const SIGNING_KEY = 'signing-key-of-the-attacked-shop'

export const MAX_UPLOAD_BYTES = 4_000_000
export const MAX_PIXELS = 15_000_000

/** Longest time for one answer to an honest or a hostile request, in milliseconds. */
const ANSWER_MS = 60_000

/** Small limits, so that both sides of them are near. */
const SETTINGS = {
  API_KEYS: Object.entries(KEYS)
    .map(([role, secret]) => `${role}:${secret}`)
    .join(),
  SIGNING_KEYS: SIGNING_KEY,
  REGISTRATION: 'open',
  SIGN_IN_LIMIT: '0',
  MAX_UPLOAD_BYTES: String(MAX_UPLOAD_BYTES),
  MAX_PIXELS: String(MAX_PIXELS),
  // Beyond the time of a sound HEIC photo on a busy machine.
  ENCODE_DEADLINE_MS: '10000',
  LOG_LEVEL: 'warn',
} as const

export interface AttackedServer {
  url: string
  port: number
  /** Holds the store in `storage/`, the server's working folder, and what is none of the server's business. */
  folder: string
  storageDir: string
  /** Sends a request, with a path in place of a URL; one that is not answered in time fails. */
  ask(path: string, init?: RequestInit): Promise<Response>
  /** Resident memory of all of its processes, in bytes. */
  memory(): number
  /** What it logged at level warn and above. */
  log(): string
  end(): Promise<void>
}

/** @param env more settings */
export const startServer = async (env: Record<string, string> = {}): Promise<AttackedServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-attacked-'))
  const [cwd, storageDir] = [join(folder, 'cwd'), join(folder, 'storage')]
  await mkdir(cwd)
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 })
  const flags = ['--port', '0', '--encoders', '2', '--storage', storageDir]
  const started = startTintype(['serve', ...flags], { cwd, env: { ...SETTINGS, ...env } })
  const { url, port } = await untilServing(started).catch(async (error: unknown) => {
    await remove()
    throw error
  })

  return {
    url,
    port,
    folder,
    storageDir,
    ask: (path, init) => fetch(url + path, { signal: AbortSignal.timeout(ANSWER_MS), ...init }),
    memory: () => processesIn(cwd).reduce((sum, pid) => sum + memoryOf(pid), 0),
    log: started.stderr,
    async end() {
      await killAllIn(cwd)
      await started.ended
      await remove()
    },
  }
}
