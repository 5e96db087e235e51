// Handlers of projects: list, look at one, change title and order, delete.

import { isProjectId, PROJECT_ID_RULE } from '../../core/names.ts'
import type { ProjectService } from '../../services/projects/projects.ts'
import type { Guard } from '../authorize.ts'
import { principalOf } from '../middleware/authenticate.ts'
import { parseBody, readJson } from '../request/json-body.ts'
import { afterOf, DEFAULT_PROJECTS_PAGE, limitOf, onlyOne, projectIdOf } from '../request/params.ts'
import { type Context, json, revalidatedJson } from '../response/respond.ts'
import type { Views } from '../response/views.ts'
import { projectEditSchema } from '../schemas/images.ts'

/** Room for an order of 100,000 images. */
const MAX_EDIT_BYTES = 4 * 1024 * 1024

export interface ProjectRouteOptions {
  projects: ProjectService
  views: Views
  guard: Guard
}

export const createProjectRoutes = ({ projects, views, guard }: ProjectRouteOptions) => ({
  async list(c: Context) {
    const by = principalOf(c)
    const limit = limitOf(c) ?? DEFAULT_PROJECTS_PAGE
    const after = afterOf(c, isProjectId, `a project id (${PROJECT_ID_RULE})`)
    const page = await projects.list({ after, from: onlyOne(c, 'from'), limit }, by)
    const next = page.next ? `${views.projectsUrl()}?limit=${limit}&${new URLSearchParams(page.next)}` : null
    const body = { projects: page.projects.map((project) => views.project(project, by)), next }
    return revalidatedJson(c, body, { isPrivate: by.kind === 'key' || by.kind === 'user' })
  },

  async read(c: Context) {
    const projectId = projectIdOf(c)
    const by = await guard.require(c, 'read', projectId)
    const project = await projects.get(projectId)
    const view = views.project(project, by)
    // Who manages it sees more of the same revision than others do.
    const isManaged = view.members !== undefined && by.kind !== 'anybody'
    const etag = `"${project.revision}${isManaged ? '-managed' : ''}"`
    return revalidatedJson(c, view, { etag, isPrivate: isManaged || view.visibility === 'private' })
  },

  async edit(c: Context) {
    const projectId = projectIdOf(c)
    const by = await guard.require(c, 'write', projectId)
    const { image_order: imageOrder, ...edit } = parseBody(projectEditSchema, await readJson(c, MAX_EDIT_BYTES))
    return json(c, views.project(await projects.edit(projectId, { imageOrder, ...edit }, by), by))
  },

  async remove(c: Context) {
    const projectId = projectIdOf(c)
    await projects.remove(projectId, await guard.require(c, 'manage', projectId))
    return json(c, { project_id: projectId, deleted: true })
  },
})
