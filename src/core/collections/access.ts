// Authorization of collections, by the rules of projects. Share links and keys for single projects grant no right in them.

import {
  type Action,
  decideAccess,
  type Principal,
  type ProjectAccess,
  unauthenticated,
  type Verdict,
  withoutLinks,
} from '../auth/access.ts'
import { TintypeError } from '../errors.ts'
import { unknownCollection } from '../not-found.ts'

type CollectionAction = Exclude<Action, 'upload'>

type Access = Pick<ProjectAccess, 'owner_id' | 'visibility' | 'members'>

/** @param access undefined where there is no collection */
export const decideCollection = (
  principal: Principal,
  action: CollectionAction,
  name: string,
  access: Access | undefined,
): Verdict => decideAccess(withoutLinks(principal), action, idOf(name), access && accessOf(access))

/** @throws TintypeError `collection_not_found`, `forbidden`, `unauthenticated` where the verdict isn't `allowed` */
export const requireCollectionAccess = (
  principal: Principal,
  action: CollectionAction,
  name: string,
  access: Access | undefined,
): void => {
  const verdict = decideCollection(principal, action, name, access)
  if (verdict === 'hidden') throw unknownCollection(name)
  if (verdict === 'forbidden')
    throw new TintypeError('forbidden', `Expected a key or user that ${MAY[action]} collection "${name}".`)
  if (verdict === 'sign_in') throw unauthenticated()
}

/** No id of a project, so that a key for a project of this name has no right in the collection. */
const idOf = (name: string): string => `collection ${name}`

/** Without the creation, which share links are bound to. */
const accessOf = ({ owner_id, visibility, members }: Access): ProjectAccess => ({ owner_id, visibility, members })

const MAY = {
  read: 'may read',
  list: 'may read',
  write: 'may change',
  create: 'may change',
  manage: 'may manage',
} as const satisfies Record<CollectionAction, string>
