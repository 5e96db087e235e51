// Text fields of an upload: the details of its image. Others are ignored, and their names kept.

import { z } from 'zod'
import { invalidParameter } from '../../core/invalid-parameter.ts'
import { parseParameter } from '../../core/parameters.ts'
import { DETAIL_SCHEMAS, type ImageDetails, MAX_TAGS } from '../../core/project/image-details.ts'
import { clip, partsOf } from '../../core/text.ts'

export interface UploadFields {
  details: ImageDetails
  /** Names of ignored fields, each once and clipped. */
  ignored: Set<string>
}

/** A text field as it arrived. */
export interface TextField {
  name: string
  text: string
  /** True where it was longer than {@link MAX_FIELD_BYTES}. */
  isTruncated: boolean
}

/** Bytes of a text field that are read. */
export const MAX_FIELD_BYTES = 32 * 1024

/** Limit of the names of ignored fields. */
const MAX_IGNORED = 20

const TAGS_RULE = 'tags with commas between them, or a JSON array of tags'
const POINT_RULE = 'x,y such as 0.3,0.6, or a JSON object with x and y, each from 0 to 1'

/** A value in JSON. Undefined, which every schema refuses, for a text that is none. */
const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const tagsField = z.preprocess(
  (text) => (typeof text === 'string' && !text.trim().startsWith('[') ? partsOf(text, ',') : parsedJson(String(text))),
  z.array(z.unknown(), TAGS_RULE).pipe(DETAIL_SCHEMAS.tags),
)

const POINT = /^\s*(\d*\.?\d+)\s*,\s*(\d*\.?\d+)\s*$/

const pointField = z.preprocess((text) => {
  const [, x, y] = POINT.exec(String(text)) ?? []
  return x === undefined ? parsedJson(String(text)) : { x: Number(x), y: Number(y) }
}, z.looseObject({}, POINT_RULE).pipe(DETAIL_SCHEMAS.focal_point))

/**
 * Reads one text field. An empty one is none, as forms send their inputs that were not filled in. `tags` may be repeated;
 * `tags[]` is the name that some clients give to a repeated field.
 *
 * @throws TintypeError `invalid_parameter`, which names the field
 */
export const readField = ({ details, ignored }: UploadFields, { name, text, isTruncated }: TextField): void => {
  const field = name === 'tags[]' ? 'tags' : name
  if (!Object.hasOwn(DETAIL_SCHEMAS, field)) {
    ignoreField({ ignored }, name)
    return
  }
  if (isTruncated) throw invalidParameter(field, `at most ${MAX_FIELD_BYTES} bytes`, text)
  if (text.trim() === '') return
  if (field === 'tags') details.tags = allTags(details.tags ?? [], parseParameter(field, text, tagsField))
  else if (field === 'focal_point') details.focal_point = once(details, field, parseParameter(field, text, pointField))
  else if (field === 'name' || field === 'title' || field === 'alt')
    details[field] = once(details, field, parseParameter(field, text, DETAIL_SCHEMAS[field]))
}

/** Keeps the name of a field without a meaning. */
export const ignoreField = ({ ignored }: Pick<UploadFields, 'ignored'>, name: string): void => {
  if (ignored.size < MAX_IGNORED) ignored.add(clip(name))
}

const once = <Value>(details: ImageDetails, field: keyof ImageDetails, value: Value): Value => {
  if (details[field] !== undefined) throw invalidParameter(field, 'it once', 'it again')
  return value
}

/** @throws TintypeError `invalid_parameter` where they are too many */
export const allTags = (before: readonly string[], more: readonly string[]): string[] => {
  const tags = [...new Set([...before, ...more])]
  if (tags.length > MAX_TAGS) throw invalidParameter('tags', `at most ${MAX_TAGS} tags`, `${tags.length} tags`)
  return tags
}
