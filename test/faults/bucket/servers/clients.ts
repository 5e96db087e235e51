// Clients of several servers: uploads, some with an `Idempotency-Key`, deletions, covers, lists and pictures; one project is
// deleted now and then, and made again by the next upload.

import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Chance } from '../../../support/chance.ts'
import { noisePicture, sha256Of } from '../../../support/pictures/pictures.ts'
import { formOf } from '../../../support/upload.ts'
import { createHistory, type History, type Listed, type Removal, type Upload } from './history.ts'

/** A running server process. */
export interface Life {
  url: string
  /** Resolves once it is killed, and nothing of it can reach the bucket any more. */
  gone: Promise<void>
}

export interface ClientsOptions {
  chance: Chance
  clients: number
  /** Resolves with a server that runs, one of them at random. */
  anyServer(): Promise<Life>
  /** A file that was never uploaded. @default a picture */
  file?(): Promise<{ bytes: Uint8Array; sha256: string }>
}

export interface Clients {
  history: History
  /** What was answered against the promises, one line each. */
  findings: string[]
  /** Changes that were acknowledged. */
  acknowledged(): number
  /** Changes whose outcome was left open, by how that was told. */
  unknown(): Record<string, number>
  /** Begins nothing new, and waits for what is under way: uploads with a key until they are acknowledged. */
  end(): Promise<void>
  /** Checks a project by one server: its list, and each thumbnail of it. */
  check(server: Life, projectId: string): Promise<Listed>
}

export const PROJECTS = ['one', 'two', 'again']
/** The project that is deleted and made again. */
const DROPPED = 'again'
/** Images of a project from which deletions outnumber uploads. */
const MANY = 25
/** Longest time of an answer, in milliseconds: a server that is cut off answers after 20 s for each of its requests. */
const ANSWER_MS = 300_000
const PAUSE_MS = 20

const uploadedSchema = z.object({ image_id: z.string() })
const problemSchema = z.object({ code: z.string() })
const listSchema = z.object({
  primary_image_id: z.string().nullable(),
  images: z.array(
    z.object({ id: z.string(), is_primary: z.boolean(), sha256: z.object({ upload: z.string(), thumb: z.string() }) }),
  ),
})

interface Answer {
  /** Undefined where the connection broke. */
  status?: number
  code?: string
  bytes: Uint8Array
}

/** Starts at once. */
export const startClients = ({ chance, clients, anyServer, file = noisePicture }: ClientsOptions): Clients => {
  const history = createHistory()
  const findings: string[] = []
  /** Acknowledged images without a request to delete them. */
  const live = new Map<string, Upload[]>(PROJECTS.map((projectId) => [projectId, []]))
  const unknown = new Map<string, number>()
  let acknowledged = 0
  let isEnding = false

  const ask = async ({ url }: Life, path: string, init: RequestInit = {}): Promise<Answer> => {
    try {
      const response = await fetch(url + path, { ...init, signal: AbortSignal.timeout(ANSWER_MS) })
      const bytes = new Uint8Array(await response.arrayBuffer())
      if (response.ok) return { status: response.status, bytes }
      const text = Buffer.from(bytes).toString()
      return { status: response.status, code: problemSchema.parse(JSON.parse(text)).code, bytes }
    } catch {
      return { bytes: new Uint8Array() }
    }
  }

  const isGood = ({ status }: Answer): boolean => status !== undefined && status < 300
  /** Answers that leave open whether a change has happened. */
  const isOpen = ({ status }: Answer): boolean => status === undefined || status === 503

  const noteOpen = async ({ status, code }: Answer): Promise<void> => {
    const how = status === undefined ? 'no answer' : `${status} ${code}`
    unknown.set(how, (unknown.get(how) ?? 0) + 1)
    await sleep(PAUSE_MS)
  }

  const unexpected = (what: string, { status, bytes }: Answer): void =>
    void findings.push(`${what}: ${status} ${Buffer.from(bytes).toString().slice(0, 500)}`)

  const upload = async (projectId: string): Promise<void> => {
    const { bytes, sha256 } = await file()
    const hasKey = chance.number(2) === 0
    const sent = history.upload(projectId, sha256)
    const post = async () =>
      ask(await anyServer(), `/projects/${projectId}/images`, {
        method: 'POST',
        body: formOf(bytes),
        headers: hasKey ? { 'Idempotency-Key': sha256 } : {},
      })
    let answer = await post()
    while (!isGood(answer)) {
      const isRunning = hasKey && answer.code === 'idempotency_running'
      if (!isOpen(answer) && !isRunning) return unexpected('upload', answer)
      await noteOpen(answer)
      if (!hasKey) return
      answer = await post()
    }
    const imageId = imageIn(answer)
    sent.acknowledged = { imageId, atMs: performance.now() }
    acknowledged++
    // Not where the project may be deleted meanwhile: it would be stored again.
    if (hasKey && projectId !== DROPPED && chance.number(4) === 0) {
      const again = await post()
      if (!isGood(again)) await noteOpen(again)
      else if (imageIn(again) !== imageId)
        findings.push(`doubled: ${imageId} is ${imageIn(again)} when it is sent again`)
    }
    live.get(projectId)?.push(sent)
  }

  /** Answer to a change or a read of an acknowledged image. @returns false where its outcome is open */
  const settle = async (what: string, sent: Upload, answer: Answer): Promise<boolean> => {
    if (isOpen(answer)) await noteOpen(answer)
    else if (answer.status !== 404 && !isGood(answer)) unexpected(what, answer)
    else if (answer.status === 404 && !history.isRemovalSent(sent))
      findings.push(`lost: ${what} of image ${sent.acknowledged?.imageId} is answered ${answer.code}`)
    return !isOpen(answer)
  }

  /** @param isDone whether it was acknowledged; else it may happen until its server is gone */
  const endRemoval = (removal: Removal, server: Life, isDone: boolean): void => {
    const end = () => {
      removal.endMs = performance.now()
    }
    removal.isAcknowledged = isDone
    if (!isDone) return void server.gone.then(end)
    end()
    acknowledged++
  }

  const pathOf = ({ projectId, acknowledged: { imageId } = { imageId: '', atMs: 0 } }: Upload, folder = 'images') =>
    `/projects/${projectId}/${folder}/${imageId}`

  const remove = async (sent: Upload): Promise<void> => {
    const images = live.get(sent.projectId) ?? []
    images.splice(images.indexOf(sent), 1)
    const server = await anyServer()
    // Looked at first: its own request would explain every answer.
    const wasRemovalSent = history.isRemovalSent(sent)
    const removal = history.deleteImage(sent.acknowledged?.imageId ?? '')
    const answer = await ask(server, pathOf(sent), { method: 'DELETE' })
    endRemoval(removal, server, isGood(answer))
    const isLost = answer.status === 404 && !wasRemovalSent && sent.projectId !== DROPPED
    if (isLost) findings.push(`lost: the deletion of ${sent.acknowledged?.imageId} is answered ${answer.code}`)
    await settle('deletion', sent, answer)
  }

  const drop = async (): Promise<void> => {
    const server = await anyServer()
    const removal = history.deleteProject(DROPPED)
    const answer = await ask(server, `/projects/${DROPPED}`, { method: 'DELETE' })
    endRemoval(removal, server, isGood(answer))
    if (isOpen(answer)) await noteOpen(answer)
    else if (isGood(answer)) live.set(DROPPED, [])
    else if (answer.status !== 404) unexpected('deletion of a project', answer)
  }

  /** Checks a list, and returns it. Undefined where no server answered. */
  const list = async (server: Life, projectId: string): Promise<Listed | undefined> => {
    const startMs = performance.now()
    const answer = await ask(server, `/projects/${projectId}/images?hashes=true&limit=100`)
    if (isOpen(answer)) return undefined
    if (!isGood(answer) && answer.status !== 404) unexpected('list', answer)
    const none: Listed = { primary_image_id: null, images: [] }
    const found = isGood(answer) ? listSchema.parse(JSON.parse(Buffer.from(answer.bytes).toString())) : none
    findings.push(...history.wrongIn(projectId, found, startMs))
    return found
  }

  const step = async (): Promise<void> => {
    const projectId = PROJECTS[chance.number(PROJECTS.length)] ?? ''
    const images = live.get(projectId) ?? []
    const sent = images[chance.number(Math.max(1, images.length))]
    const kind = chance.number(100)
    if (projectId === DROPPED && kind < 3) return drop()
    if (kind < 25) return void (await list(await anyServer(), projectId))
    if (!sent || kind < (images.length < MANY ? 60 : 45)) return upload(projectId)
    if (kind < 75) return remove(sent)
    if (kind < 90) {
      const cover = await ask(await anyServer(), pathOf(sent, 'primary'), { method: 'PUT' })
      if ((await settle('cover', sent, cover)) && isGood(cover)) acknowledged++
      return
    }
    await settle('picture', sent, await ask(await anyServer(), `${pathOf(sent)}?size=thumb`))
  }

  const client = async (): Promise<void> => {
    while (!isEnding) await step()
  }
  const all = Promise.all(Array.from({ length: clients }, client))
  // Reported by `end`.
  all.catch(() => {})

  return {
    history,
    findings,
    acknowledged: () => acknowledged,
    unknown: () => Object.fromEntries(unknown),

    async end() {
      isEnding = true
      await all
    },

    async check(server, projectId) {
      const found = await list(server, projectId)
      if (!found) throw new Error(`no list of project "${projectId}" from ${server.url}`)
      for (const { id, sha256 } of found.images) {
        const { status, bytes } = await ask(server, `/projects/${projectId}/images/${id}?size=thumb`)
        if (status !== 200 || sha256Of(bytes) !== sha256.thumb)
          findings.push(`broken: the thumbnail of image ${id} of ${projectId} is answered ${status}`)
      }
      return found
    },
  }
}

const imageIn = ({ bytes }: Answer): string => uploadedSchema.parse(JSON.parse(Buffer.from(bytes).toString())).image_id
