// Rows of the catalogue: entries as they are kept in memory, 100 bytes each without their texts.

import { OPEN_ACCESS, type ProjectAccess } from '../../core/auth/access.ts'
import { createBoundedMap } from '../../core/bounded-map.ts'
import type { ListedProject } from '../../core/project-query.ts'

export interface Entry extends ListedProject {
  /** See `stampOf` in reader.ts. */
  readonly stamp: number
  /** Undefined for a deleted project, and for a folder without one. */
  readonly access: ProjectAccess | undefined
  /** Its tags by `tagKey`. */
  readonly tags: readonly number[]
}

/**
 * Never changed: a new one takes its place. Times are seconds since {@link EPOCH_SECONDS}: whole numbers of 32 bits, the
 * years 1956 to 2092, beyond which all are equal.
 */
export interface Row {
  readonly id: string
  readonly title: string | undefined
  readonly stamp: number
  readonly owner: string | null
  /** Undefined without access. */
  readonly rule: Rule | undefined
  /** Shared by rows with equal ones. */
  readonly tags: readonly number[]
  readonly createdSeconds: number
  readonly updatedSeconds: number
  /** Milliseconds of both times: those of the first one a thousandfold. */
  readonly millis: number
}

/** Shared by rows with equal ones. */
type Rule = Readonly<Pick<ProjectAccess, 'visibility' | 'members'>>

const PUBLIC: Rule = { visibility: 'public', members: OPEN_ACCESS.members }
const PRIVATE: Rule = { visibility: 'private', members: OPEN_ACCESS.members }
const EPOCH_SECONDS = Date.UTC(2024, 0) / 1000
/** Rules with members, and lists of tags, that are shared. */
const SHARED = 1000
const NO_TAGS: readonly number[] = []

/** A function that packs entries, with rules and lists of tags of its own to share. */
export const createPacking = (): ((entry: Entry) => Row) => {
  const rules = createBoundedMap<Rule>(SHARED)
  const lists = createBoundedMap<readonly number[]>(SHARED)

  const ruleOf = ({ visibility, members }: ProjectAccess): Rule => {
    if (Object.keys(members).length === 0) return visibility === 'public' ? PUBLIC : PRIVATE
    const text = JSON.stringify([visibility, members])
    const rule = rules.get(text) ?? { visibility, members }
    rules.set(text, rule)
    return rule
  }

  const tagsOf = (tags: readonly number[]): readonly number[] => {
    if (tags.length === 0) return NO_TAGS
    const text = tags.join()
    const list = lists.get(text) ?? tags
    lists.set(text, list)
    return list
  }

  return ({ id, title, stamp, access, tags, createdMs, updatedMs }) => {
    const [created, updated] = [split(createdMs), split(updatedMs)]
    return {
      id,
      title,
      stamp,
      owner: access?.owner_id ?? null,
      rule: access && ruleOf(access),
      tags: tagsOf(tags),
      createdSeconds: created.seconds,
      updatedSeconds: updated.seconds,
      millis: (created.millis * 1000 + updated.millis) | 0,
    }
  }
}

export const unpack = (row: Row): Entry => {
  const createdMillis = Math.floor(row.millis / 1000)
  return {
    id: row.id,
    title: row.title,
    createdMs: (EPOCH_SECONDS + row.createdSeconds) * 1000 + createdMillis,
    updatedMs: (EPOCH_SECONDS + row.updatedSeconds) * 1000 + row.millis - createdMillis * 1000,
    stamp: row.stamp,
    access: row.rule && { owner_id: row.owner, visibility: row.rule.visibility, members: row.rule.members },
    tags: row.tags,
  }
}

const split = (ms: number): { seconds: number; millis: number } => {
  const seconds = Math.floor(ms / 1000)
  // The operator makes V8 store small integers: other numbers take 16 bytes more each.
  return { seconds: within(seconds - EPOCH_SECONDS) | 0, millis: (ms - seconds * 1000) | 0 }
}

const within = (seconds: number): number => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, seconds))
