// Creates a project before its first upload, or confirms that it exists as described. Pure.

import { isDeepStrictEqual } from 'node:util'
import { accessOf, type Principal, type Visibility } from '../auth/access.ts'
import { TintypeError } from '../errors.ts'
import { clip } from '../text.ts'
import { newProject, type ProjectState } from './state.ts'

export interface CreateProject {
  type: 'create_project'
  /** Null for none. Absent, it is null in a new project, and not compared with an existing one. */
  title?: string | null
  /** Null or empty for none. Absent, there are none in a new project, and not compared with those of an existing one. */
  tags?: readonly string[] | null
  /** Absent, it is `newVisibility` in a new project, and not compared with an existing one. */
  visibility?: Visibility
  /** @default 'public' */
  newVisibility?: Visibility
  /** Fails unless the project is absent (`If-None-Match: *`) or exists (`If-Match`). @default either */
  expected?: 'absent' | 'present'
}

/**
 * Creates a project where there is none. Returns the same object where it exists as described.
 *
 * @throws TintypeError `precondition_failed`, `project_exists`
 */
export const createProject = (
  state: ProjectState,
  change: CreateProject & { by?: Principal },
  now: string,
): ProjectState => {
  const { project_id: projectId, deleted } = state
  const { title = null, tags, visibility = change.newVisibility, expected, by } = change
  if (expected !== undefined && deleted !== (expected === 'absent')) throw unexpected(projectId, expected)
  if (deleted) return { ...newProject(state, { by, visibility }, now), deleted: false, title, ...withTags(tags) }
  assertSame(state, change)
  return state
}

/** Tags as they are stored: none is no list. */
export const withTags = (tags: readonly string[] | null | undefined): Pick<ProjectState, 'tags'> =>
  tags && tags.length > 0 ? { tags: [...tags] } : {}

const assertSame = (state: ProjectState, { title, tags, visibility }: CreateProject): void => {
  const { project_id: projectId, title: present } = state
  const access = accessOf(state)
  if (title !== undefined && title !== present)
    throw exists(projectId, 'title', { expected: quoted(present), received: quoted(title) })
  const presentTags = state.tags ?? []
  if (tags !== undefined && !isDeepStrictEqual(tags ?? [], presentTags))
    throw exists(projectId, 'tags', { expected: listed(presentTags), received: listed(tags ?? []) })
  if (visibility !== undefined && visibility !== access.visibility)
    throw exists(projectId, 'visibility', { expected: access.visibility, received: visibility })
}

const quoted = (title: string | null): string => (title === null ? 'null' : `"${clip(title)}"`)

const listed = (tags: readonly string[]): string => clip(JSON.stringify(tags))

const exists = (
  projectId: string,
  field: 'title' | 'tags' | 'visibility',
  { expected, received }: { expected: string; received: string },
): TintypeError =>
  new TintypeError(
    'project_exists',
    `Project "${projectId}" exists: expected its ${field} ${expected}, received ${received}. PATCH changes it.`,
    { details: { field, expected, received } },
  )

const unexpected = (projectId: string, expected: 'absent' | 'present'): TintypeError =>
  new TintypeError(
    'precondition_failed',
    expected === 'absent'
      ? `Expected no project "${projectId}" (If-None-Match: *), it exists.`
      : `Expected an existing project "${projectId}" (If-Match), there is none.`,
  )
