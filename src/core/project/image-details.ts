// Details of an image, which people give and edit: name, title, alternative text, tags, focal point. Pure.

import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { cleanFileName } from '../names.ts'
import { characters } from '../text.ts'
import type { ImageRecord } from './model.ts'

export type ImageDetails = Pick<ImageRecord, 'name' | 'title' | 'alt' | 'tags' | 'focal_point'>

/** New values of details; null removes one, as an empty name, title or list of tags does. Absent ones stay. */
export type ImageEdit = { [Name in keyof ImageDetails]: ImageDetails[Name] | null }

/** Limits, in characters and in tags. */
export const MAX_IMAGE_TITLE = 200
export const MAX_ALT = 2000
export const MAX_TAG = 100
export const MAX_TAGS = 50

const TITLE_RULE = `a text of at most ${MAX_IMAGE_TITLE} characters`
const ALT_RULE = `a text of at most ${MAX_ALT} characters`
const TAG_RULE = `tags of 1 to ${MAX_TAG} characters without commas and control characters`
const TAGS_RULE = `at most ${MAX_TAGS} tags`
const POINT_RULE = 'x and y, each a number from 0 to 1'

/** Control characters (`Cc`), spelt out: JSON Schema has no flag for `\p`. */
const CONTROLS = String.raw`\u0000-\u001f\u007f-\u009f`

/** A tag has no comma, so that a list of tags in one text is unambiguous. */
export const TAG = new RegExp(`^[^,\\s${CONTROLS}][^,${CONTROLS}]*$`)

/** Text without spaces around it, in Unicode normalisation form C, without halves of characters. */
export const tidy = (text: string): string =>
  text
    .trim()
    .replaceAll(/\p{Cs}/gu, '\ufffd')
    .normalize('NFC')

const text = (rule: string, most: number) =>
  z
    .string(rule)
    .overwrite(tidy)
    .refine((value) => characters(value) <= most, rule)

const fraction = z.number(POINT_RULE).min(0, POINT_RULE).max(1, POINT_RULE)

export const tagSchema = z
  .string(TAG_RULE)
  .overwrite(tidy)
  .regex(TAG, TAG_RULE)
  .refine((tag) => characters(tag) <= MAX_TAG, TAG_RULE)

/** Schemas of the details: they check and normalise. Their messages describe the expected value alone. */
export const DETAIL_SCHEMAS = {
  name: z.string('a file name').overwrite(cleanFileName),
  title: text(TITLE_RULE, MAX_IMAGE_TITLE),
  alt: text(ALT_RULE, MAX_ALT),
  tags: z
    .array(tagSchema, TAGS_RULE)
    .max(MAX_TAGS, TAGS_RULE)
    .overwrite((tags) => [...new Set(tags)]),
  focal_point: z.strictObject({ x: fraction, y: fraction }, POINT_RULE),
} as const

/**
 * A record with other details. Its members are in the order of their schema, as in a record that was read. Returns the
 * same object where nothing changes.
 */
export const withDetails = (image: ImageRecord, edit: ImageEdit): ImageRecord => {
  const { name, title, alt, tags, focal_point, taken_at, asset, answers, ...rest } = image
  const details = {
    name: edited(name, edit.name) || undefined,
    title: edited(title, edit.title) || undefined,
    alt: edited(alt, edit.alt),
    tags: edited(tags, edit.tags?.length === 0 ? null : edit.tags),
    focal_point: edited(focal_point, edit.focal_point),
  }
  if (isDeepStrictEqual(details, { name, title, alt, tags, focal_point })) return image
  return { ...rest, ...details, taken_at, asset, answers }
}

/** A record that was made from files, with the details of the one that it replaces. */
export const keepDetails = (image: ImageRecord, { name, title, alt, tags, focal_point }: ImageRecord): ImageRecord =>
  withDetails(image, {
    name: name ?? null,
    title: title ?? null,
    alt: alt ?? null,
    tags: tags ?? null,
    focal_point: focal_point ?? null,
  })

const edited = <Value>(before: Value | undefined, edit: Value | null | undefined): Value | undefined =>
  edit === undefined ? before : (edit ?? undefined)
