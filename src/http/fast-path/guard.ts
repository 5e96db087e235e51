// Authorizes requests of the fast path without a wait, by the functions of the app's guard, on the state that is shown.

import {
  isPublic,
  linksOf,
  mayRead,
  mayReadByLink,
  mayReadBySignature,
  type Principal,
  withoutLinks,
} from '../../core/auth/access.ts'
import { pictureGrant, type WantedPicture } from '../../core/auth/links.ts'
import type { ProjectState, ReadableState } from '../../core/project/state.ts'
import type { Store } from '../../stores/store.ts'
import { type IdentifyNow, type PictureAccess, PRIVATE, PUBLIC } from '../access.ts'
import type { FastView } from './types.ts'

export interface FastGuardOptions {
  store: Pick<Store, 'current' | 'recent'>
  identifyNow: IdentifyNow
}

/** Every call returns undefined where the app has to answer: the request is refused, or memory does not tell. */
export interface FastGuard {
  principalOf(request: FastView): Principal | undefined
  /**
   * Authorizes reading a picture. Public projects need no credentials, and ignore invalid ones.
   *
   * @param wanted see {@link PictureRequest}; one with an image id never changes
   * @param signedUntil end of the request's signature, in milliseconds since 1970; undefined without a valid one
   */
  picture(
    request: FastView,
    projectId: string,
    wanted: WantedPicture,
    signedUntil: () => number | undefined,
  ): Authorized | undefined
  /** Authorizes reading a list. */
  list(request: FastView, projectId: string): Authorized | undefined
}

/** The newest state of a project, which the request may read. */
export interface Authorized {
  project: ReadableState
  access: PictureAccess
}

export const createFastGuard = ({ store, identifyNow }: FastGuardOptions): FastGuard => {
  const principalOf: FastGuard['principalOf'] = (request) => {
    request.identity ??= identifyNow(request) ?? 'unknown'
    return request.identity === 'unknown' ? undefined : request.identity.principal
  }

  const recent = ({ share, proved }: FastView, projectId: string): ProjectState | undefined =>
    proved ?? store.recent(projectId, share)

  /** The newest state, or a recent one that the request then waits to be proved. */
  const newest = (request: FastView, projectId: string): ProjectState | undefined => {
    const known = request.proved ?? store.current(projectId, request.share)
    if (!known) request.unproved = recent(request, projectId)
    return known ?? request.unproved
  }

  return {
    principalOf,

    picture(request, projectId, wanted, signedUntil) {
      const project = wanted.imageId === undefined ? newest(request, projectId) : recent(request, projectId)
      if (!project) return undefined
      if (isPublic(project)) return { project, access: PUBLIC }
      const principal = principalOf(request)
      // Not by its signature alone: with valid credentials, the response is cached in another way.
      if (!principal) return undefined
      if (mayRead(project, withoutLinks(principal))) return { project, access: PRIVATE }
      const grant = pictureGrant(linksOf(principal), project, () => wanted)
      if (grant && grant !== 'no_download' && mayReadByLink(project, grant))
        return { project, access: { isPrivate: true, untilMs: grant.expiresMs } }
      const untilMs = signedUntil()
      if (untilMs === undefined || Date.now() >= untilMs || !mayReadBySignature(project, untilMs)) return undefined
      return { project, access: { isPrivate: true, untilMs } }
    },

    list(request, projectId) {
      const project = newest(request, projectId)
      if (!project) return undefined
      // Lists, unlike public pictures, are refused with invalid credentials. An invalid cookie counts as none.
      if (isPublic(project) && (!request.hasCredentials || principalOf(request))) return { project, access: PUBLIC }
      const principal = principalOf(request)
      return principal && mayRead(project, principal) ? { project, access: PRIVATE } : undefined
    },
  }
}
