// Authenticates requests, and authorizes what their routes do.
//
// Every route below /projects calls the guard first, and shows the state that was authorized, never a newer one.

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
import type { PictureAccess } from './response/send-picture.ts'

export interface IdentifyOptions {
  /** Tried in this order, until one recognizes its credentials. */
  authenticators: readonly Authenticator[]
  /** Whether every request may do everything at present. */
  isOpen(): boolean
  /** Throws where a page of a foreign origin sent the request. @default no check */
  refuseCrossOrigin?(request: Credentials): void
  /** Called for each request that is answered without authentication. @default none */
  onOpen?(request: RequestView): void
}

/** Principal of a request. Invalid credentials give a `refusal` and the anonymous principal. */
export interface Identity {
  principal: Principal
  refusal?: TintypeError
}

/**
 * @param receivedMs arrival, in milliseconds since 1970: credentials that expired later are valid. @default now
 * @throws TintypeError `csrf` on an open server, for a change sent by a foreign page
 */
export type Identify = (request: RequestView, receivedMs?: number) => Promise<Identity>

const UNRESTRICTED: Identity = { principal: { kind: 'unrestricted' } }
const ANONYMOUS: Identity = { principal: { kind: 'anonymous' } }

export const createIdentify =
  ({ authenticators, isOpen, refuseCrossOrigin, onOpen }: IdentifyOptions): Identify =>
  async (request, receivedMs) => {
    if (isOpen()) {
      onOpen?.(request)
      // Forms need no preflight: any page in a browser of this machine could send one.
      if (!READING.has(request.method)) refuseCrossOrigin?.(request)
      return UNRESTRICTED
    }
    const { method, header } = request
    try {
      for (const authenticator of authenticators) {
        const principal = await authenticator({ method, header, receivedMs })
        if (principal) return { principal }
      }
      // Credentials in an unknown form are an error, instead of the rights of an anonymous client.
      if (header('authorization') !== undefined)
        throw unauthenticated('Expected an API key or a token in "Authorization: Bearer", it is neither.')
      return ANONYMOUS
    } catch (error) {
      if (!(error instanceof TintypeError)) throw error
      return { ...ANONYMOUS, refusal: error }
    }
  }

/** Sets the principal, or the refusal that {@link principalOf} throws: only routes that need a principal fail. */
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
  /** Last peer, skipped without parsing: nearly all requests of an open server come from one. */
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
   * Authorizes a change. Its commit authorizes again, on the state that it changes.
   *
   * @throws TintypeError `unauthenticated`, `forbidden`, `project_not_found`
   */
  require(c: Context, action: Action, projectId: string): Promise<Principal>
  /**
   * Authenticates and authorizes again at the end of a long request: keys revoked and sessions ended meanwhile are
   * refused. A token that has only expired since the request arrived stays valid.
   */
  requireStill(c: Context, action: Action, projectId: string): Promise<void>
  /** Authorizes an upload without the project: the principal must have the right to create projects. */
  requireUploader(c: Context, projectId: string): void
  /**
   * Authorizes reading a project or its list.
   *
   * @throws TintypeError `unauthenticated`, `forbidden`, `project_not_found`, `project_damaged`
   */
  read(c: Context, projectId: string): Promise<AuthorizedProject & { by: Principal }>
  /**
   * Authorizes reading a picture. Public projects need no credentials, and ignore invalid ones.
   *
   * @param signedUntil end of the request's signature, in milliseconds since 1970; undefined without a signature.
   *   Called only for private and absent projects. Throws where the signature is not valid.
   * @throws TintypeError `project_not_found`, `unauthenticated`, errors of `signedUntil`: equal for private and absent
   *   projects
   */
  picture(c: Context, projectId: string, signedUntil: () => number | undefined): Promise<AuthorizedPicture>
}

export interface AuthorizedProject {
  /** The state that was authorized. @throws TintypeError `project_not_found`, `project_damaged`, also for admins */
  project(): ProjectState
}

export interface AuthorizedPicture extends AuthorizedProject {
  access: PictureAccess
}

/**
 * Access to a damaged project, whose owner and visibility are unknown: admins and open servers get the error itself.
 */
const UNREADABLE: ProjectAccess = { owner_id: null, visibility: 'private', members: {} }

/** Limit of the projects that are remembered as logged. */
const MAX_LOGGED = 1000

const PUBLIC: PictureAccess = { isPrivate: false }
const PRIVATE: PictureAccess = { isPrivate: true }

export interface GuardOptions {
  projects: Pick<ProjectService, 'find'>
  log: Logger
}

export const createGuard = ({ projects, log }: GuardOptions): Guard => {
  /** Damaged projects that were logged, until they can be read again. */
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
    if (principal.kind === 'unrestricted') return principal
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
      if (found.project && found.project.visibility !== 'private') return { project, access: PUBLIC }
      const principal = c.get('principal')
      if (principal && decideAccess(principal, 'read', projectId, accessIn(found)) === 'allowed')
        return { project, access: PRIVATE }
      const untilMs = signedUntil()
      if (untilMs === undefined) throw c.get('refusal') ?? unknownProject(projectId)
      if (!found.project) throw unknownProject(projectId)
      return { project, access: { isPrivate: true, untilMs } }
    },
  }
}

interface Found {
  project: ProjectState | undefined
  /** Error of reading the project. */
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
