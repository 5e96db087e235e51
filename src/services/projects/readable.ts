// Reads several projects, and judges each for one principal.

import { mayRead, type Principal } from '../../core/auth/access.ts'
import { isDamage } from '../../core/errors.ts'
import { inGroups } from '../../core/in-groups.ts'
import type { ProjectState, ReadableState } from '../../core/project/state.ts'
import type { Store } from '../../stores/store.ts'

/** The projects of a list that the principal may read, in its order. Damaged ones are left out. */
export type ReadableProjects = (projectIds: readonly string[], by: Principal) => Promise<ReadableState[]>

/** Projects read at once, each with an open file or a request. */
const READ_AT_ONCE = 32

export const createReadableProjects = (store: Pick<Store, 'current' | 'project'>): ReadableProjects => {
  const read = (projectId: string): ProjectState | Promise<ProjectState | undefined> =>
    store.current(projectId) ?? store.project(projectId).catch(unlessDamaged)

  return async (projectIds, by) => {
    const projects = await inGroups([...new Set(projectIds)], READ_AT_ONCE, read)
    return projects.flatMap((project) => (project && mayRead(project, by) ? [project] : []))
  }
}

/** A damaged project has no cover that could be shown. */
export const unlessDamaged = (error: unknown): undefined => {
  if (!isDamage(error)) throw error
}
