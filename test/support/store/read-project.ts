// What lies on the disk of a store, read without the store.

import { readdir, readFile } from 'node:fs/promises'
import { imagesOf } from '../../../src/core/project/image-list.ts'
import type { ImageRecord } from '../../../src/core/project/model.ts'
import { codeOf } from '../../../src/stores/file/fs/durable.ts'
import { createPaths, type Paths } from '../../../src/stores/file/paths.ts'
import {
  decodeRevision,
  decodeSegment,
  type Revision,
  type StoredSegment,
} from '../../../src/stores/history/revision.ts'

export interface DiskProject {
  /** Lowest first. */
  revisions: readonly Revision[]
  head: Revision | undefined
  /** Of the head, in order. */
  images: readonly ImageRecord[]
  /** Text of meta.json. */
  published: string | undefined
}

/** @throws Error where a revision or one of the head's segments is damaged or missing */
export const readProject = async (storageDir: string, projectId: string): Promise<DiskProject> => {
  const paths = createPaths(storageDir)
  const revisions = await readRevisions(paths, projectId)
  const head = revisions.at(-1)
  return {
    revisions,
    head,
    images: head ? await readImages(paths, projectId, head) : [],
    published: await orUndefined(readFile(paths.published(projectId), 'utf8')),
  }
}

/** Segments that a revision names, also those whose images are still to be removed. */
export const runsNamedBy = ({ state, removingSegments }: Revision): string[] => [
  ...state.images.segments.flatMap(({ stored }) => stored?.id ?? []),
  ...removingSegments.map(({ id }) => id),
]

/** The answer, undefined where there is no such file or folder. */
export const orUndefined = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Again where old ones were removed meanwhile: what is returned was there at one moment. */
const readRevisions = async (paths: Paths, projectId: string): Promise<Revision[]> => {
  for (;;) {
    const numbers = await numbersIn(paths.meta(projectId))
    const texts = await Promise.all(
      numbers.map((number) => orUndefined(readFile(paths.revision(projectId, number), 'utf8'))),
    )
    const whole = texts.filter((text) => text !== undefined)
    if (whole.length === numbers.length) return whole.map(decodeRevision)
  }
}

const readImages = async (paths: Paths, projectId: string, { state }: Revision): Promise<ImageRecord[]> => {
  const load = async (stored: Pick<StoredSegment, 'id' | 'sha256'>) =>
    decodeSegment(await readFile(paths.segment(projectId, stored.id), 'utf8'), stored)
  const segments = await Promise.all(
    state.images.segments.map(async (segment) => ({
      ...segment,
      images: segment.stored && (await load(segment.stored)),
    })),
  )
  return imagesOf({ ...state.images, segments })
}

const numbersIn = async (folder: string): Promise<number[]> =>
  ((await orUndefined(readdir(folder))) ?? [])
    .filter((name) => /^\d+\.json$/.test(name))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b)
