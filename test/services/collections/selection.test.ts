// Selection of the projects of a collection by tag while the catalogue is made, after the start on a large store.

import { expect, it } from 'vitest'
import type { CollectionState } from '../../../src/core/collections/collection.ts'
import { createSelection } from '../../../src/services/collections/selection.ts'
import { createReadableProjects } from '../../../src/services/projects/readable.ts'
import { addImage } from '../../contracts/store.ts'
import { newGate } from '../../support/gate.ts'
import { fileStoreFixture } from '../../support/store/file-store.ts'
import { openCatalogue } from '../../support/store/project-service.ts'

const NOW = new Date(0).toISOString()

const SPACE: CollectionState = {
  ...{ name: 'space', title: null, created_at: NOW, updated_at: NOW, deleted: false },
  ...{ owner_id: null, visibility: 'public', members: {}, projects: [] },
  query: { tag: 'space' },
}

it('waits for the first check of all projects, where a search of them is busy already', async () => {
  const { store, folder } = await fileStoreFixture()
  for (const id of ['a', 'b']) await addImage(store, id)
  await store.commit('b', { type: 'edit', tags: ['space'] })
  const gate = newGate()
  const held = async (projectId: string) => {
    await gate.opened
    return store.project(projectId)
  }
  const catalogue = openCatalogue({ ...store, project: held }, folder, { pollMs: 1_000_000, waitMs: 120_000 })
  const { visible } = createSelection({ catalogue, maxSelected: 10 })
  const selected = visible(SPACE, { kind: 'anonymous' }, createReadableProjects(store))
  const search = catalogue.list({ kind: 'unrestricted' }, { tags: ['space'], limit: 10 })
  await expect(search).rejects.toMatchObject({ code: 'busy' })
  gate.open()
  expect((await selected).map(({ project_id: id }) => id)).toEqual(['b'])
})
