// Projects: list, look at one, name it, put its images in order, delete it.

import { decideAccess, type MemberRole, type Principal, type Visibility } from '../core/access.ts'
import type { ProjectState } from '../core/changes.ts'
import { accessOf } from '../core/model.ts'
import { unknownProject } from '../core/unknown.ts'
import type { Store } from '../stores/store.ts'

export interface ProjectServiceOptions {
  store: Store
}

export interface ProjectEdit {
  /** Null takes the title away. */
  title?: string | null
  /** Ids of images in the order that is wanted; those not named follow in the order they have. */
  imageOrder?: readonly string[]
  visibility?: Visibility
  /** By user id; null lets one go. Those not named stay. */
  members?: Readonly<Record<string, MemberRole | null>>
}

/** All that takes `by` throws besides `project_not_found`, `forbidden` or `unauthenticated` where it may not. */
export interface ProjectService {
  /**
   * Those that are `by`'s to list, sorted by id. `next` is the `after` of the next page, undefined on the last one.
   */
  list(
    page: { after?: string; limit: number },
    by: Principal,
  ): Promise<{ projects: ProjectState[]; next: string | undefined }>
  /** Undefined where it does not exist. */
  find(projectId: string): Promise<ProjectState | undefined>
  /** @throws TintypeError `project_not_found` */
  get(projectId: string): Promise<ProjectState>
  /** @throws TintypeError `project_not_found`, `invalid_parameter` where the order names an unknown image or one twice */
  edit(projectId: string, edit: ProjectEdit, by: Principal): Promise<ProjectState>
  /** Deletes the project and all its images. @throws TintypeError `project_not_found` */
  remove(projectId: string, by: Principal): Promise<void>
}

/** Looked at for one page at a time, where not all are shown: to list all ids costs the same for few and for many. */
const BATCH = 1000
/** Projects that are read at once, each with an open file. */
const AT_ONCE = 32

export const createProjectService = ({ store }: ProjectServiceOptions): ProjectService => {
  const find = async (projectId: string): Promise<ProjectState | undefined> =>
    store.current(projectId) ?? (await store.project(projectId))

  return {
    find,

    async list({ after, limit }, by) {
      const projects: ProjectState[] = []
      let behind = after
      // A project that is deleted while the page is read leaves a gap, which the next ids fill.
      while (projects.length <= limit) {
        const missing = limit + 1 - projects.length
        const ids = await listedIds(store, by, { after: behind, limit: seesAll(by) ? missing : BATCH })
        if (ids.length === 0) return { projects, next: undefined }
        for (let at = 0; at < ids.length && projects.length <= limit; at += AT_ONCE)
          for (const project of await Promise.all(ids.slice(at, at + AT_ONCE).map(find)))
            if (project && isListed(project, by)) projects.push(project)
        behind = ids.at(-1)
      }
      const page = projects.slice(0, limit)
      return { projects: page, next: page.at(-1)?.project_id }
    },

    async get(projectId) {
      const project = await find(projectId)
      if (!project) throw unknownProject(projectId)
      return project
    },

    edit: (projectId, edit, by) => store.commit(projectId, { type: 'edit', ...edit, by }),

    async remove(projectId, by) {
      await store.commit(projectId, { type: 'delete_project', by })
    },
  }
}

const seesAll = (by: Principal): boolean => by.kind === 'anybody' || (by.kind === 'key' && by.projects === undefined)

const isListed = (project: ProjectState, by: Principal): boolean =>
  decideAccess(by, 'list', project.project_id, accessOf(project)) === 'allowed'

/** A key that is for some projects has no others to look through. */
const listedIds = async (store: Store, by: Principal, page: { after?: string; limit: number }): Promise<string[]> => {
  if (by.kind !== 'key' || by.projects === undefined) return store.projectIds(page)
  const { after } = page
  return [...new Set(by.projects)].sort().filter((id) => after === undefined || id > after)
}
