// Routes of atlases: of the images of a project, and of the covers of several projects.

import type { PageSignature } from '../../../core/atlas/page-name.ts'
import { parsePageName } from '../../../core/atlas/page-name.ts'
import { atlasSizeOf } from '../../../core/atlas/size.ts'
import { isPublic, type Principal } from '../../../core/auth/access.ts'
import { parseParameter } from '../../../core/parameters.ts'
import type { ReadableState } from '../../../core/project/state.ts'
import type { Presets } from '../../../core/transform/presets.ts'
import { EXPIRES, SIGNATURE } from '../../../core/transform/signature.ts'
import type { Atlases } from '../../../services/atlases/atlases.ts'
import { EMPTY_PAGE } from '../../../services/atlases/plan.ts'
import { PRIVATE, PUBLIC, principalOf } from '../../access.ts'
import type { Context } from '../../context.ts'
import type { Guard } from '../../guard.ts'
import * as descriptions from '../../openapi/atlases/atlases.ts'
import { type AtlasRequest, atlasRequestOf, indexOf } from '../../request/atlas-request.ts'
import { onlyOne, projectIdOf, requireSignatureForm, searchOf } from '../../request/params.ts'
import type { TransformRequestParser } from '../../request/transform-request.ts'
import { documentOf } from '../../response/atlas-view.ts'
import { revalidatedJson } from '../../response/respond.ts'
import { sendCached, sendPage, unknownPage } from '../../response/send-page.ts'
import type { RouteTable } from '../../route-table.ts'
import { projectListSchema } from '../../schemas/atlases/atlases.ts'

export interface AtlasRouteOptions {
  atlases: Atlases
  guard: Guard
  transformRequests: Pick<TransformRequestParser, 'signedUntil'>
  presets?: Presets
  /** See `AppOptions`. */
  signPage?(path: string, untilMs: number): PageSignature
}

export const addAtlasRoutes = (route: RouteTable, options: AtlasRouteOptions): void => {
  const atlas = createAtlasRoutes(options)
  route.add(descriptions.project, (c) => atlas.project(c, 'atlas/', 0))
  route.add(descriptions.projectIndex, (c) => atlas.project(c, '', indexOf(c)))
  route.add(descriptions.projectPage, atlas.projectPage)
  route.add(descriptions.covers, atlas.covers)
  route.add(descriptions.coversIndex, atlas.coversIndex)
  route.add(descriptions.coversPage, atlas.coversPage)
}

const createAtlasRoutes = (options: AtlasRouteOptions) => {
  const { atlases, guard, transformRequests, presets = new Map(), signPage } = options

  const coversOf = async (
    c: Context,
    projects: readonly ReadableState[],
    { folder, index, request, by }: { folder: string; index: number; request: AtlasRequest; by: Principal },
  ): Promise<Response> => {
    const plan = await atlases.ofCovers(projects, request.size, request.side)
    const isPrivate = by.kind === 'key' || by.kind === 'user' || !projects.every(isPublic)
    return revalidatedJson(c, documentOf(plan, index, request.isMulti, { folder, format: request.format }), {
      isPrivate,
    })
  }

  /** The projects in a path, all of which must be readable: their number decides the places of the frames. */
  const listedIn = async (c: Context, by: Principal): Promise<ReadableState[]> => {
    const text = c.req.param('projects') ?? ''
    const parsed = projectListSchema.safeParse(text)
    if (!parsed.success) throw unknownPage()
    const ids = new Set(text.split(','))
    const projects = await atlases.readable([...ids], by)
    if (projects.length < ids.size) throw unknownPage()
    return projects
  }

  return {
    async project(c: Context, folder: string, index: number): Promise<Response> {
      const projectId = projectIdOf(c)
      const request = atlasRequestOf(c, presets, [EXPIRES, SIGNATURE])
      requireSignatureForm(c)
      // Documents of further pages are requested with the query of the first one.
      const signedUntil = () => transformRequests.signedUntil(`/projects/${projectId}/atlas.json`, searchOf(c))
      return guard.picture(c, projectId, { signedUntil, wanted }, async ({ access, project }) => {
        const plan = await atlases.ofProject(project(), request.size, request.side)
        if (!plan) return undefined
        // With credentials too: engines load the pages without them. A share link or key alone gives no signatures, which
        // would outlast its revocation.
        const end = access.isPrivate ? signedUntil() : undefined
        const sign =
          signPage && end !== undefined
            ? (name: string) => signPage(`/projects/${projectId}/atlas/${name}`, end)
            : undefined
        const view = documentOf(plan, index, request.isMulti, {
          folder,
          format: request.format,
          ...(sign ? { sign } : {}),
        })
        return revalidatedJson(c, view, { isPrivate: access.isPrivate })
      })
    },

    async projectPage(c: Context): Promise<Response> {
      const projectId = projectIdOf(c)
      const name = parsePageName(c.req.param('page') ?? '')
      if (!name) throw unknownPage()
      const { page, signature } = name
      const unsigned = (c.req.param('page') ?? '').replace(`.${signature?.exp}.${signature?.sig}`, '')
      const search = signature ? `?${new URLSearchParams({ exp: signature.exp, sig: signature.sig })}` : ''
      const signedUntil = () => transformRequests.signedUntil(`/projects/${projectId}/atlas/${unsigned}`, search)
      return guard.picture(c, projectId, { signedUntil, wanted }, async (authorized) => {
        const project = authorized.project()
        const size = atlasSizeOf(page.size, presets)
        if (!atlases.isKept(project, size, page)) throw unknownPage()
        const sendKept = async () => {
          const cached = await atlases.pages.find(projectId, page.hash, page.format)
          return cached && sendCached(c, cached, page, authorized.access)
        }
        const isReplaced = page.revision !== atlases.revisionOf(project, size)
        const replaced = isReplaced ? await sendKept() : undefined
        if (replaced) return replaced
        const plan = await atlases.ofProject(project, size, page.side)
        if (!plan) return undefined
        // By its hash: the name of any earlier page could be written with the present revision.
        const current = page.hash === plan.pages[page.index]?.hash ? await sendKept() : undefined
        return current ?? sendPage(c, atlases.pages, plan, page, authorized.access)
      })
    },

    async covers(c: Context): Promise<Response> {
      const by = principalOf(c)
      const request = atlasRequestOf(c, presets, ['projects'])
      const ids = parseParameter('projects', onlyOne(c, 'projects') ?? '', projectListSchema).split(',')
      const projects = await atlases.readable(ids, by)
      // Only the projects that are shown are named in the paths of pages.
      const folder = `atlas/${projects.map(({ project_id }) => project_id).join(',') || ids[0]}/`
      return coversOf(c, projects, { folder, index: 0, request, by })
    },

    async coversIndex(c: Context): Promise<Response> {
      const by = principalOf(c)
      // Pixi appends the query of the first document.
      const request = atlasRequestOf(c, presets, ['projects'])
      return coversOf(c, await listedIn(c, by), { folder: '', index: indexOf(c), request, by })
    },

    async coversPage(c: Context): Promise<Response> {
      const by = principalOf(c)
      const name = parsePageName(c.req.param('page') ?? '')
      if (!name || name.signature) throw unknownPage()
      // Where no project is shown, the path names one that the caller may not see.
      const projects = name.page.hash === EMPTY_PAGE ? [] : await listedIn(c, by)
      const plan = await atlases.ofCovers(projects, atlasSizeOf(name.page.size, presets), name.page.side)
      return sendPage(c, atlases.pages, plan, name.page, projects.every(isPublic) ? PUBLIC : PRIVATE)
    },
  }
}

/** Small pictures, which every share link of a project shows. */
const wanted = () => ({ isOriginal: false })
