// Project service, with the sealed cursors of its list.

import { createProjectService } from '../services/projects/projects.ts'
import { createSealedCursors } from '../services/projects/sealed-cursor.ts'
import type { buildAuth } from './auth.ts'
import type { Foundation } from './foundation.ts'
import type { buildStore } from './store.ts'

export const buildProjects = (
  { log }: Foundation,
  { store }: ReturnType<typeof buildStore>,
  auth: ReturnType<typeof buildAuth>,
) => createProjectService({ store, log, cursors: createSealedCursors(auth.store) })
