// Project service: create, list, edit title, order, visibility and members, delete.

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
import type { ProjectChange } from '../../core/project/changes.ts'
import type { CreateProject } from '../../core/project/create-project.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { ProjectState, ReadableState } from '../../core/project/state.ts'
import type { Catalogue } from '../../stores/catalogue/catalogue.ts'
import type { Store } from '../../stores/store.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { SealedCursors } from './sealed-cursor.ts'

export interface ProjectServiceOptions {
  store: Pick<Store, 'current' | 'project' | 'commit' | 'transition' | 'cover'>
  catalogue: Pick<Catalogue, 'list' | 'refresh'>
  log: Logger
  cursors: SealedCursors
  /** Visibility of new projects whose request names none. @default 'public' */
  newVisibility?: Visibility
}

/** A project with the record of its cover; null where it has none, or where that cannot be read. */
export interface ProjectWithCover {
  project: ReadableState
  cover: ImageRecord | null
}

export interface ProjectPage {
  projects: ProjectWithCover[]
  /** Sealed cursor of the next page, undefined on the last one. */
  next: string | undefined
}

/** See {@link CreateProject}. */
export type NewProject = Pick<CreateProject, 'title' | 'visibility'>

/** `by`: principal of the change; `ifRevision`, `expected`: conditions of the request. */
export type CreateOptions = Pick<ProjectChange, 'ifRevision'> & Pick<CreateProject, 'expected'> & { by: Principal }

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
   * Lists the projects that the principal may list, sorted by id, without damaged ones, which are logged. A page and its
   * `next` depend on these projects alone. Each is read and judged now; one that has just become listed by another
   * process may be missing for a second.
   *
   * @param page.after sealed cursor: the page begins behind it. @default the beginning
   * @throws TintypeError `invalid_parameter` where `after` is no cursor of this store; those of {@link Catalogue.list}
   */
  list(page: { after?: string; limit: number }, by: Principal): Promise<ProjectPage>
  /**
   * Creates a project without images, or confirms that it exists as described.
   *
   * @returns the state, and whether this call created it
   * @throws TintypeError `project_exists`, `precondition_failed`, `storage_full`
   */
  create(projectId: string, project: NewProject, options: CreateOptions): Promise<ProjectWithCover & { isNew: boolean }>
  /** Adds the cover to a state. Undefined where the state is too old: read and authorize the project again. */
  withCover(project: ReadableState): Promise<ProjectWithCover | undefined>
  /**
   * Returns the state that the change led to.
   *
   * @throws TintypeError `project_not_found`, `precondition_failed`; `invalid_parameter` where the order names an
   *   unknown image or one twice
   */
  edit(projectId: string, edit: ProjectEdit, by: Principal, ifRevision?: readonly number[]): Promise<ProjectWithCover>
  /**
   * Deletes the project and all its images.
   *
   * @returns the number of images
   * @throws TintypeError `project_not_found`, `precondition_failed`
   */
  remove(projectId: string, by: Principal, ifRevision?: readonly number[]): Promise<number>
}

/** Projects read at once, each with an open file. */
const READ_AT_ONCE = 32

export const createProjectService = (options: ProjectServiceOptions): ProjectService => {
  const { store, catalogue, log, cursors, newVisibility } = options

  /** Ids of projects that may be listed, in order: those of a restricted key, else as the catalogue knows them. */
  const candidates = async (by: Principal, { after, limit }: { after?: string; limit: number }): Promise<string[]> => {
    if (by.kind !== 'key' || by.projects === undefined) return catalogue.list(by, { after, limit })
    const ids = [...new Set(by.projects)].sort().filter((id) => after === undefined || id > after)
    return ids.slice(0, limit)
  }

  /** Reads and judges projects; returns damaged ones apart. */
  const readEach = async (ids: readonly string[], by: Principal) => {
    const projects: ReadableState[] = []
    const damaged = new Map<string, unknown>()
    const read = async (id: string) => store.current(id) ?? (await store.project(id))
    for (let at = 0; at < ids.length; at += READ_AT_ONCE) {
      const part = ids.slice(at, at + READ_AT_ONCE)
      const found = await Promise.allSettled(part.map(read))
      for (const [index, id] of part.entries()) {
        const outcome = found[index]
        if (outcome?.status === 'fulfilled') {
          if (outcome.value && isListed(outcome.value, by)) projects.push(requireReadable(outcome.value, by))
          else catalogue.refresh(id)
        } else if (isDamage(outcome?.reason)) damaged.set(id, outcome?.reason)
        else throw outcome?.reason
      }
      // Projects in memory are read synchronously: other requests need a turn.
      await setImmediate()
    }
    return { projects, damaged }
  }

  const withCover = async (project: ReadableState): Promise<ProjectWithCover | undefined> => {
    try {
      const cover = await store.cover(project)
      return cover === undefined ? undefined : { project, cover }
    } catch (error) {
      if (!isDamage(error)) throw error
      log.warn({ error, projectId: project.project_id }, 'the record of a cover is damaged; answering without it')
      return { project, cover: null }
    }
  }

  /** The state with its cover, or a newer one where a part of it is gone. */
  const newestWithCover = async (project: ReadableState, by: Principal): Promise<ProjectWithCover> => {
    for (let state = project; ; ) {
      const shown = await withCover(state)
      if (shown) return shown
      const newer = await store.project(project.project_id)
      // Deleted meanwhile: the state is shown as it was read.
      if (!newer) return { project: state, cover: null }
      state = requireReadable(newer, by)
    }
  }

  const opened = async (after: string): Promise<string> => {
    const id = await cursors.open(after)
    if (id === undefined) throw invalidParameter('after', '"next" of an earlier page', after)
    return id
  }

  return {
    withCover,

    async list({ after, limit }, by) {
      const found: ReadableState[] = []
      const damaged = new Map<string, unknown>()
      // One more than the page, which shows that there is a next one.
      for (let position = after === undefined ? undefined : await opened(after); ; ) {
        const wanted = limit + 1 - found.length
        const ids = await candidates(by, { after: position, limit: wanted })
        const read = await readEach(ids, by)
        found.push(...read.projects)
        for (const [id, error] of read.damaged) damaged.set(id, error)
        position = ids.at(-1)
        if (ids.length < wanted || found.length > limit) break
      }
      if (damaged.size > 0) {
        const [error] = damaged.values()
        log.warn({ error, projects: [...damaged.keys()].sort() }, 'damaged projects; omitting them from a list')
      }
      const page = found.slice(0, limit)
      const last = found.length > limit ? page.at(-1) : undefined
      const projects: ProjectWithCover[] = []
      for (let at = 0; at < page.length; at += READ_AT_ONCE)
        projects.push(
          ...(await Promise.all(page.slice(at, at + READ_AT_ONCE).map((each) => newestWithCover(each, by)))),
        )
      return { projects, next: last && (await cursors.seal(last.project_id)) }
    },

    async create(projectId, { title, visibility }, { by, ...conditions }) {
      const change = { type: 'create_project', title, visibility, newVisibility, by, ...conditions } as const
      const { before, after } = await store.transition(projectId, change)
      return { ...(await newestWithCover(requireReadable(after, by), by)), isNew: before.deleted }
    },

    async edit(projectId, edit, by, ifRevision) {
      const project = await store.commit(projectId, { type: 'edit', ...edit, by, ifRevision })
      return newestWithCover(requireReadable(project, by), by)
    },

    async remove(projectId, by, ifRevision) {
      const { before } = await store.transition(projectId, { type: 'delete_project', by, ifRevision })
      return before.image_count
    },
  }
}

const isListed = (project: ProjectState, by: Principal): boolean =>
  decideAccess(by, 'list', project.project_id, accessOf(project)) === 'allowed'
