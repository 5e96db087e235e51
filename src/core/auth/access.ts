// Authorization: pure rules on principals and projects, without I/O.

import { TintypeError } from '../errors.ts'
import { unknownProject } from '../not-found.ts'

/** Roles of API keys: `admin` may do all, `writer` change images and projects, `reader` read. */
export const ROLES = ['admin', 'writer', 'reader'] as const
export type Role = (typeof ROLES)[number]

/** The principal of a request, after authentication. */
export type Principal =
  /** A request without credentials. */
  | { kind: 'anonymous' }
  /** Any request of a server without access control, as on a laptop. */
  | { kind: 'anybody' }
  /** An API key; `projects` are the only ones that it is valid for, where present. */
  | { kind: 'key'; id: string; role: Role; projects?: readonly string[] }
  /** A person, by the id of an account here or by the subject of another issuer's token. */
  | { kind: 'user'; id: string }

export const VISIBILITIES = ['public', 'private'] as const
export type Visibility = (typeof VISIBILITIES)[number]

export const MEMBER_ROLES = ['viewer', 'editor'] as const
export type MemberRole = (typeof MEMBER_ROLES)[number]

/** Access fields of a project. Projects of older versions are public and have no owner. */
export interface ProjectAccess {
  /** Id of the user who created it; null where an API key or an anonymous request did. */
  owner_id: string | null
  visibility: Visibility
  /** By user id. */
  members: Readonly<Record<string, MemberRole>>
}

export const OPEN_ACCESS: ProjectAccess = { owner_id: null, visibility: 'public', members: {} }

/**
 * `read`: images and state of one project. `list`: to find it in lists. `write`: upload, delete, order,
 * choose the cover. `create`: an upload, which makes the project where the id is free. `manage`: change members and visibility, delete the project.
 */
export type Action = 'read' | 'list' | 'write' | 'create' | 'manage'

/** `hidden` is answered as if the project weren't there; `sign_in` asks to say who it is. */
export type Verdict = 'allowed' | 'hidden' | 'forbidden' | 'sign_in'

/**
 * @param access of the project, undefined where there is none. Principals without access to a private project get the
 *   same answer.
 */
export const decideAccess = (
  principal: Principal,
  action: Action,
  projectId: string,
  access: ProjectAccess | undefined,
): Verdict => {
  if (action === 'create') return decideUpload(principal, projectId, access)
  if (principal.kind === 'anonymous') return decideAnonymous(action, access)
  const power = powerOf(principal, projectId, access)
  if (power >= NEEDED[action]) return 'allowed'
  // Only keys valid for this project may learn that it exists.
  if (power === POWERS.none && access?.visibility !== 'public') return 'hidden'
  // Public projects are readable for all users, but only listed for members.
  if (action === 'read') return 'allowed'
  return action === 'list' ? 'hidden' : 'forbidden'
}

/** Powers in a project, each with all before it. */
const POWERS = { none: 0, look: 1, change: 2, rule: 3 } as const
type Power = (typeof POWERS)[keyof typeof POWERS]

const NEEDED = { read: POWERS.look, list: POWERS.look, write: POWERS.change, manage: POWERS.rule } as const
const OF_ROLE = { reader: POWERS.look, writer: POWERS.change, admin: POWERS.rule } as const
const OF_MEMBER = { viewer: POWERS.look, editor: POWERS.change } as const

const powerOf = (
  principal: Exclude<Principal, { kind: 'anonymous' }>,
  projectId: string,
  access: ProjectAccess | undefined,
): Power => {
  switch (principal.kind) {
    case 'anybody':
      return POWERS.rule
    case 'key':
      return isFor(principal, projectId) ? OF_ROLE[principal.role] : POWERS.none
    case 'user': {
      if (access === undefined) return POWERS.none
      if (access.owner_id === principal.id) return POWERS.rule
      const role = memberRole(access, principal.id)
      return role ? OF_MEMBER[role] : POWERS.none
    }
  }
}

/** Ids of users can come from other issuers, and be the name of a property that every object has. */
const memberRole = ({ members }: ProjectAccess, id: string): MemberRole | undefined =>
  Object.hasOwn(members, id) ? members[id] : undefined

const isFor = ({ projects }: { projects?: readonly string[] }, projectId: string): boolean =>
  projects === undefined || projects.includes(projectId)

const decideAnonymous = (action: Action, access: ProjectAccess | undefined): Verdict => {
  if (action !== 'read' && action !== 'list') return 'sign_in'
  return access?.visibility === 'public' ? 'allowed' : 'hidden'
}

const decideUpload = (principal: Principal, projectId: string, access: ProjectAccess | undefined): Verdict => {
  const verdict = access && decideAccess(principal, 'write', projectId, access)
  // The id is free, or must appear so.
  const creation = decideCreation(principal, projectId)
  return verdict === undefined || (verdict === 'hidden' && creation !== 'allowed') ? creation : verdict
}

const decideCreation = (principal: Principal, projectId: string): Verdict => {
  if (principal.kind === 'anonymous') return 'sign_in'
  if (principal.kind !== 'key') return 'allowed'
  return isFor(principal, projectId) && principal.role !== 'reader' ? 'allowed' : 'forbidden'
}

/** @throws TintypeError `project_not_found`, `forbidden`, `unauthenticated` where the verdict isn't `allowed` */
export const requireAccess = (
  principal: Principal,
  action: Action,
  projectId: string,
  access: ProjectAccess | undefined,
): void => {
  switch (decideAccess(principal, action, projectId, access)) {
    case 'allowed':
      return
    case 'hidden':
      throw unknownProject(projectId)
    case 'forbidden':
      throw new TintypeError('forbidden', `Expected somebody who ${MAY[action]} "${projectId}".`)
    case 'sign_in':
      throw unauthenticated()
  }
}

/** For what belongs to no project, such as metrics. @throws TintypeError `unauthenticated`, `forbidden` */
export const requireAdmin = (principal: Principal): void => {
  if (principal.kind === 'anonymous') throw unauthenticated()
  if (principal.kind === 'anybody') return
  if (principal.kind === 'key' && principal.role === 'admin' && principal.projects === undefined) return
  throw new TintypeError('forbidden', 'Expected an API key of the role admin that is for all projects.')
}

export const unauthenticated = (message = NOBODY, cause?: unknown): TintypeError =>
  new TintypeError('unauthenticated', message, { cause })

const NOBODY = 'Expected an API key (X-API-Key, or Authorization: Bearer) or a signed-in user, the request has neither.'

const MAY = {
  read: 'may look at project',
  list: 'may look at project',
  write: 'may change project',
  create: 'may upload to project',
  manage: 'may manage project',
} as const satisfies Record<Action, string>
