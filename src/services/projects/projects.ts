// Projects: list, look at one, name it, put its images in order, delete it.

import { setImmediate } from 'node:timers/promises'
import { decideAccess, type MemberRole, type Principal, type Visibility } from '../../core/auth/access.ts'
import { isDamage } from '../../core/errors.ts'
import { unknownProject } from '../../core/not-found.ts'
import { invalidParameter } from '../../core/parameters.ts'
import { accessOf } from '../../core/project/model.ts'
import type { ProjectState } from '../../core/project/state.ts'
import type { Store } from '../../stores/store.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Places } from './sealed-cursor.ts'

export interface ProjectServiceOptions {
  store: Store
  log: Logger
  places: Places
  /** Most projects that one call of `list` looks at. @default 1000 */
  mostHeads?: number
}

/** Where a page of the list begins: behind an id, or behind one that is under a seal. */
export type ListPlace = { after: string } | { from: string }

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
   * Those that are `by`'s to list, sorted by id. `next` is where the next page begins, undefined on the last one. What one
   * call may look at has an end, so that it costs no more where most is hidden: then a page has fewer than `limit`, or
   * none, and there is a next one. A project that is damaged is left out, and the log says so.
   *
   * @throws TintypeError `invalid_parameter` where `from` is not of an earlier page
   */
  list(
    page: { after?: string; from?: string; limit: number },
    by: Principal,
  ): Promise<{ projects: ProjectState[]; next: ListPlace | undefined }>
  /** Undefined where it does not exist. @throws TintypeError `project_damaged` */
  find(projectId: string): Promise<ProjectState | undefined>
  /** @throws TintypeError `project_not_found`, `project_damaged` */
  get(projectId: string): Promise<ProjectState>
  /**
   * @throws TintypeError `project_not_found`, `precondition_failed`; `invalid_parameter` where the order names an unknown
   *   image or one twice
   */
  edit(projectId: string, edit: ProjectEdit, by: Principal, ifRevision?: readonly number[]): Promise<ProjectState>
  /** Deletes the project and all its images. @throws TintypeError `project_not_found`, `precondition_failed` */
  remove(projectId: string, by: Principal, ifRevision?: readonly number[]): Promise<void>
}

/** Projects that are read at once, each with an open file. */
const AT_ONCE = 32

export const createProjectService = ({ store, log, places, mostHeads }: ProjectServiceOptions): ProjectService => {
  const most = mostHeads ?? 1000

  const find = async (projectId: string): Promise<ProjectState | undefined> =>
    store.current(projectId) ?? (await store.project(projectId))

  /** The first of them that are `by`'s to list, `count` or a few more, and those that can't be read. */
  const readEach = async (ids: readonly string[], count: number, by: Principal) => {
    const projects: ProjectState[] = []
    const damaged = new Map<string, unknown>()
    const read = (id: string) =>
      find(id).catch((error: unknown) => {
        if (!isDamage(error)) throw error
        damaged.set(id, error)
      })
    for (let at = 0; at < ids.length && projects.length < count; ) {
      const chunk = ids.slice(at, at + (seesAll(by) ? Math.min(AT_ONCE, count - projects.length) : AT_ONCE))
      for (const project of await Promise.all(chunk.map(read)))
        if (project && isListed(project, by)) projects.push(project)
      at += chunk.length
      // Those in memory are looked at without a wait, and others want a turn.
      await setImmediate()
    }
    return { projects, damaged }
  }

  const opened = async (from: string): Promise<string> => {
    const id = await places.open(from)
    if (id === undefined) throw invalidParameter('from', 'what "next" of an earlier page says', from)
    return id
  }

  return {
    find,

    async list({ after, from, limit }, by) {
      const start = from === undefined ? after : await opened(from)
      const ids = await listedIds(store, by, { after: start, limit: most + 1 })
      const looked = ids.slice(0, most)
      const { projects, damaged } = await readEach(looked, limit + 1, by)
      if (damaged.size > 0) {
        const [error] = damaged.values()
        log.warn({ error, projects: [...damaged.keys()].sort() }, 'damaged projects are left out of a list')
      }
      const [page, isCut] = [projects.slice(0, limit), projects.length > limit]
      const last = isCut ? page.at(-1)?.project_id : looked.at(-1)
      if (last === undefined || (!isCut && ids.length <= most)) return { projects: page, next: undefined }
      const mayKnow = by.kind === 'anybody' || by.kind === 'key' || page.at(-1)?.project_id === last
      return { projects: page, next: mayKnow ? { after: last } : { from: await places.seal(last) } }
    },

    async get(projectId) {
      const project = await find(projectId)
      if (!project) throw unknownProject(projectId)
      return project
    },

    edit: (projectId, edit, by, ifRevision) => store.commit(projectId, { type: 'edit', ...edit, by, ifRevision }),

    async remove(projectId, by, ifRevision) {
      await store.commit(projectId, { type: 'delete_project', by, ifRevision })
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
