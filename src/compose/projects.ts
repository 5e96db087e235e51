// Project service, with the catalogue and the sealed cursors of its list.

import { createProjectService } from '../services/projects/projects.ts'
import { createSealedCursors } from '../services/projects/sealed-cursor.ts'
import { bootSecret } from '../stores/accounts/secret.ts'
import { createFileCatalogue } from '../stores/catalogue/file-catalogue.ts'
import { createBucketProjects } from '../stores/catalogue/folders.ts'
import type { buildAuth } from './auth.ts'
import type { Foundation } from './foundation.ts'
import type { buildStore } from './store.ts'

export const buildProjects = (
  { options, storageDir, log }: Foundation,
  { store, shared, ready }: ReturnType<typeof buildStore>,
  auth: ReturnType<typeof buildAuth>,
) => {
  const inBucket = shared && { folders: createBucketProjects(store), hints: shared.hints.reader() }
  const catalogue = createFileCatalogue({ storageDir, store, ready, log, ...inBucket })
  // A cursor of one machine is valid on the others.
  const fallback = () => (shared && !store.isReadOnly() ? auth.store.ensureSecret() : bootSecret(storageDir))
  const cursors = createSealedCursors({ secret: auth.store.secret, fallback })
  const { newVisibility, sources } = options
  const projects = createProjectService({ store, catalogue, log, cursors, newVisibility, sources: sources?.prefixes })
  return { projects, catalogue, closeCatalogue: catalogue.close }
}
