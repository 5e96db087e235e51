// Whether who asks may do what the route does. Every route below /projects asks, before it does anything else.

import { LRUCache } from 'lru-cache'
import { type Action, decideAccess, type Principal, type ProjectAccess, requireAccess } from '../core/auth/access.ts'
import { isDamage } from '../core/errors.ts'
import { unknownProject } from '../core/not-found.ts'
import { accessOf } from '../core/project/model.ts'
import type { ProjectService } from '../services/projects/projects.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Context } from './context.ts'
import { principalOf } from './middleware/authenticate.ts'
import { type Delivery, YEAR_SECONDS } from './response/send-picture.ts'

export interface Guard {
  /** @throws TintypeError `unauthenticated`, `forbidden`, `project_not_found` */
  require(c: Context, action: Action, projectId: string): Promise<Principal>
  /**
   * The same at the end of what takes long, for whoever it is by then: somebody whose key was revoked or whose session
   * was ended meanwhile is nobody. A token that was good when the request came needs not last until its end.
   *
   * @throws TintypeError `unauthenticated`, `forbidden`, `project_not_found`
   */
  requireStill(c: Context, action: Action, projectId: string): Promise<void>
  /**
   * For an upload, what can be said without a look at the project: who may not make one, may not upload to any.
   *
   * @throws TintypeError `unauthenticated`, `forbidden`
   */
  requireUploader(c: Context, projectId: string): void
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

/** Nobody knows whose a damaged project is: left are those who need not be let in, and they hear what is wrong with it. */
const UNREADABLE: ProjectAccess = { owner_id: null, visibility: 'private', members: {} }

/** Beyond it, the log may tell of one again. */
const MOST_TOLD = 1000

const PUBLIC: Sight = { isPrivate: false }
const PRIVATE: Sight = { isPrivate: true }

export interface GuardOptions {
  projects: Pick<ProjectService, 'find'>
  log: Logger
}

export const createGuard = ({ projects, log }: GuardOptions): Guard => {
  /** Damaged projects that the log tells of: once, until they can be read again. */
  const told = new LRUCache<string, true>({ max: MOST_TOLD })

  /** Undefined where there is no project. */
  const accessTo = async (projectId: string): Promise<ProjectAccess | undefined> => {
    try {
      const project = await projects.find(projectId)
      if (told.size > 0) told.delete(projectId)
      return project && accessOf(project)
    } catch (error) {
      if (!isDamage(error)) throw error
      if (!told.has(projectId))
        log.warn({ error, projectId }, 'a project is damaged; strangers to it hear that it is absent')
      told.set(projectId, true)
      return UNREADABLE
    }
  }

  const requireNow: Guard['require'] = async (c, action, projectId) => {
    const principal = principalOf(c)
    if (principal.kind === 'anybody') return principal
    requireAccess(principal, action, projectId, await accessTo(projectId))
    return principal
  }

  return {
    require: requireNow,

    async requireStill(c, action, projectId) {
      await c.get('identifyAgain')?.()
      await requireNow(c, action, projectId)
    },

    requireUploader: (c, projectId) => requireAccess(principalOf(c), 'create', projectId, undefined),

    async picture(c, projectId, signedUntil) {
      const access = await accessTo(projectId)
      if (access?.visibility === 'public') return PUBLIC
      const principal = c.get('principal')
      if (principal && decideAccess(principal, 'read', projectId, access) === 'allowed') return PRIVATE
      const untilMs = signedUntil()
      if (untilMs === undefined) throw c.get('refusal') ?? unknownProject(projectId)
      if (!access || access === UNREADABLE) throw unknownProject(projectId)
      return { isPrivate: true, untilMs }
    },
  }
}

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
