// Filters and sorts the images of a project, and the cursors of sorted lists. Pure.

import { z } from 'zod'
import { IMAGE_ID } from '../names.ts'
import { folded } from '../text.ts'
import type { ImageRecord } from './model.ts'

/** Orders of a list. A minus reverses one; images without the value come last in both. */
export const IMAGE_SORTS = ['order', 'uploaded', '-uploaded', 'taken', '-taken', 'name', '-name'] as const

export type ImageSort = (typeof IMAGE_SORTS)[number]

export interface ImageFilter {
  /** Tags that an image must have, all of them. @default any */
  tags?: readonly string[]
  /** Text that name, title, alternative text or a tag contains, in any case. @default any */
  q?: string
}

export interface ImageQuery extends ImageFilter {
  /** @default 'order': as the project has them */
  sort?: ImageSort
}

export const matchesAll = ({ tags = [], q = '' }: ImageFilter): boolean => tags.length === 0 && q === ''

/** A function that tells whether an image matches. */
export const matcherOf = ({ tags = [], q = '' }: ImageFilter): ((image: ImageRecord) => boolean) => {
  const wanted = folded(q)
  const contains = (text: string | undefined) => text !== undefined && folded(text).includes(wanted)
  return (image) =>
    tags.every((tag) => image.tags?.includes(tag)) &&
    (wanted === '' ||
      contains(image.name) ||
      contains(image.title) ||
      contains(image.alt) ||
      (image.tags?.some(contains) ?? false))
}

/** What a list is sorted by: the value, then the time of the upload, then the id. */
export interface SortKey {
  /** Milliseconds since 1970, or a name. Null where the image has none. */
  value: number | string | null
  uploadedMs: number
  id: string
}

const VALUES = {
  uploaded: ({ created_at }: ImageRecord) => Date.parse(created_at),
  // A time without an offset counts as UTC.
  taken: ({ taken_at }: ImageRecord) =>
    taken_at === undefined ? null : Date.parse(taken_at.length > 19 ? taken_at : `${taken_at}Z`),
  name: ({ name }: ImageRecord) => name ?? null,
} as const

type Field = keyof typeof VALUES

const FIELDS: Record<Exclude<ImageSort, 'order'>, Field> = {
  uploaded: 'uploaded',
  '-uploaded': 'uploaded',
  taken: 'taken',
  '-taken': 'taken',
  name: 'name',
  '-name': 'name',
}

export interface ImageOrder {
  keyOf(image: ImageRecord): SortKey
  /** Compares for `Array.sort`. */
  compare(one: SortKey, other: SortKey): number
  formatCursor(key: SortKey): string
  /** Undefined for any other text, also for the cursor of another order. */
  parseCursor(text: string): SortKey | undefined
}

/** Form of a cursor: the initial of its field, and the key in base64url. */
export const SORTED_CURSOR = /^[utn]\.[\w-]{1,1000}$/

const cursorSchema = z.tuple([z.union([z.number(), z.string(), z.null()]), z.int(), z.string().regex(IMAGE_ID)])

/** An order by values of images, which does not depend on their place in the list. */
export const orderOf = (sort: Exclude<ImageSort, 'order'>): ImageOrder => {
  const field = FIELDS[sort]
  const sign = sort.startsWith('-') ? -1 : 1
  const names = new Map<string, string>()
  const comparable = (value: number | string): number | string => {
    if (typeof value === 'number') return value
    const known = names.get(value)
    if (known !== undefined) return known
    const key = nameKey(value)
    names.set(value, key)
    return key
  }
  return {
    keyOf: (image) => ({ value: VALUES[field](image), uploadedMs: VALUES.uploaded(image), id: image.id }),

    compare(one, other) {
      if (one.value === null || other.value === null) {
        if (one.value !== other.value) return one.value === null ? 1 : -1
      } else {
        const order = ordered(comparable(one.value), comparable(other.value))
        if (order !== 0) return sign * order
      }
      return sign * (one.uploadedMs - other.uploadedMs || ordered(one.id, other.id))
    },

    formatCursor: ({ value, uploadedMs, id }) =>
      `${field.charAt(0)}.${Buffer.from(JSON.stringify([value, uploadedMs, id])).toString('base64url')}`,

    parseCursor(text) {
      if (!SORTED_CURSOR.test(text) || text.charAt(0) !== field.charAt(0)) return undefined
      const [value, uploadedMs, id] = cursorSchema.safeParse(parsed(text.slice(2))).data ?? []
      if (value === undefined || uploadedMs === undefined || id === undefined) return undefined
      const isOfField = value === null || typeof value === (field === 'name' ? 'string' : 'number')
      return isOfField ? { value, uploadedMs, id } : undefined
    },
  }
}

const ordered = (one: number | string, other: number | string): number => (one < other ? -1 : one > other ? 1 : 0)

/**
 * Key of a name for a comparison by code units: without case and accents, and numbers by their value, so that `IMG_9`
 * comes before `IMG_10`. Not by `Intl.Collator`, whose order changes with the version of Node.
 */
const nameKey = (name: string): string =>
  folded(name.normalize('NFKD').replaceAll(/\p{M}/gu, '')).replaceAll(/\d+/g, (digits) => {
    const number = digits.replace(/^0+(?=\d)/, '')
    return `0${String.fromCharCode(0x30 + number.length)}${number}`
  })

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}
