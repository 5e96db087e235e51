// Parameters of a request in its path, query and headers, parsed and checked.

import { TintypeError } from '../../core/errors.ts'
import { isImageId, isProjectId, isSize, PROJECT_ID_RULE, SIZES, type Size } from '../../core/names.ts'
import { unknownImage } from '../../core/not-found.ts'
import { eachOnce, invalidParameter } from '../../core/parameters.ts'
import { clip } from '../../core/text.ts'
import { chooseFormat, FORMATS, type Format, formatOf } from '../../core/transform/formats.ts'
import type { Context } from '../context.ts'

/** Most entries of one page. */
export const MAX_PAGE = 1000

/** Projects of a page where no `limit` is asked for. */
export const DEFAULT_PROJECTS_PAGE = 100

/** @throws TintypeError `invalid_project_id` */
export const projectIdOf = (c: Context): string => {
  const id = c.req.param('project_id') ?? ''
  if (!isProjectId(id)) throw invalidProjectId(id)
  return id
}

export const invalidProjectId = (id: string): TintypeError =>
  new TintypeError('invalid_project_id', `Expected a project id of ${PROJECT_ID_RULE}, received "${clip(id)}".`, {
    details: { field: 'project_id', expected: PROJECT_ID_RULE, received: clip(id) },
  })

/** @throws TintypeError `image_not_found` where no image can have this id */
export const imageIdOf = (c: Context, projectId: string): string => {
  const id = c.req.param('image_id') ?? ''
  if (!isImageId(id)) throw unknownImage(projectId, clip(id))
  return id
}

/** @throws TintypeError `invalid_parameter` */
export const sizeOf = (c: Context, standard: Size = 'original'): Size => {
  const size = onlyOne(c, 'size')
  if (size === undefined) return standard
  if (!isSize(size)) throw invalidParameter('size', SIZES, size)
  return size
}

/**
 * The format in which a named size is sent: JPEG, as it is stored, where none is asked for. Where the choice is ours,
 * the answer depends on `Accept`, and says so (gate.ts).
 *
 * @throws TintypeError `invalid_parameter`
 */
export const chosenFormatOf = (c: Context): Format => {
  const name = onlyOne(c, 'format')
  if (name === undefined) return 'jpeg'
  if (name === 'auto') return chooseFormat(c.req.header('accept'))
  const format = formatOf(name)
  if (format === undefined) throw invalidParameter('format', ['auto', ...FORMATS], name)
  return format
}

/** Formats by the extensions that URLs of pictures can end with. */
const SERVED = new Map<string, Format>([
  ['jpg', 'jpeg'],
  ['webp', 'webp'],
  ['avif', 'avif'],
])

/**
 * The two parts of a file name at the end of a URL, such as `thumb.jpg`.
 *
 * @throws TintypeError `route_not_found` where pictures are not sent in what the extension says
 */
export const fileNameOf = (c: Context): { name: string; format: Format } => {
  const [name = '', ending, ...more] = (c.req.param('file') ?? '').split('.')
  const format = SERVED.get(ending ?? '')
  if (format === undefined || more.length > 0) throw unknownFile(c)
  return { name, format }
}

export const unknownFile = (c: Context): TintypeError =>
  new TintypeError('route_not_found', `There is no file "${clip(c.req.param('file') ?? '')}" of an image.`, {
    details: { sizes: SIZES, extensions: [...SERVED.keys()] },
  })

/** @throws TintypeError `invalid_parameter` */
export const limitOf = (c: Context): number | undefined => {
  const limit = onlyOne(c, 'limit')
  if (limit === undefined) return undefined
  const count = /^\d{1,4}$/.test(limit) ? Number(limit) : 0
  if (count < 1 || count > MAX_PAGE) throw invalidParameter('limit', `a number from 1 to ${MAX_PAGE}`, limit)
  return count
}

/**
 * @param isId the form of ids that the page goes by
 * @param expected that form in words
 * @throws TintypeError `invalid_parameter`
 */
export const afterOf = (c: Context, isId: (value: string) => boolean, expected: string): string | undefined => {
  const after = onlyOne(c, 'after')
  if (after !== undefined && !isId(after)) throw invalidParameter('after', expected, after)
  return after
}

/**
 * A query parameter that may come once.
 *
 * @throws TintypeError `invalid_parameter`
 */
export const onlyOne = (c: Context, name: string): string | undefined =>
  c.req.query(name) === undefined
    ? undefined
    : eachOnce((c.req.queries(name) ?? []).map((value) => [name, value])).get(name)

/** Characters of an `Idempotency-Key`. */
export const MAX_KEY_LENGTH = 255

const KEY = new RegExp(`^[ -~]{1,${MAX_KEY_LENGTH}}$`)

/** On an answer that was given before. */
export const REPLAY_HEADER = 'Idempotent-Replay'

/** @throws TintypeError `invalid_parameter` */
export const idempotencyKeyOf = (c: Context): string | undefined => {
  const key = c.req.header('idempotency-key')
  if (key !== undefined && !KEY.test(key))
    throw invalidParameter('Idempotency-Key', `1 to ${MAX_KEY_LENGTH} printable ASCII characters`, clip(key))
  return key
}

/** @throws TintypeError `invalid_parameter` */
export const dedupeOf = (c: Context): boolean => {
  const dedupe = onlyOne(c, 'dedupe')
  if (dedupe !== undefined && dedupe !== 'true' && dedupe !== 'false')
    throw invalidParameter('dedupe', ['true', 'false'], clip(dedupe))
  return dedupe === 'true'
}
