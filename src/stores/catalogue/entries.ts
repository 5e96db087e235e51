// Entries of the catalogue, in memory: sorted by id, with the list of each kind of principal. No I/O.

import { LRUCache } from 'lru-cache'
import { decideAccess, OPEN_ACCESS, type Principal, type ProjectAccess } from '../../core/auth/access.ts'

export interface Entry {
  readonly id: string
  /** See `stampOf` in file-catalogue.ts. */
  stamp: number
  /** Undefined for a deleted project, and for a folder without one. */
  access: ProjectAccess | undefined
}

export interface Entries {
  set(id: string, stamp: number, access: ProjectAccess | undefined): void
  delete(id: string): void
  get(id: string): Entry | undefined
  /** All entries in order, those without access too. Not to be changed. */
  all(): readonly Entry[]
  /** Ids behind `after` that a principal may list. */
  list(by: Principal, page: { after?: string; limit: number }): string[]
}

/** Users whose lists stay in memory; others are found by a search through all entries, 10 ms for 100,000. */
const LISTS_OF_USERS = { max: 200, maxSize: 500_000 }
/** Access rules that are shared by equal entries. */
const SHARED_RULES = 1000

export const createEntries = (): Entries => {
  const entries: Entry[] = []
  const rules = new LRUCache<string, ProjectAccess>({ max: SHARED_RULES })
  const ofUsers = new LRUCache<string, List>({ ...LISTS_OF_USERS, sizeCalculation: ({ found }) => found.length + 1 })
  const ofKinds = new Map<string, List>()

  const newList = (by: Principal): List => ({ by, found: entries.filter((entry) => isIn(entry, by)) })

  const listOf = (by: Principal): List => {
    const [lists, key] =
      by.kind === 'user' ? [ofUsers, by.id] : [ofKinds, by.kind === 'anonymous' ? 'anonymous' : 'all']
    const known = lists.get(key)
    if (known) return known
    const list = newList(by)
    lists.set(key, list)
    return list
  }

  /** Updates the lists in memory. Those of users keep the size that they were counted with. */
  const relist = (entry: Entry, before: Entry): void => {
    for (const list of [...ofKinds.values(), ...ofUsers.values()]) {
      const [was, is] = [isIn(before, list.by), isIn(entry, list.by)]
      if (was && !is) list.found.splice(indexBehind(list.found, entry.id, true), 1)
      if (!was && is) insert(list.found, entry)
    }
  }

  const shared = ({ owner_id, visibility, members }: ProjectAccess): ProjectAccess => {
    const hasMembers = Object.keys(members).length > 0
    if (owner_id === null && visibility === 'public' && !hasMembers) return OPEN_ACCESS
    const text = hasMembers ? JSON.stringify([visibility, owner_id, members]) : `${visibility} ${owner_id ?? ''}`
    const known = rules.get(text)
    if (known) return known
    const access = { owner_id, visibility, members: hasMembers ? members : OPEN_ACCESS.members }
    rules.set(text, access)
    return access
  }

  const find = (id: string): Entry | undefined => {
    // Most often, entries come in their order.
    if (id > (entries.at(-1)?.id ?? '')) return undefined
    const entry = entries[indexBehind(entries, id, true)]
    return entry?.id === id ? entry : undefined
  }

  return {
    get: find,

    all: () => entries,

    set(id, stamp, access) {
      const known = find(id)
      const entry = known ?? { id, stamp, access: undefined }
      if (!known) insert(entries, entry)
      const before = { ...entry }
      entry.stamp = stamp
      entry.access = access && shared(access)
      if (before.access !== entry.access) relist(entry, before)
    },

    delete(id) {
      const entry = find(id)
      if (!entry) return
      relist({ ...entry, access: undefined }, entry)
      entries.splice(indexBehind(entries, id, true), 1)
    },

    list(by, { after, limit }) {
      const { found } = listOf(by)
      const start = after === undefined ? 0 : indexBehind(found, after)
      return found.slice(start, start + limit).map(({ id }) => id)
    },
  }
}

interface List {
  by: Principal
  /** Sorted by id. */
  found: Entry[]
}

const isIn = ({ id, access }: Entry, by: Principal): boolean =>
  access !== undefined && (by.kind === 'key' || decideAccess(by, 'list', id, access) === 'allowed')

/** Index of the first entry behind an id, or with `atId` of the entry itself where there is one. */
const indexBehind = (sorted: readonly Entry[], id: string, atId = false): number => {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = sorted[middle]?.id ?? ''
    if (other < id || (other === id && !atId)) low = middle + 1
    else high = middle
  }
  return low
}

const insert = (sorted: Entry[], entry: Entry): void => {
  const last = sorted.at(-1)
  if (!last || last.id < entry.id) sorted.push(entry)
  else sorted.splice(indexBehind(sorted, entry.id), 0, entry)
}
