// Collections: projects of a list or with a tag, under a name, which share one atlas of their covers.

import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { slotTableSchema } from '../atlas/slots.ts'
import type { SlotTables } from '../atlas/tables.ts'
import {
  MEMBER_ROLES,
  type MemberRole,
  OPEN_ACCESS,
  type Principal,
  VISIBILITIES,
  type Visibility,
} from '../auth/access.ts'
import { PROJECT_ID } from '../names.ts'
import { unknownCollection } from '../not-found.ts'
import { userIdSchema } from '../project/model.ts'
import { requireCollectionAccess } from './access.ts'

/** Most projects of a collection: each of its revisions names them. */
export const MAX_COLLECTION_PROJECTS = 2000

export const collectionSchema = z.object({
  /** As a project id. */
  name: z.string().regex(PROJECT_ID),
  title: z.string().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  owner_id: userIdSchema.nullable(),
  visibility: z.enum(VISIBILITIES),
  members: z.record(userIdSchema, z.enum(MEMBER_ROLES)),
  /** In their order, each once. They need not exist. Empty with a query. */
  projects: z.array(z.string().regex(PROJECT_ID)),
  /** Selects projects in place of the list: those with the tag that the owner finds in lists. */
  query: z.object({ tag: z.string() }).optional(),
  /** Marks the tombstone of a deleted collection. */
  deleted: z.boolean(),
  /** Slot tables of its atlases, see slots.ts. Absent where none was requested. */
  atlas: z.record(z.string(), slotTableSchema).optional(),
  /** Tokens of the last writers, newest last. */
  commits: z.array(z.string()).optional(),
})

export type CollectionState = Omit<z.infer<typeof collectionSchema>, 'atlas'> & { atlas?: SlotTables | undefined }

/** What a request gives a collection: a list or a query. Other fields that are undefined stay as they are. */
export interface NewCollection {
  projects?: readonly string[] | undefined
  query?: CollectionState['query']
  /** Null removes the title. */
  title?: string | null | undefined
  visibility?: Visibility | undefined
  /** All members, by user id. */
  members?: Readonly<Record<string, MemberRole>> | undefined
}

interface Change {
  by: Principal
  now: string
  /** Visibility of a new collection whose request names none. */
  newVisibility: Visibility
}

/**
 * Creates a collection, or replaces its list of projects or its query. A user that creates it owns it. Slot tables follow at the next
 * request for an atlas. Returns the same object where nothing changes.
 *
 * @param before undefined where there never was one of this name
 * @throws TintypeError `collection_not_found`, `forbidden`, `unauthenticated`
 */
export const putCollection = (
  name: string,
  before: CollectionState | undefined,
  { projects = [], query, title, visibility, members }: NewCollection,
  { by, now, newVisibility }: Change,
): CollectionState => {
  const present = presentOf(before)
  requireCollectionAccess(by, 'create', name, present)
  if (present && (visibility !== undefined || members !== undefined))
    requireCollectionAccess(by, 'manage', name, present)
  const base: Omit<CollectionState, 'updated_at'> = present ?? {
    ...{ name, title: null, created_at: now, ...OPEN_ACCESS, visibility: newVisibility, deleted: false },
    projects: [],
    owner_id: by.kind === 'user' ? by.id : null,
  }
  const { query: _, ...rest } = base
  const given = {
    title: title === undefined ? base.title : title,
    visibility: visibility ?? base.visibility,
    members: { ...(members ?? base.members) },
    projects: [...new Set(projects)],
    ...(query ? { query } : {}),
  }
  if (present && isDeepStrictEqual({ ...rest, ...given }, present)) return present
  return { ...rest, ...given, updated_at: now }
}

/** The principal whose list of projects a query selects from: the owner, or without one, everybody's projects. */
export const selectingOwner = ({ owner_id: id }: Pick<CollectionState, 'owner_id'>): Principal =>
  id === null ? { kind: 'unrestricted' } : { kind: 'user', id }

/** True where two states of a collection select the same of any projects. */
export const selectsSame = (one: CollectionState, other: CollectionState): boolean =>
  one.owner_id === other.owner_id &&
  isDeepStrictEqual(one.query, other.query) &&
  isDeepStrictEqual(one.projects, other.projects)

/** The tombstone, which names neither owner nor projects. @throws TintypeError as {@link putCollection} */
export const deleteCollection = (
  name: string,
  before: CollectionState | undefined,
  { by, now }: Pick<Change, 'by' | 'now'>,
): CollectionState => {
  const present = presentOf(before)
  requireCollectionAccess(by, 'manage', name, present)
  if (!present) throw unknownCollection(name)
  const { created_at } = present
  return { ...{ name, title: null, created_at, updated_at: now }, ...OPEN_ACCESS, projects: [], deleted: true }
}

/** The state of a collection that exists and that the principal may read. @throws TintypeError `collection_not_found` */
export const readableCollection = (
  name: string,
  state: CollectionState | undefined,
  by: Principal,
): CollectionState => {
  const present = presentOf(state)
  requireCollectionAccess(by, 'read', name, present)
  if (!present) throw unknownCollection(name)
  return present
}

/** Undefined for a tombstone. */
export const presentOf = (state: CollectionState | undefined): CollectionState | undefined =>
  state?.deleted ? undefined : state
