// Clients that upload through a proxy, some without waiting, and repeat each upload until it is acknowledged.

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, vi } from 'vitest'
import { z } from 'zod'
import { imageListSchema } from '../../../src/http/schemas/images/images.ts'
import { jobListSchema, type jobSchema } from '../../../src/http/schemas/jobs.ts'
import { noisePicture, sha256Of } from '../../support/pictures/pictures.ts'
import { formOf } from '../../support/upload.ts'

export interface Acknowledged {
  projectId: string
  imageId: string
  /** Of the upload, in hex. */
  sha256: string
}

export interface Uploads {
  acknowledged: readonly Acknowledged[]
  /** Requests that were repeated. */
  repeated(): number
  /** Resolves once so many were acknowledged. */
  reach(count: number): Promise<void>
  /** Begins no more, and waits for those under way. */
  end(): Promise<void>
}

export interface Target {
  url: string
  key: string
}

/** Longest time of an answer, of a repeated upload, and until all jobs have ended, in milliseconds. */
const ANSWER_MS = 60_000
const REST_MS = 240_000

/** Answers that may leave the outcome open, or come while a dead server is not known to be one. */
const REPEATED: ReadonlySet<number> = new Set([502, 503, 504])

const uploaded = z.object({ image_id: z.string() })

/** Starts at once. */
export const startUploads = (target: Target, projects: readonly string[], clients: number): Uploads => {
  const acknowledged: Acknowledged[] = []
  let repeated = 0
  let isEnding = false

  const upload = async (projectId: string, isJob: boolean): Promise<void> => {
    const { bytes, sha256 } = await noisePicture()
    const deadline = Date.now() + REST_MS
    for (;;) {
      const answer = await send(target, projectId, bytes, { sha256, isJob })
      if (answer !== undefined) {
        acknowledged.push({ projectId, imageId: answer, sha256 })
        return
      }
      if (Date.now() > deadline) throw new Error(`no server has taken ${sha256}`)
      repeated++
      await sleep(500)
    }
  }

  const client = async (at: number): Promise<void> => {
    for (let turn = at; !isEnding; turn++) await upload(projects[turn % projects.length] ?? '', turn % 3 === 0)
  }

  const all = Promise.all(Array.from({ length: clients }, (_, at) => client(at)))
  // Reported by `reach` or `end`.
  all.catch(() => {})
  return {
    acknowledged,
    repeated: () => repeated,
    async reach(count) {
      const reached = vi.waitFor(() => expect(acknowledged.length).toBeGreaterThanOrEqual(count), { timeout: REST_MS })
      await Promise.race([reached, all.then(() => reached)])
    },
    async end() {
      isEnding = true
      await all
    },
  }
}

/**
 * Sends an upload whose `Idempotency-Key` is its hash.
 *
 * @returns id of the image; undefined where it has to be sent again
 */
export const send = async (
  { url, key }: Target,
  projectId: string,
  bytes: Uint8Array,
  { sha256 = sha256Of(bytes), isJob }: { sha256?: string; isJob: boolean },
): Promise<string | undefined> => {
  const headers = { 'X-API-Key': key, 'Idempotency-Key': sha256, ...(isJob ? { Prefer: 'respond-async' } : {}) }
  const init = { method: 'POST', body: formOf(bytes), headers, signal: AbortSignal.timeout(ANSWER_MS) }
  const answer = await fetch(`${url}/projects/${projectId}/images`, init).catch(() => undefined)
  // Its server may be killed in the middle of an answer.
  const text = await answer?.text().catch(() => undefined)
  if (!answer || text === undefined || REPEATED.has(answer.status)) return undefined
  if (answer.status === 409 && text.includes('idempotency_running')) return undefined
  expect(answer.ok, `${answer.status} ${text}`).toBe(true)
  return uploaded.parse(JSON.parse(text)).image_id
}

/** All jobs have ended well, and each upload is one image, whose thumbnail can be read. */
export const checkAll = async (
  { url, key }: Target,
  projects: readonly string[],
  acknowledged: readonly Acknowledged[],
): Promise<void> => {
  const get = (path: string) =>
    fetch(url + path, { headers: { 'X-API-Key': key }, signal: AbortSignal.timeout(ANSWER_MS) })

  const jobs = await vi.waitFor(
    async () => {
      const all: z.infer<typeof jobSchema>[] = []
      for (let path: string | null = '/jobs?limit=100'; path !== null; ) {
        const page = jobListSchema.parse(await (await get(path)).json())
        all.push(...page.jobs)
        path = page.next
      }
      expect(all.filter(({ state }) => state === 'queued' || state === 'running')).toEqual([])
      return all
    },
    { timeout: REST_MS, interval: 500 },
  )
  expect(jobs.filter(({ state }) => state !== 'succeeded')).toEqual([])

  const listed: Acknowledged[] = []
  for (const projectId of projects) {
    const ids: string[] = []
    let primary: string | null = null
    for (
      let path: string | null = `/projects/${projectId}/images?hashes=true&pending=true&limit=100`;
      path !== null;
    ) {
      const page = imageListSchema.parse(await (await get(path)).json())
      expect(page.pending).toEqual([])
      primary = page.primary_image_id
      for (const { id: imageId, urls, sha256 } of page.images) {
        ids.push(imageId)
        listed.push({ projectId, imageId, sha256: sha256?.upload ?? '' })
        const thumbnail = await get(new URL(urls.thumb, url).pathname + new URL(urls.thumb, url).search)
        expect(sha256Of(new Uint8Array(await thumbnail.arrayBuffer()))).toBe(sha256?.thumb)
      }
      path = page.next
    }
    expect(ids).toContain(primary)
  }
  const byHash = (one: Acknowledged, other: Acknowledged) => (one.sha256 < other.sha256 ? -1 : 1)
  expect(listed.sort(byHash)).toEqual([...acknowledged].sort(byHash))
}
