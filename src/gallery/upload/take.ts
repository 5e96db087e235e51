// Takes dropped and pasted files: into the project that is shown, else into a new one.

import { h } from 'preact'
import { route } from '../app/router.ts'
import { openDialog } from '../parts/dialog.tsx'
import { lazy } from '../parts/lazy.tsx'
import { uploads } from './uploads.ts'

const NewProject = lazy(async () => (await import('../wall/new-project.tsx')).NewProject)

export const takeFiles = (files: readonly File[]): void => {
  if (files.length === 0) return
  if (route.value.view === 'project') uploads.add(route.value.projectId, files)
  else openDialog(h(NewProject, { files }))
}
