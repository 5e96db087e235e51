// A project as it lies on disk after many changes, without making them.

import { mkdir, writeFile } from 'node:fs/promises'
import type { Visibility } from '../../../src/core/auth/access.ts'
import { newImageId, SIZES } from '../../../src/core/names.ts'
import { listOf } from '../../../src/core/project/image-list.ts'
import { emptyProject } from '../../../src/core/project/state.ts'
import { REMEMBERED_TOKENS, sha256 } from '../../../src/stores/append-log.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { newToken } from '../../../src/stores/file/staging/workspace.ts'
import { encodeRevision, encodeSegment } from '../../../src/stores/history/revision.ts'
import { bytesOf, recordOf } from '../../contracts/store.ts'

export interface PlantedProject {
  storageDir: string
  projectId: string
  /** Images of every revision. @default 1 */
  images?: number
  /** Whether the files of the images are there too. @default true */
  files?: boolean
  /** Revisions up to this number, from 1. @default 1 */
  revisions?: number
  /** @default 'public' */
  visibility?: Visibility
}

/** Gives the ids of the images. */
export const plantProject = async ({
  storageDir,
  projectId,
  visibility,
  ...more
}: PlantedProject): Promise<string[]> => {
  const { images, revisions, files } = { images: 1, revisions: 1, files: true, ...more }
  const paths = createPaths(storageDir)
  const folders = images > 0 ? SIZES.map((size) => paths.variants(projectId, size)) : []
  for (const folder of [paths.segments(projectId), ...folders]) await mkdir(folder, { recursive: true })
  const ids = Array.from({ length: images }, newImageId)
  if (files)
    for (const id of ids)
      for (const size of SIZES) await writeFile(paths.variant(projectId, id, size), bytesOf(id, size))
  const list = listOf(ids.map((id) => recordOf(id)))
  const segments = []
  for (const segment of list.segments) {
    const text = encodeSegment(segment.images ?? [])
    const stored = { id: newToken() + newToken().slice(0, 4), bytes: Buffer.byteLength(text), sha256: sha256(text) }
    await writeFile(paths.segment(projectId, stored.id), text)
    segments.push({ images: undefined, count: segment.count, stored })
  }
  const commits: string[] = []
  for (let revision = 1; revision <= revisions; revision++) {
    commits.push(newToken())
    const state = {
      ...emptyProject(projectId, new Date(0).toISOString()),
      revision,
      deleted: false,
      primary_image_id: ids[0] ?? null,
      image_count: images,
      images: { ...list, segments },
      ...(visibility === 'private' ? { visibility } : {}),
    }
    const text = encodeRevision({
      state,
      commits: commits.slice(-REMEMBERED_TOKENS),
      removing: [],
      removingSegments: [],
      droppedSegments: [],
      events: undefined,
    })
    await writeFile(paths.revision(projectId, revision), text)
  }
  return ids
}
