// Sorts and searches projects: the key of each order, the text of its cursors, and what a search compares. Pure.

import { createHash } from 'node:crypto'
import type { Principal } from './auth/access.ts'
import { isProjectId } from './names.ts'
import { folded } from './text.ts'

/** Orders of the list: `updated` and `created` newest first, `title` from A to Z; equal ones by id. */
export const PROJECT_SORTS = ['id', 'updated', 'created', 'title'] as const

export type ProjectSort = (typeof PROJECT_SORTS)[number]

/** What lists are made from. */
export interface ListedProject {
  readonly id: string
  /** Undefined where the project has none: its id counts then. */
  readonly title: string | undefined
  readonly createdMs: number
  readonly updatedMs: number
}

export interface ProjectFilter {
  q?: string | undefined
  tags?: readonly string[] | undefined
  readableBy?: Principal | undefined
}

/** True for a list that all projects are searched for. */
export const isFiltered = ({ q, tags = [], readableBy }: ProjectFilter): boolean =>
  q !== undefined || tags.length > 0 || readableBy !== undefined

/** A place in an order. */
export interface Position {
  /** Milliseconds since 1970, or a folded title; empty where the id alone decides. */
  key: number | string
  id: string
}

/** Characters of a title that decide on its place, which bounds the cursor. */
const MAX_KEY = 40

const KEYS: Record<ProjectSort, (project: ListedProject) => number | string> = {
  id: () => '',
  updated: ({ updatedMs }) => updatedMs,
  created: ({ createdMs }) => createdMs,
  title: ({ id, title }) => titleKey(title ?? id),
}

export const positionOf = (sort: ProjectSort, project: ListedProject): Position => ({
  key: KEYS[sort](project),
  id: project.id,
})

/** Compares positions of one order for `Array.sort`: later times first, texts by code units. */
export const comparePositions = (one: Position, other: Position): number => {
  if (one.key !== other.key) return one.key < other.key === (typeof one.key === 'string') ? -1 : 1
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0
}

/** A function that tells whether id or title contain a text, in any case and without accents. */
export const matcherOf = (q: string): ((project: Pick<ListedProject, 'id' | 'title'>) => boolean) => {
  const wanted = plain(q)
  return ({ id, title }) => plain(id).includes(wanted) || (title !== undefined && plain(title).includes(wanted))
}

/**
 * Identifies a tag in 48 bits of its hash: an index of many projects has room for no more. Which projects a list shows is
 * decided by their tags.
 */
export const tagKey = (tag: string): number => createHash('sha256').update(tag).digest().readUIntBE(0, 6)

/** Longest text of {@link formatPosition}, in bytes: four a character of the key. */
export const MAX_POSITION_BYTES = 'updated'.length + 1 + 4 * MAX_KEY + 1 + 64

/** The text that a cursor of an order seals: of the order by id, the id alone. */
export const formatPosition = (sort: ProjectSort, { key, id }: Position): string =>
  sort === 'id' ? id : `${sort}\0${key}\0${id}`

/** Undefined for the position of another order, and for any other text. */
export const parsePosition = (sort: ProjectSort, text: string): Position | undefined => {
  if (sort === 'id') return isProjectId(text) ? { key: '', id: text } : undefined
  const end = text.lastIndexOf('\0')
  const [start, id] = [`${sort}\0`, text.slice(end + 1)]
  if (!text.startsWith(start) || end < start.length || !isProjectId(id)) return undefined
  const key = text.slice(start.length, end)
  return { key: sort === 'title' ? key : Number(key), id }
}

const ASCII = /^[ -~]*$/

/** Text without case and accents. Not by `Intl.Collator`, whose order changes with the version of Node. */
const plain = (text: string): string =>
  ASCII.test(text) ? text.toLowerCase() : folded(text.normalize('NFKD').replaceAll(/\p{M}/gu, ''))

/** A halved pair of code units has no form in UTF-8, in which cursors are sealed. */
const titleKey = (title: string): string => {
  const key = plain(title)
  if (ASCII.test(key)) return key.slice(0, MAX_KEY)
  return [...key]
    .slice(0, MAX_KEY)
    .join('')
    .replaceAll(/\p{Surrogate}/gu, '\ufffd')
}
