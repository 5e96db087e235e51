// Project service: create, list, edit title, tags, order, visibility, members and source, delete.

import {
  type MemberRole,
  type Principal,
  requireAdmin,
  requireReadable,
  type Visibility,
} from '../../core/auth/access.ts'
import { isDamage } from '../../core/errors.ts'
import { inGroups } from '../../core/in-groups.ts'
import { invalidParameter } from '../../core/invalid-parameter.ts'
import type { ProjectChange } from '../../core/project/changes.ts'
import type { CreateProject } from '../../core/project/create-project.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { ReadableState } from '../../core/project/state.ts'
import { type BucketPrefix, isBelow, parseSourceUrl, sourceUrlOf } from '../../core/sources/source-url.ts'
import type { Store } from '../../stores/store.ts'
import { createProjectPages, type ProjectListRequest, type ProjectPagesOptions } from './project-pages.ts'

export interface ProjectServiceOptions extends ProjectPagesOptions {
  store: Pick<Store, 'current' | 'project' | 'commit' | 'transition' | 'cover'>
  /** Visibility of new projects whose request names none. @default 'public' */
  newVisibility?: Visibility
  /** Prefixes that sources may be in. @default none */
  sources?: readonly BucketPrefix[]
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
export type NewProject = Pick<CreateProject, 'title' | 'tags' | 'visibility'>

/** `by`: principal of the change; `ifRevision`, `expected`: conditions of the request. */
export type CreateOptions = Pick<ProjectChange, 'ifRevision'> & Pick<CreateProject, 'expected'> & { by: Principal }

export interface ProjectEdit {
  /** Null removes the title. */
  title?: string | null
  /** All tags; null or none removes them. */
  tags?: readonly string[] | null
  /** New order of image ids; images not named follow in their present order. */
  imageOrder?: readonly string[]
  visibility?: Visibility
  /** Roles by user id; null removes a member. Members not named keep their roles. */
  members?: Readonly<Record<string, MemberRole | null>>
  /** URL of a prefix in a foreign bucket; null removes it. For admins. */
  source?: string | null
}

/** Calls with `by` also throw `forbidden` or `unauthenticated` where the principal lacks the right. */
export interface ProjectService {
  /**
   * Lists the projects that the principal may list, without damaged ones, which are logged. A page and its `next` depend
   * on these projects alone. Each is read and judged now; one that has just become listed, or was changed, by another
   * process may be missing, or at its earlier place, for a second.
   *
   * @throws TintypeError `invalid_parameter` where `after` is no cursor of this store and order; those of
   *   {@link Catalogue.list}
   */
  list(request: ProjectListRequest, by: Principal): Promise<ProjectPage>
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
   *   unknown image or one twice, or the source is in none of the prefixes
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

/** Covers read at once. */
const COVERS_AT_ONCE = 32

export const createProjectService = (options: ProjectServiceOptions): ProjectService => {
  const { store, log, newVisibility, sources = [] } = options
  const pages = createProjectPages(options)

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

  return {
    withCover,

    async list(request, by) {
      const { found, next } = await pages.page(request, by)
      return { projects: await inGroups(found, COVERS_AT_ONCE, (project) => newestWithCover(project, by)), next }
    },

    async create(projectId, project, { by, ...conditions }) {
      const change = { type: 'create_project', ...project, newVisibility, by, ...conditions } as const
      const { before, after } = await store.transition(projectId, change)
      return { ...(await newestWithCover(requireReadable(after, by), by)), isNew: before.deleted }
    },

    async edit(projectId, edit, by, ifRevision) {
      if (edit.source !== undefined) requireAdmin(by)
      const source = edit.source === undefined ? {} : { source: allowedSource(edit.source, sources) }
      const project = await store.commit(projectId, { type: 'edit', ...edit, ...source, by, ifRevision })
      return newestWithCover(requireReadable(project, by), by)
    },

    async remove(projectId, by, ifRevision) {
      const { before } = await store.transition(projectId, { type: 'delete_project', by, ifRevision })
      return before.image_count
    },
  }
}

/** The URL as it is stored. @throws TintypeError `invalid_parameter` */
const allowedSource = (text: string | null, allowed: readonly BucketPrefix[]): string | null => {
  const url = text === null ? undefined : parseSourceUrl(text)
  if (text === null || (url && isBelow(url, allowed))) return url ? sourceUrlOf(url) : null
  const prefixes = allowed.map((each) => sourceUrlOf(each)).join(', ')
  throw invalidParameter('source', prefixes === '' ? 'null: SOURCES is not set' : `a prefix in ${prefixes}`, text)
}
