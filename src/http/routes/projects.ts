// Routes of projects: list, read, create, edit, delete.

import type { Principal } from '../../core/auth/access.ts'
import type { ProjectService } from '../../services/projects/projects.ts'
import { principalOf } from '../access.ts'
import type { Context } from '../context.ts'
import type { Guard } from '../guard.ts'
import { expectedOf, ifRevisionOf } from '../request/if-match.ts'
import { parseBody, readJson, readOptionalJson } from '../request/json-body.ts'
import { limitOf, projectIdOf, queryOf, requireKnown, tagFilterOf } from '../request/params.ts'
import { json, revalidatedJson } from '../response/respond.ts'
import type { Views } from '../response/views.ts'
import { searchSchema } from '../schemas/parameters.ts'
import {
  DEFAULT_PROJECTS_PAGE,
  projectAfterSchema,
  projectListQuery,
  projectSortSchema,
} from '../schemas/project-list.ts'
import { type ProjectView, projectCreateSchema, projectEditSchema } from '../schemas/projects.ts'

/** Limit of the body of an edit, in bytes: an order of 100,000 images. */
const MAX_EDIT_BYTES = 4 * 1024 * 1024

/** Limit of the body of a new project, in bytes: title and tags of escaped characters. */
const MAX_NEW_BYTES = 64 * 1024

const LIST_PARAMETERS = Object.keys(projectListQuery.shape)

export interface ProjectRouteOptions {
  projects: ProjectService
  views: Views
  guard: Guard
}

export const createProjectRoutes = ({ projects, views, guard }: ProjectRouteOptions) => ({
  async list(c: Context) {
    const by = principalOf(c)
    requireKnown(c, LIST_PARAMETERS)
    const limit = limitOf(c) ?? DEFAULT_PROJECTS_PAGE
    // `from`: its name in older versions.
    const after = queryOf(c, 'after', projectAfterSchema) ?? queryOf(c, 'from', projectAfterSchema)
    const [sort, q] = [queryOf(c, 'sort', projectSortSchema), queryOf(c, 'q', searchSchema)?.trim() || undefined]
    const tags = tagFilterOf(c)
    const page = await projects.list({ sort, q, tags, after, limit }, by)
    const query = { limit: [String(limit)], sort: [sort], tag: tags, q: [q], after: [page.next] }
    const next = page.next === undefined ? null : `${views.projectsUrl()}?${queryText(query)}`
    const body = { projects: page.projects.map((project) => views.project(project, by)), next }
    return revalidatedJson(c, body, { isPrivate: by.kind === 'key' || by.kind === 'user' })
  },

  async read(c: Context) {
    const projectId = projectIdOf(c)
    return guard.read(c, projectId, async ({ by, project }) => {
      const shown = await projects.withCover(project())
      if (!shown) return undefined
      const view = views.project(shown, by)
      return revalidatedJson(c, view, {
        etag: views.projectEtag(view),
        isPrivate: isPersonal(view, by) || view.visibility === 'private',
      })
    })
  },

  async create(c: Context) {
    const projectId = projectIdOf(c)
    const by = await guard.require(c, 'create', projectId)
    const conditions = { expected: expectedOf(c), ifRevision: ifRevisionOf(c) }
    const body = parseBody(projectCreateSchema, await readOptionalJson(c, MAX_NEW_BYTES))
    const { isNew, ...shown } = await projects.create(projectId, body, { by, ...conditions })
    const view = views.project(shown, by)
    const etag = { ETag: views.projectEtag(view) }
    return isNew ? json(c, view, 201, { ...etag, Location: views.projectUrl(projectId) }) : json(c, view, 200, etag)
  },

  async edit(c: Context) {
    const projectId = projectIdOf(c)
    const by = await guard.require(c, 'write', projectId)
    const ifRevision = ifRevisionOf(c)
    const { image_order: imageOrder, ...edit } = parseBody(projectEditSchema, await readJson(c, MAX_EDIT_BYTES))
    const view = views.project(await projects.edit(projectId, { imageOrder, ...edit }, by, ifRevision), by)
    return json(c, view, 200, { ETag: views.projectEtag(view) })
  },

  async remove(c: Context) {
    const projectId = projectIdOf(c)
    const by = await guard.require(c, 'manage', projectId)
    const deletedImages = await projects.remove(projectId, by, ifRevisionOf(c))
    return json(c, { project_id: projectId, deleted: true, deleted_images: deletedImages })
  },
})

/** True for a view that other callers do not get: an open server gives all of them the same. */
const isPersonal = ({ permission, link }: ProjectView, by: Principal): boolean =>
  link !== undefined || (permission !== 'read' && by.kind !== 'unrestricted')

/** Parameters that are present, as the query of a URL. */
const queryText = (parameters: Record<string, readonly (string | undefined)[]>): string => {
  const query = new URLSearchParams()
  for (const [name, values] of Object.entries(parameters))
    for (const value of values) if (value !== undefined) query.append(name, value)
  return query.toString()
}
