// Authorization: pure rules on principals and projects, without I/O.

import { TintypeError } from '../errors.ts'
import { unknownProject } from '../not-found.ts'
import { type LinkGrant, projectGrant } from './links.ts'

/** Roles of API keys: `admin` may do all, `writer` change images and projects, `reader` read. */
export const ROLES = ['admin', 'writer', 'reader'] as const
export type Role = (typeof ROLES)[number]

/** The principal of a request, after authentication. */
export type Principal =
  /** A request without credentials; `links` are the share links that it holds, here and of users. */
  | { kind: 'anonymous'; links?: readonly LinkGrant[] }
  /** Any request of a server without access control, as on a laptop. */
  | { kind: 'unrestricted' }
  /** An API key; `projects` are the only ones that it is valid for, where present. */
  | { kind: 'key'; id: string; role: Role; projects?: readonly string[] }
  /** A person, by the id of an account here or by the subject of another issuer's token. */
  | { kind: 'user'; id: string; links?: readonly LinkGrant[] }

export const VISIBILITIES = ['public', 'private'] as const
export type Visibility = (typeof VISIBILITIES)[number]

export const MEMBER_ROLES = ['viewer', 'editor'] as const
export type MemberRole = (typeof MEMBER_ROLES)[number]

/** Access fields of a project. Projects of older versions are public and have no owner. */
export interface ProjectAccess {
  /** Id of the user that created it; null where an API key or an anonymous request did. */
  owner_id: string | null
  visibility: Visibility
  /** Member roles by user id. */
  members: Readonly<Record<string, MemberRole>>
  /** Creation of the project, which its share links are bound to. */
  created_at?: string
}

export const OPEN_ACCESS: ProjectAccess = { owner_id: null, visibility: 'public', members: {} }

/** A project as it is stored; access fields are absent from those of older versions, see {@link OPEN_ACCESS}. */
export interface GuardedProject {
  project_id: string
  owner_id?: string | null
  visibility?: Visibility
  members?: Readonly<Record<string, MemberRole>>
  created_at?: string
}

/** The access rules of a project. */
export const accessOf = ({ owner_id, visibility, members, created_at }: GuardedProject): ProjectAccess => ({
  owner_id: owner_id ?? OPEN_ACCESS.owner_id,
  visibility: visibility ?? OPEN_ACCESS.visibility,
  members: members ?? OPEN_ACCESS.members,
  created_at,
})

declare const READABLE: unique symbol

/**
 * A state of a project that was judged readable for the principal of a request. Answers are made from nothing else:
 * services and views take this type instead of a project id, which a newer state could hide behind. Only the functions
 * below give it.
 */
export type Readable<State extends GuardedProject> = State & { readonly [READABLE]: true }

/** Judges one state. @param by undefined for the program's own work, without authorization */
export const mayRead = <State extends GuardedProject>(
  project: State,
  by: Principal | undefined,
): project is Readable<State> =>
  by === undefined || decideAccess(by, 'read', project.project_id, accessOf(project)) === 'allowed'

/** True for a project whose pictures are readable without credentials. */
export const isPublic = <State extends GuardedProject>(project: State): project is Readable<State> =>
  project.visibility !== 'private'

/** Judges a state by a signed URL. @param untilMs end of its valid signature; undefined without one */
export const mayReadBySignature = <State extends GuardedProject>(
  project: State,
  untilMs: number | undefined,
): project is Readable<State> => untilMs !== undefined || isPublic(project)

/** Judges a state by the share link that shows the picture of a request. @param grant undefined without one */
export const mayReadByLink = <State extends GuardedProject>(
  project: State,
  grant: LinkGrant | undefined,
): project is Readable<State> => grant !== undefined || isPublic(project)

/** @throws TintypeError `project_not_found` where the principal may not read this state, see {@link mayRead} */
export const requireReadable = <State extends GuardedProject>(
  project: State,
  by: Principal | undefined,
): Readable<State> => {
  if (!mayRead(project, by)) throw unknownProject(project.project_id)
  return project
}

/**
 * `read`: images and state of one project. `list`: its entry in lists. `write`: upload, delete, order, choose the
 * cover. `create`: a change that creates the project where the id is free; `upload`: such a change that adds a picture,
 * which share links may allow in a project that exists. `manage`: change members and visibility, delete the project.
 */
export type Action = 'read' | 'list' | 'write' | 'create' | 'upload' | 'manage'

/** Share links of a principal; undefined without any. */
export const linksOf = (principal: Principal): readonly LinkGrant[] | undefined =>
  principal.kind === 'anonymous' || principal.kind === 'user' ? principal.links : undefined

/** The principal without its share links. */
export const withoutLinks = (principal: Principal): Principal => withLinks(principal, undefined)

/** The principal with these share links, where it can have any. */
export const withLinks = (principal: Principal, links: readonly LinkGrant[] | undefined): Principal =>
  linksOf(principal) !== links && (principal.kind === 'anonymous' || principal.kind === 'user')
    ? { ...principal, links }
    : principal

/** Decision on an action. `hidden`: answered as an absent project; `sign_in`: authentication is needed. */
export type Verdict = 'allowed' | 'hidden' | 'forbidden' | 'sign_in'

/**
 * Decides whether a principal may do an action in a project.
 *
 * @param access undefined where there is no project; a private project without access gets an equal verdict
 */
export const decideAccess = (
  principal: Principal,
  action: Action,
  projectId: string,
  access: ProjectAccess | undefined,
): Verdict => {
  const links = linksOf(principal)
  const grant = links && access && projectGrant(links, { project_id: projectId, created_at: access.created_at })
  if (grant && (action === 'read' || (action === 'upload' && grant.upload))) return 'allowed'
  if (action === 'create' || action === 'upload') return decideUpload(principal, projectId, access)
  if (principal.kind === 'anonymous') return decideAnonymous(action, access)
  const level = levelOf(principal, projectId, access)
  if (level >= REQUIRED_LEVELS[action]) return 'allowed'
  // Only keys valid for this project may learn that it exists.
  if (level === LEVELS.none && access?.visibility !== 'public') return 'hidden'
  // Public projects are readable for all users, but only listed for members.
  if (action === 'read') return 'allowed'
  return action === 'list' ? 'hidden' : 'forbidden'
}

/** Permission levels in a project, each including the lower ones. */
const LEVELS = { none: 0, read: 1, write: 2, manage: 3 } as const
type Level = (typeof LEVELS)[keyof typeof LEVELS]

const REQUIRED_LEVELS = { read: LEVELS.read, list: LEVELS.read, write: LEVELS.write, manage: LEVELS.manage } as const
const ROLE_LEVELS = { reader: LEVELS.read, writer: LEVELS.write, admin: LEVELS.manage } as const
const MEMBER_LEVELS = { viewer: LEVELS.read, editor: LEVELS.write } as const

const levelOf = (
  principal: Exclude<Principal, { kind: 'anonymous' }>,
  projectId: string,
  access: ProjectAccess | undefined,
): Level => {
  switch (principal.kind) {
    case 'unrestricted':
      return LEVELS.manage
    case 'key':
      return isFor(principal, projectId) ? ROLE_LEVELS[principal.role] : LEVELS.none
    case 'user': {
      if (access === undefined) return LEVELS.none
      if (access.owner_id === principal.id) return LEVELS.manage
      const role = memberRole(access, principal.id)
      return role ? MEMBER_LEVELS[role] : LEVELS.none
    }
  }
}

/** Reads own properties alone: ids of other issuers can be `toString` or `constructor`. */
const memberRole = ({ members }: ProjectAccess, id: string): MemberRole | undefined =>
  Object.hasOwn(members, id) ? members[id] : undefined

const isFor = ({ projects }: { projects?: readonly string[] }, projectId: string): boolean =>
  projects === undefined || projects.includes(projectId)

const decideAnonymous = (action: Action, access: ProjectAccess | undefined): Verdict => {
  if (action !== 'read' && action !== 'list') return 'sign_in'
  return access?.visibility === 'public' ? 'allowed' : 'hidden'
}

const decideUpload = (principal: Principal, projectId: string, access: ProjectAccess | undefined): Verdict => {
  const creation = decideCreation(principal, projectId)
  // Without this right no principal has that to change it: one refusal, whether the id is free or not.
  if (creation !== 'allowed' || access === undefined) return creation
  return decideAccess(principal, 'write', projectId, access)
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
  const verdict = decideAccess(principal, action, projectId, access)
  if (verdict === 'hidden') throw unknownProject(projectId)
  if (verdict === 'forbidden')
    throw new TintypeError('forbidden', `Expected a key or user that ${MAY[action]} "${projectId}".`)
  if (verdict === 'sign_in') throw unauthenticated()
}

/** True for a principal that may do all: a key of the role admin for all projects, and every one of an open server. */
export const isAdmin = (principal: Principal): boolean =>
  principal.kind === 'unrestricted' ||
  (principal.kind === 'key' && principal.role === 'admin' && principal.projects === undefined)

/** Authorizes access outside of projects, as to metrics. @throws TintypeError `unauthenticated`, `forbidden` */
export const requireAdmin = (principal: Principal): void => {
  if (isAdmin(principal)) return
  if (principal.kind === 'anonymous') throw unauthenticated()
  throw new TintypeError('forbidden', 'Expected an API key of the role admin that is for all projects.')
}

export const unauthenticated = (message = NO_CREDENTIALS, cause?: unknown): TintypeError =>
  new TintypeError('unauthenticated', message, { cause })

const NO_CREDENTIALS =
  'Expected an API key (X-API-Key, or Authorization: Bearer) or a signed-in user, the request has neither.'

const MAY = {
  read: 'may read project',
  list: 'may read project',
  write: 'may change project',
  create: 'may upload to project',
  upload: 'may upload to project',
  manage: 'may manage project',
} as const satisfies Record<Action, string>
