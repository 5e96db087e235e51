// Projects: list, look at one, name it, put its images in order, delete it.

import { type ProjectState, unknownProject } from '../core/changes.ts'
import type { Store } from '../stores/store.ts'

export interface ProjectServiceOptions {
  store: Store
}

export interface ProjectEdit {
  /** Null takes the title away. */
  title?: string | null
  /** Ids of images in the order that is wanted; those not named follow in the order they have. */
  imageOrder?: readonly string[]
}

export interface ProjectService {
  /** Projects sorted by id. `next` is the `after` of the next page, undefined on the last one. */
  list(page: { after?: string; limit: number }): Promise<{ projects: ProjectState[]; next: string | undefined }>
  /** @throws TintypeError `project_not_found` */
  get(projectId: string): Promise<ProjectState>
  /** @throws TintypeError `project_not_found`, `invalid_parameter` where the order names an unknown image or one twice */
  edit(projectId: string, edit: ProjectEdit): Promise<ProjectState>
  /** Deletes the project and all its images. @throws TintypeError `project_not_found` */
  remove(projectId: string): Promise<void>
}

export const createProjectService = ({ store }: ProjectServiceOptions): ProjectService => ({
  async list({ after, limit }) {
    const projects: ProjectState[] = []
    let behind = after
    // A project that is deleted while the page is read leaves a gap, which the next ids fill.
    while (projects.length <= limit) {
      const ids = await store.projectIds({ after: behind, limit: limit + 1 - projects.length })
      if (ids.length === 0) return { projects, next: undefined }
      for (const project of await Promise.all(ids.map((id) => store.project(id)))) if (project) projects.push(project)
      behind = ids.at(-1)
    }
    const page = projects.slice(0, limit)
    return { projects: page, next: page.at(-1)?.project_id }
  },

  async get(projectId) {
    const project = await store.project(projectId)
    if (!project) throw unknownProject(projectId)
    return project
  },

  edit: (projectId, edit) => store.commit(projectId, { type: 'edit', ...edit }),

  async remove(projectId) {
    await store.commit(projectId, { type: 'delete_project' })
  },
})
