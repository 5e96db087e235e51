// Project service: list, read, edit title, order, visibility and members, delete.

import { setImmediate } from 'node:timers/promises'
import {
  accessOf,
  decideAccess,
  type MemberRole,
  type Principal,
  requireReadable,
  type Visibility,
} from '../../core/auth/access.ts'
import { isDamage } from '../../core/errors.ts'
import { invalidParameter } from '../../core/parameters.ts'
import type { ProjectState, ReadableState } from '../../core/project/state.ts'
import type { Store } from '../../stores/store.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { SealedCursors } from './sealed-cursor.ts'

export interface ProjectServiceOptions {
  store: Store
  log: Logger
  cursors: SealedCursors
  /** Limit of the projects that one call of `list` reads. @default 1000 */
  mostHeads?: number
}

/** Cursor of the list: a page begins after an id, plain (`after`) or sealed (`from`). */
export type ListCursor = { after: string } | { from: string }

export interface ProjectEdit {
  /** Null removes the title. */
  title?: string | null
  /** New order of image ids; images not named follow in their present order. */
  imageOrder?: readonly string[]
  visibility?: Visibility
  /** Roles by user id; null removes a member. Members not named keep their roles. */
  members?: Readonly<Record<string, MemberRole | null>>
}

/** Calls with `by` also throw `forbidden` or `unauthenticated` where the principal lacks the right. */
export interface ProjectService {
  /**
   * Lists the projects that the principal may list, sorted by id, without damaged ones, which are logged. `next` is the
   * cursor of the next page, undefined on the last one. A call reads a limited number of projects, so that hidden ones
   * do not raise its cost: a page can be short or empty and still have a next one.
   *
   * @throws TintypeError `invalid_parameter` where `from` is no cursor of this store
   */
  list(
    page: { after?: string; from?: string; limit: number },
    by: Principal,
  ): Promise<{ projects: ReadableState[]; next: ListCursor | undefined }>
  /**
   * Returns the state that the change led to.
   *
   * @throws TintypeError `project_not_found`, `precondition_failed`; `invalid_parameter` where the order names an
   *   unknown image or one twice
   */
  edit(projectId: string, edit: ProjectEdit, by: Principal, ifRevision?: readonly number[]): Promise<ReadableState>
  /** Deletes the project and all its images. @throws TintypeError `project_not_found`, `precondition_failed` */
  remove(projectId: string, by: Principal, ifRevision?: readonly number[]): Promise<void>
}

/** Projects read at once, each with an open file. */
const READ_AT_ONCE = 32

export const createProjectService = ({ store, log, cursors, mostHeads }: ProjectServiceOptions): ProjectService => {
  const most = mostHeads ?? 1000

  const find = async (projectId: string): Promise<ProjectState | undefined> =>
    store.current(projectId) ?? (await store.project(projectId))

  /** Reads projects in order until `count` or a few more are listed; returns damaged ones apart. */
  const readEach = async (ids: readonly string[], count: number, by: Principal) => {
    const projects: ReadableState[] = []
    const damaged = new Map<string, unknown>()
    const read = (id: string) =>
      find(id).catch((error: unknown) => {
        if (!isDamage(error)) throw error
        damaged.set(id, error)
      })
    for (let at = 0; at < ids.length && projects.length < count; ) {
      const chunk = ids.slice(at, at + (seesAll(by) ? Math.min(READ_AT_ONCE, count - projects.length) : READ_AT_ONCE))
      for (const project of await Promise.all(chunk.map(read)))
        if (project && isListed(project, by)) projects.push(requireReadable(project, by))
      at += chunk.length
      // Cached projects are read synchronously: other requests need a turn.
      await setImmediate()
    }
    return { projects, damaged }
  }

  const opened = async (from: string): Promise<string> => {
    const id = await cursors.open(from)
    if (id === undefined) throw invalidParameter('from', '"next" of an earlier page', from)
    return id
  }

  return {
    async list({ after, from, limit }, by) {
      const start = from === undefined ? after : await opened(from)
      const ids = await listedIds(store, by, { after: start, limit: most + 1 })
      const scanned = ids.slice(0, most)
      const { projects, damaged } = await readEach(scanned, limit + 1, by)
      if (damaged.size > 0) {
        const [error] = damaged.values()
        log.warn({ error, projects: [...damaged.keys()].sort() }, 'damaged projects; omitting them from a list')
      }
      const [page, isCut] = [projects.slice(0, limit), projects.length > limit]
      const last = isCut ? page.at(-1)?.project_id : scanned.at(-1)
      if (last === undefined || (!isCut && ids.length <= most)) return { projects: page, next: undefined }
      const isVisible = by.kind === 'unrestricted' || by.kind === 'key' || page.at(-1)?.project_id === last
      return { projects: page, next: isVisible ? { after: last } : { from: await cursors.seal(last) } }
    },

    async edit(projectId, edit, by, ifRevision) {
      return requireReadable(await store.commit(projectId, { type: 'edit', ...edit, by, ifRevision }), by)
    },

    async remove(projectId, by, ifRevision) {
      await store.commit(projectId, { type: 'delete_project', by, ifRevision })
    },
  }
}

const seesAll = (by: Principal): boolean =>
  by.kind === 'unrestricted' || (by.kind === 'key' && by.projects === undefined)

const isListed = (project: ProjectState, by: Principal): boolean =>
  decideAccess(by, 'list', project.project_id, accessOf(project)) === 'allowed'

/** Ids to read: the projects of a restricted key, else those of the store. */
const listedIds = async (store: Store, by: Principal, page: { after?: string; limit: number }): Promise<string[]> => {
  if (by.kind !== 'key' || by.projects === undefined) return store.projectIds(page)
  const { after } = page
  return [...new Set(by.projects)].sort().filter((id) => after === undefined || id > after)
}
