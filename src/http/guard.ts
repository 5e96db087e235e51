// Authorizes routes below /projects, and answers them from the state that was authorized.
//
// A project can change between the guard's decision and a later read. So a route gets its state from the guard alone, as
// the argument of a function that answers the request; services and views take nothing else (see `Readable`). Where a read
// shows that the state was overtaken and the answer may not rest on it, the guard judges the newest one and answers again.

import {
  type Action,
  accessOf,
  decideAccess,
  isPublic,
  linksOf,
  mayReadByLink,
  mayReadBySignature,
  type Principal,
  type ProjectAccess,
  requireAccess,
  requireReadable,
  withoutLinks,
} from '../core/auth/access.ts'
import { noDownload, pictureGrant, type WantedPicture } from '../core/auth/links.ts'
import { createBoundedMap } from '../core/bounded-map.ts'
import { type ErrorCode, isDamage, TintypeError } from '../core/errors.ts'
import { unknownProject } from '../core/not-found.ts'
import type { ProjectState, ReadableState } from '../core/project/state.ts'
import type { Store } from '../stores/store.ts'
import type { Logger } from '../telemetry/logger.ts'
import { type PictureAccess, PRIVATE, PUBLIC, principalOf } from './access.ts'
import type { Context } from './context.ts'

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
  /**
   * Authorizes an upload without the project: the principal must have the right to create projects, or for `upload` a
   * share link that allows it.
   */
  requireUploader(c: Context, action: 'create' | 'upload', projectId: string): void
  /**
   * Authorizes reading a project or its list, and answers.
   *
   * @throws TintypeError `unauthenticated`, `forbidden`, `project_not_found`, `project_damaged`; errors of `answer`
   */
  read(c: Context, projectId: string, answer: AnswerFrom<AuthorizedProject & { by: Principal }>): Promise<Response>
  /**
   * Authorizes reading a picture, and answers. Public projects need no credentials, and ignore invalid ones.
   *
   * @throws TintypeError `project_not_found`, `unauthenticated`, errors of `signedUntil`: equal for private and absent
   *   projects; `forbidden` for holders of a link without downloads; errors of `answer`
   */
  picture(
    c: Context,
    projectId: string,
    request: PictureRequest,
    answer: AnswerFrom<AuthorizedPicture>,
  ): Promise<Response>
}

export interface PictureRequest {
  /** True for a picture that never changes: a state of {@link Store.recent} is enough to allow it. @default false */
  isFixed?: boolean
  /**
   * End of the request's signature, in milliseconds since 1970; undefined without a signature. Called only for private and
   * absent projects. Throws where the signature is not valid.
   */
  signedUntil(): number | undefined
  /** Called only for holders of a share link of the project. Throws where the request is not valid. */
  wanted(): WantedPicture
}

/**
 * Answers a request from the state that was authorized. Called again with a newer one where it returns undefined, as a
 * part of the state is gone, or throws an error about the content of the project that a newer state may not confirm.
 */
export type AnswerFrom<Authorized> = (authorized: Authorized) => Promise<Response | undefined>

export interface AuthorizedProject {
  /** The state that was authorized. @throws TintypeError `project_not_found`, `project_damaged`, also for admins */
  project(): ReadableState
}

export interface AuthorizedPicture extends AuthorizedProject {
  access: PictureAccess
}

/** Errors that tell of the content of a project, or of access to it. */
const ABOUT_PROJECT: ReadonlySet<ErrorCode> = new Set([
  'unauthenticated',
  'forbidden',
  'project_not_found',
  'project_damaged',
  'image_not_found',
  'asset_not_found',
  'no_primary_image',
])

/** Access to a damaged project, whose owner and visibility are unknown: admins and open servers get the error itself. */
const UNREADABLE: ProjectAccess = { owner_id: null, visibility: 'private', members: {} }

/** Limit of the projects that are remembered as logged. */
const MAX_LOGGED = 1000

export interface GuardOptions {
  store: Pick<Store, 'current' | 'recent' | 'project'>
  log: Logger
}

export const createGuard = ({ store, log }: GuardOptions): Guard => {
  /** Damaged projects that were logged, until they can be read again. */
  const logged = createBoundedMap<true>(MAX_LOGGED)

  /** Finds a project in memory, without a wait. Undefined says nothing. */
  const findNow = (projectId: string): Found | undefined => {
    const project = store.current(projectId)
    if (project && logged.size > 0) logged.delete(projectId)
    return project && { project }
  }

  const find = async (projectId: string): Promise<Found> => {
    const known = findNow(projectId)
    if (known) return known
    try {
      const project = await store.project(projectId)
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

  const isOvertaken = async (projectId: string, { project }: Found): Promise<boolean> =>
    (await find(projectId)).project?.revision !== project?.revision

  /** Every further round follows another commit. */
  const answerFrom = async <Authorized>(
    projectId: string,
    authorize: (found: Found) => Authorized,
    answer: AnswerFrom<Authorized>,
    known = findNow(projectId),
  ): Promise<Response> => {
    for (let next = known; ; next = undefined) {
      const found = next ?? (await find(projectId))
      const authorized = authorize(found)
      try {
        const response = await answer(authorized)
        if (response) return response
      } catch (error) {
        if (!isAboutProject(error) || !(await isOvertaken(projectId, found))) throw error
      }
    }
  }

  /** Answers from a recent state. Undefined where there is none, or it does not allow the answer: the newest one decides. */
  const answerRecent = async <Authorized>(
    projectId: string,
    authorize: (found: Found) => Authorized,
    answer: AnswerFrom<Authorized>,
  ): Promise<Response | undefined> => {
    const project = store.recent(projectId)
    try {
      return project && (await answer(authorize({ project })))
    } catch (error) {
      if (!isAboutProject(error)) throw error
      return undefined
    }
  }

  return {
    require,

    async requireStill(c, action, projectId) {
      await c.get('identifyAgain')?.()
      await require(c, action, projectId)
    },

    requireUploader(c, action, projectId) {
      const principal = principalOf(c)
      const mayUpload = linksOf(principal)?.some((link) => link.projectId === projectId && link.upload) ?? false
      if (action === 'create' || !mayUpload) requireAccess(principal, action, projectId, undefined)
    },

    async read(c, projectId, answer) {
      const by = principalOf(c)
      const authorize = (found: Found) => {
        requireAccess(by, 'read', projectId, accessIn(found))
        return { by, project: () => requireReadable(projectOf(found, projectId), by) }
      }
      return answerFrom(projectId, authorize, answer)
    },

    async picture(c, projectId, { signedUntil, wanted, isFixed = false }, answer) {
      const authorize = (found: Found): AuthorizedPicture => {
        const { project } = found
        if (project && isPublic(project)) return { project: () => project, access: PUBLIC }
        const { principal, refusal } = c.get('identity') ?? {}
        if (principal && decideAccess(withoutLinks(principal), 'read', projectId, accessIn(found)) === 'allowed')
          return { project: () => requireReadable(projectOf(found, projectId), principal), access: PRIVATE }
        const grant = project && principal && pictureGrant(linksOf(principal), project, wanted)
        if (project && grant && grant !== 'no_download' && mayReadByLink(project, grant))
          return { project: () => project, access: { isPrivate: true, untilMs: grant.expiresMs } }
        const untilMs = signedUntil()
        if (untilMs === undefined)
          throw refusal ?? (grant === 'no_download' ? noDownload(projectId) : unknownProject(projectId))
        if (!project || !mayReadBySignature(project, untilMs)) throw unknownProject(projectId)
        return { project: () => project, access: { isPrivate: true, untilMs } }
      }
      const known = findNow(projectId)
      const response = isFixed && !known ? await answerRecent(projectId, authorize, answer) : undefined
      return response ?? answerFrom(projectId, authorize, answer, known)
    },
  }
}

interface Found {
  project: ProjectState | undefined
  /** Error of reading the project. */
  damage?: unknown
}

const isAboutProject = (error: unknown): boolean => error instanceof TintypeError && ABOUT_PROJECT.has(error.code)

const accessIn = ({ project, damage }: Found): ProjectAccess | undefined => {
  if (project) return accessOf(project)
  return damage === undefined ? undefined : UNREADABLE
}

const projectOf = ({ project, damage }: Found, projectId: string): ProjectState => {
  if (project) return project
  throw damage ?? unknownProject(projectId)
}
