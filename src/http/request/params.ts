// Parameters of a request in its path, query and headers, parsed and checked.

import type { z } from '@hono/zod-openapi'
import { linksOf, type Principal } from '../../core/auth/access.ts'
import { TintypeError } from '../../core/errors.ts'
import { invalidParameter } from '../../core/invalid-parameter.ts'
import { isImageId, isProjectId, PROJECT_ID_RULE, SIZES, type Size } from '../../core/names.ts'
import { unknownImage } from '../../core/not-found.ts'
import { eachOnce, parseParameter } from '../../core/parameters.ts'
import { tagSchema } from '../../core/project/image-details.ts'
import { clip } from '../../core/text.ts'
import {
  type ByTransparency,
  chooseFormats,
  FORMATS_BY_EXTENSION,
  type Format,
  PICTURE_EXTENSIONS,
} from '../../core/transform/formats.ts'
import { EXPIRES, expiresSchema, SIGNATURE } from '../../core/transform/signature.ts'
import type { Context } from '../context.ts'
import { objectKeySchema } from '../schemas/images/source-pictures.ts'
import {
  booleanSchema,
  formatSchema,
  idempotencyKeySchema,
  limitSchema,
  MAX_FILTER_TAGS,
  sizeSchema,
} from '../schemas/parameters.ts'

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

/** Key of an object in the source of a project. @throws TintypeError `invalid_parameter` */
export const objectKeyOf = (c: Context): string => parseParameter('key', c.req.param('key') ?? '', objectKeySchema)

/** @throws TintypeError `invalid_parameter` */
export const sizeOf = (c: Context, standard: Size = 'original'): Size => queryOf(c, 'size', sizeSchema) ?? standard

/**
 * Format of a variant: JPEG by default; `auto` is negotiated by `Accept`, and the response then varies by it
 * (preconditions.ts).
 *
 * @throws TintypeError `invalid_parameter`
 */
export const chosenFormatsOf = (c: Context): ByTransparency<Format> => {
  const format = queryOf(c, 'format', formatSchema) ?? 'jpeg'
  return format === 'auto' ? chooseFormats(c.req.header('accept')) : { opaque: format, transparent: format }
}

/**
 * Name and format of the file at the end of a URL, such as `thumb.jpg`.
 *
 * @throws TintypeError `route_not_found` for an unknown extension
 */
export const fileNameOf = (c: Context): { name: string; format: Format } => {
  const [name = '', ending = '', ...more] = (c.req.param('file') ?? '').split('.')
  const format = FORMATS_BY_EXTENSION.get(ending)
  if (format === undefined || more.length > 0) throw unknownFile(c)
  return { name, format }
}

export const unknownFile = (c: Context): TintypeError =>
  new TintypeError('route_not_found', `There is no file "${clip(c.req.param('file') ?? '')}" of an image.`, {
    details: { sizes: SIZES, extensions: PICTURE_EXTENSIONS },
  })

/** @throws TintypeError `invalid_parameter` */
export const limitOf = (c: Context): number | undefined => queryOf(c, 'limit', limitSchema)

/** Tags of a filter, each by a parameter `tag`. @throws TintypeError `invalid_parameter` */
export const tagFilterOf = (c: Context): string[] => {
  const tags = (c.req.queries('tag') ?? []).map((tag) => parseParameter('tag', tag, tagSchema))
  if (tags.length > MAX_FILTER_TAGS)
    throw invalidParameter('tag', `at most ${MAX_FILTER_TAGS} tags`, `${tags.length} tags`)
  return tags
}

/**
 * Reads a query parameter, which must not be repeated.
 *
 * @throws TintypeError `invalid_parameter`
 */
export const onlyOne = (c: Context, name: string): string | undefined =>
  searchOf(c) === '' || c.req.query(name) === undefined
    ? undefined
    : eachOnce((c.req.queries(name) ?? []).map((value) => [name, value])).get(name)

/**
 * Refuses parameters that a route does not have: a misspelt filter would show more than was asked for.
 *
 * @throws TintypeError `invalid_parameter`, with the names that there are
 */
export const requireKnown = (c: Context, known: readonly string[]): void => {
  const unknown = Object.keys(c.req.queries()).find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new TintypeError(
      'invalid_parameter',
      `Expected the parameters ${known.join(', ')}, received "${clip(unknown)}".`,
      { details: { field: clip(unknown), expected: known, received: clip(unknown) } },
    )
}

/**
 * Parses an optional query parameter by its schema.
 *
 * @throws TintypeError `invalid_parameter`
 */
export const queryOf = <Value>(c: Context, name: string, schema: z.ZodType<Value>): Value | undefined => {
  const text = onlyOne(c, name)
  return text === undefined ? undefined : parseParameter(name, text, schema)
}

/**
 * Checks the parameters of a signature by their schemas, also where the project is public and the signature is not
 * needed: a mistake in a URL shows before the project becomes private.
 *
 * @throws TintypeError `invalid_parameter`
 */
export const requireSignatureForm = (c: Context): void => {
  queryOf(c, EXPIRES, expiresSchema)
  onlyOne(c, SIGNATURE)
}

/** Header that marks a replayed response. */
export const REPLAY_HEADER = 'Idempotent-Replay'

/** @throws TintypeError `invalid_parameter` */
export const idempotencyKeyOf = (c: Context): string | undefined => {
  const key = c.req.header('idempotency-key')
  return key === undefined ? undefined : parseParameter('Idempotency-Key', key, idempotencyKeySchema)
}

/** True where a list shows pending images too. @throws TintypeError `invalid_parameter` */
export const pendingOf = (c: Context): boolean => queryOf(c, 'pending', booleanSchema) ?? false

/** @throws TintypeError `invalid_parameter` */
export const dedupeOf = (c: Context): boolean => queryOf(c, 'dedupe', booleanSchema) ?? false

/** The query as received, with its `?`; empty without one. */
export const searchOf = (c: Context): string => {
  const at = c.req.url.indexOf('?')
  return at < 0 ? '' : c.req.url.slice(at)
}

/**
 * True where the client does not wait for the outcome (`respond-async`, RFC 7240 section 4.1). Other preferences are
 * ignored, and all of callers with a share link, who could not follow a job.
 */
export const prefersAsync = (c: Context, by: Principal): boolean =>
  linksOf(by) === undefined &&
  (c.req.header('prefer') ?? '')
    .split(',')
    .some((preference) => preference.split(';')[0]?.trim().toLowerCase() === 'respond-async')
