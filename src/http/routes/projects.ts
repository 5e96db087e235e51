// Handlers of projects: list, look at one, change title and order, delete.

import { isProjectId, PROJECT_ID_RULE } from '../../core/names.ts'
import type { ProjectEdit, ProjectService } from '../../services/projects.ts'
import { invalidBody, readJson } from '../body.ts'
import { afterOf, clip, DEFAULT_PROJECTS_PAGE, limitOf, projectIdOf } from '../params.ts'
import { type Context, json, revalidatedJson } from '../respond.ts'
import { projectEditSchema } from '../schemas.ts'
import type { Views } from '../views.ts'

/** Room for an order of 100,000 images. */
const MAX_EDIT_BYTES = 4 * 1024 * 1024

export interface ProjectRouteOptions {
  projects: ProjectService
  views: Views
}

export const createProjectRoutes = ({ projects, views }: ProjectRouteOptions) => ({
  async list(c: Context) {
    const limit = limitOf(c) ?? DEFAULT_PROJECTS_PAGE
    const page = await projects.list({ after: afterOf(c, isProjectId, `a project id (${PROJECT_ID_RULE})`), limit })
    const next = page.next === undefined ? null : `${views.projectsUrl()}?limit=${limit}&after=${page.next}`
    return revalidatedJson(c, { projects: page.projects.map(views.project), next })
  },

  async read(c: Context) {
    const project = await projects.get(projectIdOf(c))
    return revalidatedJson(c, views.project(project), `"${project.revision}"`)
  },

  async edit(c: Context) {
    const projectId = projectIdOf(c)
    const edit = parseEdit(await readJson(c, MAX_EDIT_BYTES))
    return json(c, views.project(await projects.edit(projectId, edit)))
  },

  async remove(c: Context) {
    const projectId = projectIdOf(c)
    await projects.remove(projectId)
    return json(c, { project_id: projectId, deleted: true })
  },
})

const FIELDS = Object.keys(projectEditSchema.shape).join(' or ')

const parseEdit = (body: unknown): ProjectEdit => {
  const parsed = projectEditSchema.safeParse(body)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined
    const field = unknown ?? issue?.path.join('.') ?? ''
    if (unknown !== undefined) throw invalidBody(`Expected ${FIELDS}, "${clip(unknown)}" is neither.`, { field })
    throw invalidBody(`${field || 'body'}: ${issue?.message}.`, field ? { field } : undefined)
  }
  const { title, image_order } = parsed.data
  if (title === undefined && image_order === undefined) throw invalidBody(`Expected ${FIELDS}, the object has neither.`)
  return { title, imageOrder: image_order }
}
