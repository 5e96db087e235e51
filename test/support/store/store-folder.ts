// What lies in the folder of a file store, for the suites that look at it.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { SIZES } from '../../../src/core/names.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import type { Store } from '../../../src/stores/store.ts'
import { bytesOf, idsOf, readVariant } from '../../contracts/store.ts'
import { filesIn } from '../disk/folder.ts'
import { openFileStore } from './file-store.ts'

/** Numbers of the revisions on disk, lowest first. */
export const revisionNumbers = async (folder: string, projectId = 'shop'): Promise<number[]> =>
  (await readdir(createPaths(folder).meta(projectId)))
    .filter((name) => name.endsWith('.json'))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b)

export const segmentFiles = (folder: string, projectId = 'shop'): Promise<string[]> =>
  readdir(createPaths(folder).segments(projectId))

/** What processes have under way, or left behind. */
export const filesUnderWay = async (folder: string): Promise<string[]> =>
  (await filesIn(join(folder, '.tmp'))).filter((path) => !path.endsWith('owner.json'))

/** Every image of a project once, with all of its files, and no other file. */
export const expectWhole = async (store: Store, folder: string, projectId = 'shop'): Promise<void> => {
  const ids = (await idsOf(store, projectId)) ?? []
  expect(new Set(ids).size).toBe(ids.length)
  expect((await store.project(projectId))?.image_count ?? 0).toBe(ids.length)
  const names = ids.map((id) => `${id}.jpg`).sort()
  for (const size of SIZES) expect(await readdir(createPaths(folder).variants(projectId, size))).toEqual(names)
  for (const id of ids.slice(0, 3)) expect(await readVariant(store, projectId, id)).toBe(bytesOf(id, 'original'))
}

/** What a process does as it starts. */
export const sweep = async (folder: string): Promise<void> => (await openFileStore(folder)).close()
