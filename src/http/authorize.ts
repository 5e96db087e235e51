// Authorization: whether the principal of a request may do what the route does. Every route below /projects calls it
// before anything else, and shows the state that was judged, never a newer one.

import { LRUCache } from 'lru-cache'
import { type Action, decideAccess, type Principal, type ProjectAccess, requireAccess } from '../core/auth/access.ts'
import { isDamage } from '../core/errors.ts'
import { unknownProject } from '../core/not-found.ts'
import type { ProjectState } from '../core/project/changes.ts'
import { accessOf } from '../core/project/model.ts'
import type { ProjectService } from '../services/projects/projects.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Context } from './context.ts'
import { principalOf } from './middleware/authenticate.ts'
import type { Sight } from './response/send-picture.ts'

export interface Guard {
  /**
   * For a change: its commit judges again, on the state that it changes.
   *
   * @throws TintypeError `unauthenticated`, `forbidden`, `project_not_found`
   */
  require(c: Context, action: Action, projectId: string): Promise<Principal>
  /**
   * Authenticates and authorizes again at the end of a long request, so that a key that was revoked or a session that was
   * ended meanwhile is refused. A token that has only expired since the request came stays valid.
   *
   * @throws TintypeError `unauthenticated`, `forbidden`, `project_not_found`
   */
  requireStill(c: Context, action: Action, projectId: string): Promise<void>
  /**
   * For an upload, what can be decided without the project: a principal that may not create projects may not upload.
   *
   * @throws TintypeError `unauthenticated`, `forbidden`
   */
  requireUploader(c: Context, projectId: string): void
  /**
   * For reading a project or its list.
   *
   * @throws TintypeError `unauthenticated`, `forbidden`, `project_not_found`, `project_damaged`
   */
  read(c: Context, projectId: string): Promise<{ by: Principal; project: ProjectState }>
  /**
   * For a picture. Those of public projects need no credentials, and are sent with invalid ones too.
   *
   * @param signedUntil when the signature of the request ends, in milliseconds since 1970; undefined where it has none.
   *   Called only for private and absent projects. Throws where the signature is not valid.
   * @throws TintypeError `project_not_found`, `unauthenticated`, what `signedUntil` throws: the same for a private
   *   project as for one that isn't there
   */
  picture(c: Context, projectId: string, signedUntil: () => number | undefined): Promise<Seen>
}

/** A project as the request may see it. */
export interface Seen {
  project: ProjectState
  sight: Sight
}

/** Access to a damaged project, whose owner and visibility are unknown: admins and open servers get the error itself. */
const UNREADABLE: ProjectAccess = { owner_id: null, visibility: 'private', members: {} }

/** Damaged projects that are remembered as logged. */
const MAX_LOGGED = 1000

const PUBLIC: Sight = { isPrivate: false }
const PRIVATE: Sight = { isPrivate: true }

export interface GuardOptions {
  projects: Pick<ProjectService, 'find'>
  log: Logger
}

export const createGuard = ({ projects, log }: GuardOptions): Guard => {
  /** Damaged projects that were logged: once, until they can be read again. */
  const logged = new LRUCache<string, true>({ max: MAX_LOGGED })

  const find = async (projectId: string): Promise<Found> => {
    try {
      const project = await projects.find(projectId)
      if (logged.size > 0) logged.delete(projectId)
      return { project, access: project && accessOf(project) }
    } catch (error) {
      if (!isDamage(error)) throw error
      if (!logged.has(projectId))
        log.warn({ error, projectId }, 'damaged project; answering 404 to callers without access')
      logged.set(projectId, true)
      return { project: undefined, access: UNREADABLE, damage: error }
    }
  }

  const require: Guard['require'] = async (c, action, projectId) => {
    const principal = principalOf(c)
    if (principal.kind === 'anybody') return principal
    requireAccess(principal, action, projectId, (await find(projectId)).access)
    return principal
  }

  return {
    require,

    async requireStill(c, action, projectId) {
      await c.get('identifyAgain')?.()
      await require(c, action, projectId)
    },

    requireUploader: (c, projectId) => requireAccess(principalOf(c), 'create', projectId, undefined),

    async read(c, projectId) {
      const by = principalOf(c)
      const found = await find(projectId)
      requireAccess(by, 'read', projectId, found.access)
      return { by, project: projectOf(found, projectId) }
    },

    async picture(c, projectId, signedUntil) {
      const found = await find(projectId)
      const { project, access } = found
      if (project && access?.visibility === 'public') return { project, sight: PUBLIC }
      const principal = c.get('principal')
      if (principal && decideAccess(principal, 'read', projectId, access) === 'allowed')
        return { project: projectOf(found, projectId), sight: PRIVATE }
      const untilMs = signedUntil()
      if (untilMs === undefined) throw c.get('refusal') ?? unknownProject(projectId)
      if (!project) throw unknownProject(projectId)
      return { project, sight: { isPrivate: true, untilMs } }
    },
  }
}

interface Found {
  project: ProjectState | undefined
  access: ProjectAccess | undefined
  /** Why the project cannot be read. */
  damage?: unknown
}

const projectOf = ({ project, damage }: Found, projectId: string): ProjectState => {
  if (project) return project
  throw damage ?? unknownProject(projectId)
}
