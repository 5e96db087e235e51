// The state of a project: its record and its images, at one revision.

import type { Readable } from '../auth/access.ts'
import { type ImageList, listOf } from './image-list.ts'
import type { Project } from './model.ts'

/** A project with its images, at one revision. `deleted` marks the tombstone of a deleted project. */
export interface ProjectState extends Project {
  deleted: boolean
  images: ImageList
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
