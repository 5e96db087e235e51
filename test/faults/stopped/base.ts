// The store that each segment begins with.

import { createFileStore } from '../../../src/stores/file/file-store.ts'
import { addImage } from '../../contracts/store.ts'
import { silent } from '../../support/store/file-store.ts'
import type { Step } from '../model/concurrent.ts'
import { type Base, PROJECT } from './run.ts'

/**
 * So many revisions that few more let the oldest be removed: then a writer that slept can find its number free, though
 * it was used long ago.
 */
const REVISIONS = 60

export const prepareBase = async (folder: string, images: number): Promise<Base> => {
  const store = createFileStore({ storageDir: folder, log: silent })
  await store.open()
  for (let left = images; left > 0; left -= 20)
    await Promise.all(Array.from({ length: Math.min(20, left) }, () => addImage(store, PROJECT)))
  for (;;) {
    const state = await store.project(PROJECT)
    if (!state || state.revision < REVISIONS) {
      await store.commit(PROJECT, { type: 'edit', title: `title ${state?.revision}` })
      continue
    }
    const loaded = { ...state, images: { segments: [], tail: (await store.images(state)) ?? [] } }
    await store.close()
    return { folder, state: loaded }
  }
}

/** What others do meanwhile: each change differs from the others, and any order of the images makes new segments. */
export const mixture = (count: number): Step[] =>
  Array.from({ length: count }, (_, at) => {
    if (at % 8 === 3) return { kind: 'add', pick: 0, title: null }
    if (at % 8 === 6) return { kind: 'order', pick: at, title: null }
    if (at % 4 === 1) return { kind: 'primary', pick: at, title: null }
    return { kind: 'title', pick: 0, title: `other ${at}` }
  })
