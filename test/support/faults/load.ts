// Many clients that upload, delete and choose covers at once, and write down what was answered.

import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { noisePicture } from '../pictures/pictures.ts'
import type { Request } from '../processes/server-tree.ts'
import { formOf } from '../upload.ts'
import type { LedgerBook } from './ledger.ts'

export interface LoadOptions {
  /** One for each server; clients are divided among them. */
  servers: readonly Request[]
  ledger: LedgerBook
  projects: readonly string[]
  clients: number
  /** Images of a project above which deletes outnumber uploads. @default 40 */
  images?: number
  /** Pause of a client after each answer, in milliseconds. @default 0 */
  pauseMs?: number
}

export interface Load {
  /** Requests that succeeded. */
  done(): number
  /** How often each other end came: `upload 507 storage_full`, `delete without an answer`. */
  failures(): Record<string, number>
  /** Resolves when nothing is under way any more. */
  pause(): Promise<void>
  resume(): void
}

type Operation = 'upload' | 'delete' | 'primary'

const uploaded = z.object({ image_id: z.string() })
const problem = z.object({ code: z.string() })

/** Before a client tries again after it could not reach the server, in milliseconds. */
const UNREACHABLE_PAUSE_MS = 100
/** For changes that do not come, as while the lock of a dead process is waited for, in milliseconds. */
const LONGEST_WAIT_MS = 3000

/** Starts at once; pause it at the end. */
export const startLoad = (options: LoadOptions): Load => {
  const { ledger, projects } = options
  const most = options.images ?? 40
  /** Acknowledged images without a request to delete them. */
  const live = new Map(projects.map((projectId) => [projectId, [] as string[]]))
  const failures = new Map<string, number>()
  let done = 0
  let running = true
  let clients: Promise<void>[] = []

  const failed = (operation: Operation, what: string): void => {
    const key = `${operation} ${what}`
    failures.set(key, (failures.get(key) ?? 0) + 1)
  }

  /** The body of a good answer, undefined for every other end. */
  const ask = async (request: Request, operation: Operation, path: string, init: RequestInit): Promise<unknown> => {
    try {
      const answer = await request(path, init)
      const body: unknown = await answer.json()
      if (answer.ok) {
        done++
        return body
      }
      const { code } = problem.parse(body)
      // Another client deleted the image that was to be the cover.
      const explained = code === 'image_not_found' && operation === 'primary' && ledger.isDeleteSent(path.slice(-20))
      if (!explained) failed(operation, `${answer.status} ${code}`)
    } catch {
      failed(operation, 'without an answer')
      await sleep(UNREACHABLE_PAUSE_MS)
    }
    return undefined
  }

  const upload = async (request: Request, projectId: string): Promise<void> => {
    const picture = await noisePicture()
    const acknowledge = ledger.upload(projectId, picture.sha256)
    const path = `/projects/${projectId}/images`
    // Some with a key, whose mark has to go away as well.
    const headers = randomInt(3) === 0 ? { 'Idempotency-Key': picture.sha256 } : undefined
    const body = await ask(request, 'upload', path, { method: 'POST', body: formOf(picture.bytes), headers })
    if (body === undefined) return
    const { image_id } = uploaded.parse(body)
    acknowledge(image_id)
    live.get(projectId)?.push(image_id)
  }

  const remove = async (request: Request, projectId: string, imageId: string): Promise<void> => {
    const images = live.get(projectId) ?? []
    images.splice(images.indexOf(imageId), 1)
    const acknowledge = ledger.delete(projectId, imageId)
    const path = `/projects/${projectId}/images/${imageId}`
    if (await ask(request, 'delete', path, { method: 'DELETE' })) acknowledge()
  }

  const setPrimary = async (request: Request, projectId: string, imageId: string): Promise<void> => {
    await ask(request, 'primary', `/projects/${projectId}/primary/${imageId}`, { method: 'PUT' })
  }

  const work = async (request: Request): Promise<void> => {
    while (running) {
      const projectId = pick(projects)
      const images = projectId === undefined ? [] : (live.get(projectId) ?? [])
      const imageId = pick(images)
      if (projectId === undefined) return
      const chance = Math.random()
      if (imageId === undefined || chance < (images.length < most ? 0.5 : 0.25)) await upload(request, projectId)
      else if (chance < 0.75) await remove(request, projectId, imageId)
      else await setPrimary(request, projectId, imageId)
      if (options.pauseMs) await sleep(options.pauseMs)
    }
  }

  const resume = (): void => {
    running = true
    clients = Array.from({ length: options.clients }, async (_, at) => {
      const request = options.servers[at % options.servers.length]
      if (request) await work(request)
    })
  }
  resume()

  return {
    done: () => done,
    failures: () => Object.fromEntries(failures),
    async pause() {
      running = false
      await Promise.all(clients)
    },
    resume,
  }
}

/** Resolves after 0 to `most` more changes, at some moment of the next: faults come at random. */
export const someChanges = async (load: Load, most: number): Promise<void> => {
  const enough = load.done() + randomInt(most + 1)
  const deadline = Date.now() + LONGEST_WAIT_MS
  while (load.done() < enough && Date.now() < deadline) await sleep(2)
  await sleep(randomInt(30))
}

const pick = <T>(among: readonly T[]): T | undefined => (among.length > 0 ? among[randomInt(among.length)] : undefined)
