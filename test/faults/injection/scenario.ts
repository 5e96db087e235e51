// The operations that faults are put into, each on a copy of a small store.

import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { createLedger, type LedgerBook } from '../../support/faults/ledger.ts'
import { openToRequests } from '../../support/faults/open.ts'
import { plain, sha256Of } from '../../support/pictures/pictures.ts'
import { formOf } from '../../support/upload.ts'

export const PROJECT = 'shop'

/** A store that is closed, to be copied for each run. */
export interface Base {
  /** Holds the store and the picture to upload. */
  folder: string
  /** Ids in upload order; the first one is primary. */
  images: readonly string[]
  /** SHA-256 of what the images were uploaded from. */
  uploads: readonly string[]
  /** Milliseconds since 1970. */
  startedMs: number
}

export interface Scenario {
  name: string
  /** Project that is changed. */
  projectId: string
  /** The process that faults are put into. @default 'server' */
  process?: 'server' | 'encoder'
  /** System calls at which they are put in. @default all that change the disk */
  calls?: readonly string[]
  request(base: Base): { method: string; path: string; upload?: string; headers?: Record<string, string> }
  /** True where the answer is a job, which is waited for. @default false */
  isJob?: boolean
  /** Paths, from `/` below the store, to which calls are struck: the others are struck in another scenario. @default all */
  within?: RegExp
  /** Whether the project is as the operation makes it. */
  isDone(images: readonly string[], primary: string | null, base: Base): boolean
  isUndone(images: readonly string[], primary: string | null, base: Base): boolean
}

const asBefore: Scenario['isUndone'] = (images, primary, base) =>
  images.join() === base.images.join() && primary === base.images[0]

const withOneMore: Scenario['isDone'] = (images, primary, base) =>
  images.length === base.images.length + 1 && asBefore(images.slice(0, -1), primary, base)

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'an upload',
    projectId: PROJECT,
    request: () => ({ method: 'POST', path: `/projects/${PROJECT}/images`, upload: PICTURE }),
    isDone: withOneMore,
    isUndone: asBefore,
  },
  {
    name: 'an upload that is not waited for',
    projectId: PROJECT,
    isJob: true,
    // Its variants and its commits are those of any upload.
    within: /\/\.jobs\/|\/(?:upload|job\.json)$/,
    request: () => ({
      method: 'POST',
      path: `/projects/${PROJECT}/images`,
      upload: PICTURE,
      headers: { Prefer: 'respond-async' },
    }),
    isDone: withOneMore,
    isUndone: asBefore,
  },
  {
    name: 'the first upload of a project',
    projectId: 'new',
    // What differs from any other upload: the folders are made.
    calls: ['mkdir', 'fsync'],
    request: () => ({ method: 'POST', path: '/projects/new/images', upload: PICTURE }),
    isDone: (images, primary) => images.length === 1 && primary === images[0],
    isUndone: (images) => images.length === 0,
  },
  {
    name: 'the encoder of an upload',
    projectId: PROJECT,
    process: 'encoder',
    request: () => ({ method: 'POST', path: `/projects/${PROJECT}/images`, upload: PICTURE }),
    isDone: withOneMore,
    isUndone: asBefore,
  },
  {
    name: 'a delete of the primary image',
    projectId: PROJECT,
    request: (base) => ({ method: 'DELETE', path: `/projects/${PROJECT}/images/${base.images[0]}` }),
    isDone: (images, primary, base) => images.join() === base.images.slice(1).join() && primary === base.images[1],
    isUndone: asBefore,
  },
  {
    name: 'a change of the primary image',
    projectId: PROJECT,
    request: (base) => ({ method: 'PUT', path: `/projects/${PROJECT}/primary/${base.images[1]}` }),
    isDone: (images, primary, base) => images.join() === base.images.join() && primary === base.images[1],
    isUndone: asBefore,
  },
]

const PICTURE = 'picture.png'
/** Refused by an encoder, which is then there for the next upload. */
export const NO_PICTURE = 'no-picture.png'
const STORAGE = 'storage'

export const storageOf = (folder: string): string => join(folder, STORAGE)

/** Makes a store with one project of three images. */
export const prepareBase = async (folder: string): Promise<Base> => {
  const images: string[] = []
  const uploads: string[] = []
  await mkdir(folder, { recursive: true })
  const { request, close } = await openToRequests(storageOf(folder))
  for (const red of [10, 120, 230]) {
    const bytes = await pictureOf(red)
    // The last one as a job, so that the folders of jobs are there.
    const headers: Record<string, string> = red === 230 ? { Prefer: 'respond-async' } : {}
    const answer = await request(`/projects/${PROJECT}/images`, { method: 'POST', body: formOf(bytes), headers })
    const { image_id: imageId, links } = uploadedSchema.parse(await answer.json())
    if (links?.self) await request(`${links.self}?wait=30`)
    images.push(imageId)
    uploads.push(sha256Of(bytes))
  }
  await close()
  const bytes = await pictureOf(0)
  await writeFile(join(folder, PICTURE), bytes)
  await writeFile(join(folder, NO_PICTURE), 'no picture')
  return { folder, images, uploads: [...uploads, sha256Of(bytes)], startedMs: Date.now() }
}

const uploadedSchema = z.object({ image_id: z.string(), links: z.object({ self: z.string() }).partial().optional() })

export const copyOf = (base: Base, folder: string): Promise<void> => cp(base.folder, folder, { recursive: true })

/** What was acknowledged before the fault, and what was sent after. @param imageId the answer to an upload */
export const ledgerOf = (scenario: Scenario, base: Base, answer: { ok: boolean; imageId?: string }): LedgerBook => {
  const ledger = createLedger()
  for (const [at, imageId] of base.images.entries()) ledger.upload(PROJECT, base.uploads[at] ?? '')(imageId)
  const { method } = scenario.request(base)
  if (method === 'POST') {
    const acknowledge = ledger.upload(scenario.projectId, base.uploads.at(-1) ?? '')
    if (answer.imageId !== undefined) acknowledge(answer.imageId)
  }
  if (method === 'DELETE') {
    const acknowledge = ledger.delete(PROJECT, base.images[0] ?? '')
    if (answer.ok) acknowledge()
  }
  return ledger
}

/** A PNG of few pixels: the cheapest thing to encode. */
const pictureOf = (red: number): Promise<Buffer> => plain(8, 8, { r: red, g: 90, b: 60, alpha: 0.5 }).png().toBuffer()
