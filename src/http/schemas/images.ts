// Responses with images, as zod schemas with examples: they type the responses and describe them in the OpenAPI document.

import { z } from '@hono/zod-openapi'
import { PICTURE_EXTENSIONS } from '../../core/transform/formats.ts'
import {
  EXAMPLE_IMAGE_ID,
  EXAMPLE_PLACEHOLDER,
  EXAMPLE_SIZES,
  exampleFiles,
  examplePresets,
  exampleSrcset,
  exampleUrls,
} from './examples.ts'
import { next, primaryImageId, projectId, revision, time } from './fields.ts'

const imageId = z
  .string()
  .openapi({ example: EXAMPLE_IMAGE_ID, description: '20 characters of 0-9 a-z; never reused.' })
const pixels = z.int().min(0)

const variantSchema = z
  .object({ width: pixels, height: pixels, bytes: z.int().min(0) })
  .openapi('Variant', { description: 'A stored variant: pixels as displayed and length of the file.' })

const sizes = z
  .object({ original: variantSchema, medium: variantSchema, thumb: variantSchema, game: variantSchema })
  .openapi('Sizes', { example: EXAMPLE_SIZES })

const urls = z
  .object({ original: z.string(), medium: z.string(), thumb: z.string(), game: z.string() })
  .openapi('Urls', { example: exampleUrls() })

const fileUrls = z.object(Object.fromEntries(PICTURE_EXTENSIONS.map((extension) => [extension, z.string()])))

const files = z.object({ original: fileUrls, medium: fileUrls, thumb: fileUrls, game: fileUrls }).openapi('Files', {
  description:
    'URLs with an extension, for game loaders: `files.thumb.webp`. JPEG is stored; the others are rendered at the first ' +
    'request.',
  example: exampleFiles(),
})

const presets = z
  .record(z.string(), z.object({ url: z.string(), file: z.string(), width: pixels, height: pixels }))
  .openapi('PresetUrls', {
    description:
      'Presets of the server by name, with the resulting size for this image. `file` is a URL with an extension: of the ' +
      'format of the preset, of WebP for `auto`.',
    example: examplePresets(),
  })

const imageFields = {
  created_at: time,
  is_primary: z.boolean().openapi({ example: true, description: 'Whether the image is the cover.' }),
  width: pixels.openapi({ example: 2400, description: 'Pixels of the original as displayed.' }),
  height: pixels.openapi({ example: 1800 }),
  placeholder: z.string().nullable().openapi({
    example: EXAMPLE_PLACEHOLDER,
    description: 'ThumbHash in base64, to show while the image loads. Null for images stored by an older version.',
  }),
  color: z.string().nullable().openapi({
    example: '#5c6f83',
    description: 'Dominant colour. Null for images stored by an older version.',
  }),
  sizes,
  urls,
  files,
  srcset: z.string().openapi({
    example: exampleSrcset(),
    description:
      'Value of `srcset` of an `<img>`: `thumb`, `medium` and the presets that keep the whole picture, its shape and ' +
      'at most its size, each with its width.',
  }),
  presets,
}

export const imageSchema = z.object({ id: imageId, ...imageFields }).openapi('Image')

export const uploadSchema = z
  .object({
    image_id: imageId,
    project_id: projectId,
    ...imageFields,
    revision,
    deduplicated: z.literal(true).optional().openapi({
      description: 'Present if the project already had the file and nothing was stored (`?dedupe=true`).',
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

export const primarySchema = z
  .object({ project_id: projectId, primary_image_id: primaryImageId, revision })
  .openapi('Primary')

export type ImageView = z.infer<typeof imageSchema>
export type UploadView = z.infer<typeof uploadSchema>
export type PrimaryView = z.infer<typeof primarySchema>
