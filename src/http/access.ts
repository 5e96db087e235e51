// Access: the principal of a request (authentication), and whether it may do what the route does (authorization).
//
// Every route below /projects calls the guard before anything else, and shows the state that was judged, never a newer one.

import { LRUCache } from 'lru-cache'
import {
  type Action,
  decideAccess,
  type Principal,
  type ProjectAccess,
  requireAccess,
  unauthenticated,
} from '../core/auth/access.ts'
import { isDamage, TintypeError } from '../core/errors.ts'
import { unknownProject } from '../core/not-found.ts'
import { accessOf } from '../core/project/model.ts'
import type { ProjectState } from '../core/project/state.ts'
import { isLoopback } from '../core/request/hosts.ts'
import { READING } from '../core/request/safe-methods.ts'
import type { Authenticator, Credentials } from '../services/auth/credentials.ts'
import type { ProjectService } from '../services/projects/projects.ts'
import type { Logger } from '../telemetry/logger.ts'
import { type Context, type RequestView, viewOf } from './context.ts'
import type { ClientAddress } from './middleware/client-address.ts'
import type { Sight } from './response/send-picture.ts'

export interface IdentifyOptions {
  /** Tried in this order; the first one that recognizes the request names the principal. */
  authenticators: readonly Authenticator[]
  /** Whether every request may do everything, as things are now. */
  isOpen(): boolean
  /** Throws where a page of a foreign origin sends the request. @default no origin is foreign */
  refuseForeign?(request: Credentials): void
  /** Called with each request that is answered without authentication. @default nothing is called */
  onOpen?(request: RequestView): void
}

/** Principal of a request. `refusal` says why its credentials are not valid; the principal is anonymous then. */
export interface Identity {
  principal: Principal
  refusal?: TintypeError
}

/**
 * @param receivedMs when the request came, in milliseconds since 1970: credentials that expired since are valid. @default now
 * @throws TintypeError `csrf` on an open server, for a change that a foreign page sends
 */
export type Identify = (request: RequestView, receivedMs?: number) => Promise<Identity>

const ANYBODY: Identity = { principal: { kind: 'anybody' } }
const ANONYMOUS: Identity = { principal: { kind: 'anonymous' } }

export const createIdentify =
  ({ authenticators, isOpen, refuseForeign, onOpen }: IdentifyOptions): Identify =>
  async (request, receivedMs) => {
    if (isOpen()) {
      onOpen?.(request)
      // A form needs no preflight: any page that is open on this machine could send one.
      if (!READING.has(request.method)) refuseForeign?.(request)
      return ANYBODY
    }
    const { method, header } = request
    try {
      for (const authenticator of authenticators) {
        const principal = await authenticator({ method, header, receivedMs })
        if (principal) return { principal }
      }
      // A client that sends a credential in an unknown form gets an error instead of the rights of a stranger.
      if (header('authorization') !== undefined)
        throw unauthenticated('Expected an API key or a token in "Authorization: Bearer", it is neither.')
      return ANONYMOUS
    } catch (error) {
      if (!(error instanceof TintypeError)) throw error
      return { ...ANONYMOUS, refusal: error }
    }
  }

/**
 * Sets the principal and the refusal, which {@link principalOf} throws on each route that needs a principal. So a public
 * picture is sent, and sign-in works, with an old cookie too.
 */
export const authenticate =
  (identify: Identify) =>
  async (c: Context, next: () => Promise<void>): Promise<void> => {
    const request = viewOf(c)
    const receivedMs = Date.now()
    const set = ({ principal, refusal }: Identity): void => {
      c.set('principal', principal)
      c.set('refusal', refusal)
    }
    c.set('identifyAgain', async () => set(await identify(request, receivedMs)))
    set(await identify(request))
    return next()
  }

/** @throws TintypeError `unauthenticated` and others where the credentials of the request are not valid */
export const principalOf = (c: Context): Principal => {
  const refusal = c.get('refusal')
  if (refusal) throw refusal
  return c.get('principal') ?? ANONYMOUS.principal
}

/** Warns once that a client of another machine was answered without authentication. */
export const createOpenWarning = (client: Pick<ClientAddress, 'addressOf'>, log: Logger) => {
  let isWarned = false
  /** Last peer on loopback, as nearly all requests of an open server come from. */
  let last: string | undefined
  return (request: RequestView): void => {
    if (isWarned) return
    const peer = request.socket?.remoteAddress
    if (peer === last && request.header('x-forwarded-for') === undefined) return
    last = peer
    const from = client.addressOf(request)
    if (from === undefined || isLoopback(from)) return
    isWarned = true
    log.warn(
      { from },
      'open to every client: a request came from another machine, and no authentication is set up; ' +
        'every client can upload and delete. Set up API keys or accounts, or listen on 127.0.0.1',
    )
  }
}

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
   */
  requireStill(c: Context, action: Action, projectId: string): Promise<void>
  /**
   * For an upload, what can be decided without the project: a principal that may not create projects may not upload.
   */
  requireUploader(c: Context, projectId: string): void
  /**
   * For reading a project or its list.
   * @throws TintypeError `unauthenticated`, `forbidden`, `project_not_found`, `project_damaged`
   */
  read(c: Context, projectId: string): Promise<Judged & { by: Principal }>
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

export interface Judged {
  /** The state that was judged. @throws TintypeError `project_not_found`, `project_damaged`, also for admins */
  project(): ProjectState
}

export interface Seen extends Judged {
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
      return { project }
    } catch (error) {
      if (!isDamage(error)) throw error
      if (!logged.has(projectId))
        log.warn({ error, projectId }, 'damaged project; answering 404 to callers without access')
      logged.set(projectId, true)
      return { project: undefined, damage: error }
    }
  }

  const require: Guard['require'] = async (c, action, projectId) => {
    const principal = principalOf(c)
    if (principal.kind === 'anybody') return principal
    requireAccess(principal, action, projectId, accessIn(await find(projectId)))
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
      requireAccess(by, 'read', projectId, accessIn(found))
      return { by, project: () => projectOf(found, projectId) }
    },

    async picture(c, projectId, signedUntil) {
      const found = await find(projectId)
      const project = () => projectOf(found, projectId)
      if (found.project && found.project.visibility !== 'private') return { project, sight: PUBLIC }
      const principal = c.get('principal')
      if (principal && decideAccess(principal, 'read', projectId, accessIn(found)) === 'allowed')
        return { project, sight: PRIVATE }
      const untilMs = signedUntil()
      if (untilMs === undefined) throw c.get('refusal') ?? unknownProject(projectId)
      if (!found.project) throw unknownProject(projectId)
      return { project, sight: { isPrivate: true, untilMs } }
    },
  }
}

interface Found {
  project: ProjectState | undefined
  /** Why the project cannot be read. */
  damage?: unknown
}

const accessIn = ({ project, damage }: Found): ProjectAccess | undefined => {
  if (project) return accessOf(project)
  return damage === undefined ? undefined : UNREADABLE
}

const projectOf = ({ project, damage }: Found, projectId: string): ProjectState => {
  if (project) return project
  throw damage ?? unknownProject(projectId)
}
