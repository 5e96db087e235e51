// The state of a project: its record and its images, at one revision.

import type { SlotTables } from '../atlas/tables.ts'
import type { Principal, Readable, Visibility } from '../auth/access.ts'
import { type ImageList, listOf } from './image-list.ts'
import type { Project } from './model.ts'
import { chargedTo } from './quota.ts'

/** A project with its images, at one revision. `deleted` marks the tombstone of a deleted project. */
export interface ProjectState extends Project {
  deleted: boolean
  images: ImageList
  /** See pending.ts. Absent where no image is pending. */
  pending?: readonly string[]
  /** Slot tables of its atlases. Absent where none was requested. */
  atlas?: SlotTables | undefined
  /** Revision since which only slot tables were added, by requests that change nothing. Absent where it is the present one. */
  shownRevision?: number | undefined
  /** Id of the stored segment that has the primary image, as far as known: saves a search. Undefined for one in the tail. */
  coverSegment?: string
}

/** A state that answers may show. */
export type ReadableState = Readable<ProjectState>

/** A project before its first change. */
export const emptyProject = (projectId: string, now: string): ProjectState => ({
  project_id: projectId,
  revision: 0,
  title: null,
  created_at: now,
  updated_at: now,
  primary_image_id: null,
  image_count: 0,
  deleted: true,
  images: listOf([]),
})

/** Time of the commit, in milliseconds since 1970. Unknown for slot tables alone, which leave the time of the change before. */
export const committedMs = ({ updated_at, shownRevision }: ProjectState): number | undefined =>
  shownRevision === undefined ? Date.parse(updated_at) : undefined

/** The state with which a change creates a project, still marked as deleted. A user that creates it owns it. */
export const newProject = (
  { project_id, revision }: ProjectState,
  { by, visibility }: { by?: Principal; visibility?: Visibility },
  now: string,
): ProjectState => ({
  ...emptyProject(project_id, now),
  revision,
  ...(by?.kind === 'user' ? { owner_id: by.id } : {}),
  ...(by?.kind === 'key' ? { made_by: chargedTo(undefined, by) } : {}),
  ...(visibility === 'private' ? { visibility } : {}),
})

/** The tombstone names neither owner nor members nor source nor tags. */
export const deletedProject = ({
  owner_id: _,
  visibility: __,
  members: ___,
  made_by: ____,
  pending: _____,
  atlas: ______,
  source: _______,
  tags: ________,
  ...state
}: ProjectState): ProjectState => ({
  ...state,
  deleted: true,
  title: null,
  primary_image_id: null,
  image_count: 0,
  images: listOf([]),
})
