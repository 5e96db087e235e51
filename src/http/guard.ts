// Whether who asks may do what the route does. Every route below /projects asks, before it does anything else.

import { type Action, decideAccess, type Principal, requireAccess } from '../core/access.ts'
import { accessOf } from '../core/model.ts'
import { unknownProject } from '../core/unknown.ts'
import type { ProjectService } from '../services/projects.ts'
import { type Delivery, YEAR_SECONDS } from './deliver.ts'
import { principalOf } from './middleware/authenticate.ts'
import type { Context } from './respond.ts'

export interface Guard {
  /** @throws TintypeError `unauthenticated`, `forbidden`, `project_not_found` */
  require(c: Context, action: Action, projectId: string): Promise<Principal>
  /**
   * For a picture: those of public projects need nothing, not even that what was sent with the request is valid.
   *
   * @param signedUntil when a signature of the request ends, in milliseconds since 1970; undefined where there is none
   *   that ends. Called only where it matters. It throws where the signature isn't valid.
   * @throws TintypeError `project_not_found`, `unauthenticated`, what `signedUntil` throws: the same for a private
   *   project as for one that isn't there
   */
  picture(c: Context, projectId: string, signedUntil: () => number | undefined): Promise<Sight>
}

/** How a picture may be seen, and so how long who has it may keep it. */
export interface Sight {
  /** In a project that is not everybody's. */
  isPrivate: boolean
  /** When the URL ends by which it is seen, in milliseconds since 1970. */
  untilMs?: number
}

const PUBLIC: Sight = { isPrivate: false }
const PRIVATE: Sight = { isPrivate: true }

export const createGuard = ({ projects }: { projects: Pick<ProjectService, 'find'> }): Guard => ({
  async require(c, action, projectId) {
    const principal = principalOf(c)
    if (principal.kind === 'anybody') return principal
    const project = await projects.find(projectId)
    requireAccess(principal, action, projectId, project && accessOf(project))
    return principal
  },

  async picture(c, projectId, signedUntil) {
    const project = await projects.find(projectId)
    const access = project && accessOf(project)
    if (access?.visibility === 'public') return PUBLIC
    const principal = c.get('principal')
    if (principal && decideAccess(principal, 'read', projectId, access) === 'allowed') return PRIVATE
    const untilMs = signedUntil()
    if (untilMs === undefined) throw c.get('refusal') ?? unknownProject(projectId)
    if (!project) throw unknownProject(projectId)
    return { isPrivate: true, untilMs }
  },
})

/**
 * A picture that is not everybody's is kept by nobody but who asked; and asked for again, in case they are somebody else
 * by then, or not let in any more. A signed URL is its own key for as long as it is valid.
 */
export const seenAs = (delivery: Delivery, { isPrivate, untilMs }: Sight): Delivery => {
  if (!isPrivate) return delivery
  const seconds = untilMs === undefined ? 0 : Math.floor((untilMs - Date.now()) / 1000)
  const isKept = seconds > 0 && delivery.cacheControl !== 'no-cache'
  const cacheControl = isKept ? `private, max-age=${Math.min(YEAR_SECONDS, seconds)}` : 'private, no-cache'
  return { ...delivery, cacheControl }
}
