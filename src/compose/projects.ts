// Project service, with the sealed cursors of its list.

import { createProjectService } from '../services/projects/projects.ts'
import { createSealedCursors } from '../services/projects/sealed-cursor.ts'
import { bootSecret } from '../stores/accounts/secret.ts'
import type { buildAuth } from './auth.ts'
import type { Foundation } from './foundation.ts'
import type { buildStore } from './store.ts'

export const buildProjects = (
  { storageDir, log }: Foundation,
  { store }: ReturnType<typeof buildStore>,
  auth: ReturnType<typeof buildAuth>,
) => {
  const { secret, ensureSecret } = auth.store
  const cursors = createSealedCursors({ secret, ensureSecret, fallback: () => bootSecret(storageDir) })
  return createProjectService({ store, log, cursors })
}
