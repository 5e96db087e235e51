// The JSON that goes in and out, as zod schemas with examples: they type the answers and make the OpenAPI document.

import { z } from '@hono/zod-openapi'
import { MEMBER_ROLES, VISIBILITIES } from '../../core/auth/access.ts'
import { FAILURES } from '../../core/errors.ts'
import { MAX_TITLE_LENGTH, USER_ID_RULE, userIdSchema } from '../../core/project/model.ts'
import { characters } from '../../core/text.ts'
import {
  EXAMPLE_IMAGE_ID,
  EXAMPLE_MEMBERS,
  EXAMPLE_PLACEHOLDER,
  EXAMPLE_PROJECT_ID,
  EXAMPLE_SIZES,
  EXAMPLE_TIME,
  examplePresets,
  exampleSrcset,
  exampleUrls,
} from './examples.ts'

const projectId = z.string().openapi({ example: EXAMPLE_PROJECT_ID })
const imageId = z.string().openapi({ example: EXAMPLE_IMAGE_ID, description: '20 of 0-9 a-z, never used again.' })
const primaryImageId = z.string().nullable().openapi({
  example: EXAMPLE_IMAGE_ID,
  description: 'The image that is the cover, null where the project has no image.',
})
const time = z.iso.datetime().openapi({ example: EXAMPLE_TIME })
const pixels = z.int().min(0)
const revision = z.int().min(0).openapi({ example: 7, description: 'Counts the changes of the project.' })
const visibility = z.enum(VISIBILITIES).openapi({
  example: 'public',
  description: 'A public project can be looked at by everybody, a private one by those who are let in.',
})
const next = (what: string) =>
  z
    .string()
    .nullable()
    .openapi({ description: `URL of the next page of ${what}, null on the last one.`, example: null })

const variantSchema = z
  .object({ width: pixels, height: pixels, bytes: z.int().min(0) })
  .openapi('Variant', { description: 'A stored variant: pixels as shown, and the size of the file.' })

const sizes = z
  .object({ original: variantSchema, medium: variantSchema, thumb: variantSchema, game: variantSchema })
  .openapi('Sizes', { example: EXAMPLE_SIZES })

const urls = z
  .object({ original: z.string(), medium: z.string(), thumb: z.string(), game: z.string() })
  .openapi('Urls', { example: exampleUrls() })

const presets = z
  .record(z.string(), z.object({ url: z.string(), width: pixels, height: pixels }))
  .openapi('PresetUrls', {
    description: 'The presets of the server by their names, with the size that each of them leads to for this image.',
    example: examplePresets(),
  })

const shown = {
  created_at: time,
  is_primary: z.boolean().openapi({ example: true, description: 'True where the image is the cover.' }),
  width: pixels.openapi({ example: 2400, description: 'Pixels of the original as shown.' }),
  height: pixels.openapi({ example: 1800 }),
  placeholder: z.string().nullable().openapi({
    example: EXAMPLE_PLACEHOLDER,
    description: 'ThumbHash in base64, to be shown until the image is there. Null for images of an older Tintype.',
  }),
  color: z.string().nullable().openapi({
    example: '#5c6f83',
    description: 'The dominant colour. Null for images of an older Tintype.',
  }),
  sizes,
  urls,
  srcset: z.string().openapi({
    example: exampleSrcset(),
    description:
      'For the `srcset` of an `<img>`: `thumb`, `medium` and the presets that show the whole picture in its own ' +
      'shape and no larger than it is, by their true widths.',
  }),
  presets,
}

const imageSchema = z.object({ id: imageId, ...shown }).openapi('Image')

export const uploadSchema = z
  .object({
    image_id: imageId,
    project_id: projectId,
    ...shown,
    revision,
    deduplicated: z.literal(true).optional().openapi({
      description: 'Present where the same file was in the project already, and nothing was stored (`?dedupe=true`).',
    }),
  })
  .openapi('UploadedImage')

export const imageListSchema = z
  .object({
    project_id: projectId,
    primary_image_id: primaryImageId,
    revision,
    images: z.array(imageSchema),
    next: next('images'),
  })
  .openapi('ImageList')

export const projectSchema = z
  .object({
    project_id: projectId,
    title: z.string().nullable().openapi({ example: 'Cosmic Drift' }),
    cover_url: z.string().nullable().openapi({
      example: exampleUrls().thumb,
      description: 'The thumb of the primary image. It changes with the cover, so it can be cached for ever.',
    }),
    image_count: z.int().min(0).openapi({ example: 12 }),
    primary_image_id: primaryImageId,
    revision,
    created_at: time,
    updated_at: time,
    visibility,
    owner_id: z
      .string()
      .nullable()
      .optional()
      .openapi({ description: 'Id of the user whose it is; null for none. For those who manage it.', example: null }),
    members: z
      .record(z.string(), z.enum(MEMBER_ROLES))
      .optional()
      .openapi({ description: 'Who is let in, by user id. For those who manage it.', example: EXAMPLE_MEMBERS }),
  })
  .openapi('Project')

export const projectListSchema = z
  .object({ projects: z.array(projectSchema), next: next('projects') })
  .openapi('ProjectList')

const TITLE_RULE = `a text of at most ${MAX_TITLE_LENGTH} characters, or null`

export const projectEditSchema = z
  .strictObject({
    title: z
      .string(TITLE_RULE)
      .refine((title) => characters(title) <= MAX_TITLE_LENGTH, TITLE_RULE)
      .nullable()
      .optional()
      .openapi({ maxLength: MAX_TITLE_LENGTH, description: 'Null takes the title away.', example: 'Cosmic Drift' }),
    image_order: z
      .array(z.string('an image id'), 'an array of image ids')
      .optional()
      .openapi({
        description: 'Image ids in the order that is wanted; those not named follow in the order they have.',
        example: [EXAMPLE_IMAGE_ID],
      }),
    visibility: visibility.optional(),
    members: z
      .record(userIdSchema, z.enum(MEMBER_ROLES, `one of ${MEMBER_ROLES.join(', ')}, or null`).nullable(), {
        error: ({ code }) =>
          code === 'invalid_key' ? USER_ID_RULE : 'an object of user ids, each with its role or null',
      })
      .optional()
      .openapi({
        description: 'Users to let in, by id; null lets one go. Those not named stay. For those who manage it.',
        example: { ...EXAMPLE_MEMBERS, '4hk2p0w7d1x9c5t3b8n6': null },
      }),
  })
  .refine((edit) => Object.keys(edit).length > 0, {
    error: 'one or more of title, image_order, visibility, members',
  })
  .openapi('ProjectEdit', { minProperties: 1 })

export const primarySchema = z
  .object({ project_id: projectId, primary_image_id: primaryImageId, revision })
  .openapi('Primary')

export const deletedSchema = z.object({ project_id: projectId, deleted: z.literal(true) }).openapi('DeletedProject')

export const healthSchema = z
  .object({
    status: z.literal('ok'),
    version: z.string().openapi({ example: '1.0.0' }),
    uptime_seconds: z.int().min(0).openapi({ example: 86400 }),
  })
  .openapi('Health')

export const readySchema = z.object({ status: z.literal('ready') }).openapi('Ready')

export const problemSchema = z
  .looseObject({
    type: z
      .string()
      .openapi({ description: 'Identifier of the code.', example: 'urn:tintype:problem:image_not_found' }),
    title: z.string().openapi({ description: 'Summary of the code; constant.' }),
    status: z.int(),
    detail: z.string().openapi({ description: 'What was expected and what arrived.' }),
    code: z.string().openapi({ enum: Object.keys(FAILURES), description: 'Stable; made to be compared.' }),
    request_id: z
      .string()
      .optional()
      .openapi({ description: 'The X-Request-Id of this answer, where the log of the server says more.' }),
  })
  .openapi('Problem', {
    description: 'RFC 9457. More members say more, such as `field`, `expected`, `received`, `max_bytes`.',
  })

export type ImageView = z.infer<typeof imageSchema>
export type UploadView = z.infer<typeof uploadSchema>
export type ProjectView = z.infer<typeof projectSchema>
export type PrimaryView = z.infer<typeof primarySchema>
