// Parameters of paths, queries and headers: each schema checks what arrives and describes it in the OpenAPI document.
//
// None has `default` or `example`, which Swagger UI sends as if they had been typed. It shows `examples`, and sends none.

import { z } from '@hono/zod-openapi'
import { IMAGE_ID, PROJECT_ID, PROJECT_ID_RULE, SIZES, type Size } from '../../core/names.ts'
import { wholeNumber } from '../../core/parameters.ts'
import { MAX_TAG, TAG } from '../../core/project/image-details.ts'
import { ENTITY_TAGS } from '../../core/request/conditional.ts'
import { characters } from '../../core/text.ts'
import { versionSchema } from '../../core/transform/focal-version.ts'
import { FORMATS, PICTURE_EXTENSIONS } from '../../core/transform/formats.ts'
import { POSITIONS, TRANSFORM_SCHEMAS } from '../../core/transform/parse-transform.ts'
import { PRESET_NAME } from '../../core/transform/presets.ts'
import { expiresSchema } from '../../core/transform/signature.ts'
import { QUALITIES } from '../../core/transform/transform.ts'
import {
  EXAMPLE_CSRF_TOKEN,
  EXAMPLE_IDEMPOTENCY_KEY,
  EXAMPLE_IMAGE_ID,
  EXAMPLE_PROJECT_ID,
  EXAMPLE_SIGNATURE,
} from './examples.ts'

/** Most entries of one page. */
export const MAX_PAGE = 1000

/** Tags of a filter. */
export const MAX_FILTER_TAGS = 10

/** Characters of a search. */
const MAX_SEARCH = 200

const MAX_KEY_LENGTH = 255
const KEY_RULE = `1 to ${MAX_KEY_LENGTH} printable ASCII characters`

/** A schema as a parameter of one route. */
const described = <Schema extends z.ZodType>(schema: Schema, description: string, ...examples: unknown[]) =>
  schema.meta({ description, examples })

export const optional = <Schema extends z.ZodType>(schema: Schema, description: string, ...examples: unknown[]) =>
  described(schema, description, ...examples).optional()

export const sizeSchema = z.enum(SIZES)
/** The generator does not see the second name that the schema maps to the first. */
export const formatSchema = TRANSFORM_SCHEMAS.format.meta({ enum: ['auto', ...FORMATS, 'jpg'] })
export const extensionSchema = z.enum(PICTURE_EXTENSIONS)
export const searchSchema = z
  .string()
  .refine((text) => characters(text) <= MAX_SEARCH, `a text of at most ${MAX_SEARCH} characters`)
  .meta({ maxLength: MAX_SEARCH })
export const limitSchema = wholeNumber({ least: 1, most: MAX_PAGE })
export const booleanSchema = z.preprocess(
  (text) => (text === 'true' ? true : text === 'false' ? false : text),
  z.boolean('true or false'),
)
export const ifMatchSchema = z.string().regex(ENTITY_TAGS, 'entity tags in quotes, or *')
export const ifNoneMatchSchema = z.literal('*')
export const idempotencyKeySchema = z
  .string()
  .min(1, KEY_RULE)
  .max(MAX_KEY_LENGTH, KEY_RULE)
  .regex(/^[ -~]+$/, KEY_RULE)

const projectId = described(z.string().regex(PROJECT_ID), `Project id: ${PROJECT_ID_RULE}.`, EXAMPLE_PROJECT_ID)
const imageId = described(z.string().regex(IMAGE_ID), 'Image id, as the upload returned it.', EXAMPLE_IMAGE_ID)
const extension = described(
  extensionSchema,
  'File extension. JPEG is stored; the others are rendered at the first request, transparent where the picture is.',
  'jpg',
)

export const projectPath = z.object({ project_id: projectId })
export const imagePath = z.object({ project_id: projectId, image_id: imageId })
export const imageFilePath = z.object({
  project_id: projectId,
  image_id: imageId,
  size: described(sizeSchema, 'Size name.', 'thumb'),
  format: extension,
})
export const renderFilePath = z.object({ project_id: projectId, image_id: imageId, format: extension })
export const coverPath = z.object({ project_id: projectId, format: extension })

const signature = (purpose: string) => ({
  exp: optional(expiresSchema, 'End of the validity of the URL, in seconds since 1970.', 1798761600),
  sig: optional(z.string(), purpose, EXAMPLE_SIGNATURE),
})

/** Signature of a picture that needs one only if its project is private. */
const privatePicture = signature(
  'Signature of the URL, made by `tintype sign` or `signUrl`. It grants access to a picture of a private project ' +
    'without credentials and requires `exp`.',
)

const size = (standard: Size) =>
  optional(
    sizeSchema,
    `Size name; \`${standard}\` by default. \`game\` is exactly 50 x 50, the others keep the proportions.`,
    'thumb',
  )

const format = optional(
  formatSchema,
  'Format, `jpeg` by default. The others are rendered at the first request, transparent where the picture is. `auto` ' +
    'negotiates by `Accept`: AVIF, then WebP, if they are listed, else JPEG, or PNG for a transparent picture.',
  'auto',
)

export const pictureQuery = z.object({ size: size('original'), format, ...privatePicture })
export const imageFileQuery = z.object(privatePicture)
export const archiveQuery = z.object({ size: size('original'), ...privatePicture })
export const coverQuery = z.object({ size: size('thumb'), ...privatePicture })
export const thumbnailQuery = z.object({ format, ...privatePicture })

/** @param standard entries of a page without `limit` */
export const pageLimit = (entries: string, standard: number | 'all') =>
  optional(limitSchema, `Maximum number of ${entries} in the response; ${standard} by default.`, 50)

export const tagFilter = (entries: string, example: string) =>
  optional(
    z.array(z.string().regex(TAG).max(MAX_TAG)).max(MAX_FILTER_TAGS),
    `A tag that the ${entries} have. It may be repeated: they have all of them.`,
    [example],
  )

export const cursorOf = (entries: string) =>
  `Cursor: the value of \`after\` in \`next\` of an earlier page, unchanged. It stays valid when ${entries} are deleted.`

export const uploadQuery = z.object({
  dedupe: optional(
    booleanSchema,
    'With `true`, a file that the project already has is not stored again; the response is the existing image. ' +
      '`false` by default.',
    true,
  ),
})

export const uploadHeaders = z.object({
  'Idempotency-Key': optional(
    idempotencyKeySchema,
    'Any text that is unique to this upload. A retry with the same key within 24 hours stores nothing and returns the ' +
      'first response again, with `Idempotent-Replay: true`.',
    EXAMPLE_IDEMPOTENCY_KEY,
  ),
})

/** Headers of an upload that need not be waited for. */
export const asyncHeaders = z.object({
  Prefer: optional(
    z.string(),
    'With `respond-async`, the upload is answered 202 as soon as it is durable, with the job that makes the image.',
    'respond-async',
  ),
})

export const changeHeaders = z.object({
  'If-Match': optional(
    ifMatchSchema,
    '`ETag` of the project or of the list of its images: the change is made only if the project is still at that ' +
      'revision, so that concurrent editors do not overwrite each other. `*` matches any revision.',
    '"7"',
  ),
})

export const createHeaders = z.object({
  ...changeHeaders.shape,
  'If-None-Match': optional(
    ifNoneMatchSchema,
    'The project is created only if there is none yet; an existing one is answered 412.',
    '*',
  ),
})

export const csrfHeaders = z.object({
  'X-CSRF-Token': optional(
    z.string(),
    'Value of the cookie `tintype_csrf`; required if the session is identified by a cookie.',
    EXAMPLE_CSRF_TOKEN,
  ),
})

const side = (which: string) =>
  `${which} of the result in pixels, before \`dpr\`. If it is missing, it follows from the other side.`

const TRANSFORM = TRANSFORM_SCHEMAS

export const renderQuery = z.object({
  w: optional(TRANSFORM.w, side('Width'), 640),
  h: optional(TRANSFORM.h, side('Height'), 360),
  fit: optional(
    TRANSFORM.fit,
    'How the picture fits a box of both sides: `cover` (default) fills the box and crops, `contain` fills it with ' +
      'margins, `inside` keeps within it.',
    'contain',
  ),
  position: optional(
    TRANSFORM.position,
    `Focus of the crop of \`cover\` and place of the picture in \`contain\`: ${[...POSITIONS.keys()].join(', ')}, or a ` +
      'point from `0,0` (top left) to `1,1` such as `0.3,0.6`. For `cover` also `focal` (focal point of the image, or its ' +
      'centre), `attention` (salient regions) and `entropy` (detail). By default the focal point where the image has one, ' +
      'else `center`.',
    '0.3,0.6',
  ),
  format: optional(
    formatSchema,
    'Format, `jpeg` by default; `jpg` means the same. `auto` negotiates by `Accept`: AVIF, then WebP, if they are listed, ' +
      'else JPEG, or PNG for a picture that stays transparent.',
    'auto',
  ),
  q: optional(
    TRANSFORM.q,
    `Quality; by default ${Object.entries(QUALITIES)
      .map(([each, quality]) => `${each} ${quality}`)
      .join(', ')} (more for transparent AVIF). Without effect on PNG, which loses nothing.`,
    75,
  ),
  dpr: optional(
    TRANSFORM.dpr.meta({ multipleOf: 0.01 }),
    'Device pixel ratio, 1 by default: `w` and `h` are multiplied by it.',
    2,
  ),
  background: optional(
    TRANSFORM.background,
    'Colour of the margins and behind transparent pixels, `rrggbb` or `rgb` in hex. Without it a transparent picture ' +
      'stays transparent, in JPEG it gets the server’s `BACKGROUND`; margins of other pictures are white.',
    '1b1f23',
  ),
  kernel: optional(
    TRANSFORM.kernel,
    'Resampling: `lanczos3` by default; `nearest` keeps the edges and the exact colours of pixel art.',
    'nearest',
  ),
  v: optional(
    versionSchema,
    'Focal point that the URL was made for, as in the URLs of answers. It changes only how long the picture may be cached: ' +
      'where the focal point decides the crop, for ever if it is the current one; without it, the picture is revalidated. ' +
      'No signature covers it.',
    '0.3,0.6',
  ),
  preset: optional(
    z.string().regex(PRESET_NAME),
    'Name of one of the server’s presets, in place of all of the above. It needs no signature.',
    'card',
  ),
  ...signature('Signature of the URL, made by `tintype sign` or `signUrl`.'),
})

/** Query of a render whose extension decides the format. */
export const renderFileQuery = renderQuery.omit({ format: true })
