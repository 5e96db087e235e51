// Who may do what: pure rules, without a look at keys, passwords or files.

import { TintypeError } from '../errors.ts'
import { unknownProject } from '../not-found.ts'

/** What a key may do. `admin` all of it, `writer` change pictures and projects, `reader` look. */
export const ROLES = ['admin', 'writer', 'reader'] as const
export type Role = (typeof ROLES)[number]

/** Who asks. */
export type Principal =
  /** Nobody who said who they are. */
  | { kind: 'anonymous' }
  /** Everybody, where no access control is wanted: a laptop. */
  | { kind: 'anybody' }
  /** An API key; `projects` are the only ones that it is for, where it names some. */
  | { kind: 'key'; id: string; role: Role; projects?: readonly string[] }
  /** A person, by the id of an account here or by the subject of another issuer's token. */
  | { kind: 'user'; id: string }

export const VISIBILITIES = ['public', 'private'] as const
export type Visibility = (typeof VISIBILITIES)[number]

export const MEMBER_ROLES = ['viewer', 'editor'] as const
export type MemberRole = (typeof MEMBER_ROLES)[number]

/** What a project says about it. Projects that were made before there was any of this are public and nobody's. */
export interface ProjectAccess {
  /** Id of the user who made it; null for those that a key or anybody made. */
  owner_id: string | null
  visibility: Visibility
  /** By user id. */
  members: Readonly<Record<string, MemberRole>>
}

export const OPEN_ACCESS: ProjectAccess = { owner_id: null, visibility: 'public', members: {} }

/**
 * `read`: pictures and what is known of one project. `list`: to see it among others'. `write`: upload, delete, order,
 * choose the cover. `create`: an upload, which makes the project where the id is free. `manage`: who is let in, delete the project.
 */
export type Action = 'read' | 'list' | 'write' | 'create' | 'manage'

/** `hidden` is answered as if the project weren't there; `sign_in` asks to say who it is. */
export type Verdict = 'allowed' | 'hidden' | 'forbidden' | 'sign_in'

/**
 * @param access of the project, undefined where there is none. Who can't see a private one is answered the very same.
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
  // A key that is for all projects, or for this one, may know that it is there.
  if (power === POWERS.none && access?.visibility !== 'public') return 'hidden'
  // A stranger may look at a public project, but it isn't listed among one's own.
  if (action === 'read') return 'allowed'
  return action === 'list' ? 'hidden' : 'forbidden'
}

/** What one may do in a project, each with all of those before it. */
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

/** Ids of users can come from others, so that one may be the name of something that every object has. */
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
  // Where the id is free, or has to look so.
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

/** For what belongs to no project: the figures of the server. @throws TintypeError `unauthenticated`, `forbidden` */
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
