// The project service on a store, with a catalogue and cursors of its own.

import { onTestFinished } from 'vitest'
import { createProjectService, type ProjectServiceOptions } from '../../../src/services/projects/projects.ts'
import { createSealedCursors } from '../../../src/services/projects/sealed-cursor.ts'
import { createFileCatalogue, type FileCatalogueOptions } from '../../../src/stores/catalogue/file-catalogue.ts'
import type { Store } from '../../../src/stores/store.ts'
import { silent } from './file-store.ts'

/** A catalogue that is closed at the end of the test. */
export const openCatalogue = (store: Store, storageDir: string, options: Partial<FileCatalogueOptions> = {}) => {
  const catalogue = createFileCatalogue({ store, storageDir, ready: Promise.resolve(), log: silent, ...options })
  onTestFinished(catalogue.close)
  return catalogue
}

export const openProjectService = (
  store: Store,
  storageDir: string,
  { log = silent, catalogue = openCatalogue(store, storageDir) }: Partial<ProjectServiceOptions> = {},
) => {
  const cursors = createSealedCursors({ secret: async () => undefined, fallback: async () => Buffer.alloc(32, 1) })
  return createProjectService({ store, log, catalogue, cursors })
}
