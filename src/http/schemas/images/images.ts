// Responses with images, as zod schemas with examples: they type the responses and describe them in the OpenAPI document.

import { z } from '@hono/zod-openapi'
import { DETAIL_SCHEMAS, MAX_ALT, MAX_IMAGE_TITLE, MAX_TAGS } from '../../../core/project/image-details.ts'
import { PICTURE_EXTENSIONS } from '../../../core/transform/formats.ts'
import {
  EXAMPLE_DETAILS,
  EXAMPLE_HASHES,
  EXAMPLE_PLACEHOLDER,
  EXAMPLE_SIZES,
  exampleFiles,
  examplePresets,
  exampleSrcset,
  exampleUrls,
} from '../examples.ts'
import { imageId, next, pendingImages, primaryImageId, projectId, revision, time } from '../fields.ts'

const pixels = z.int().min(0)

const variantSchema = z
  .object({ width: pixels, height: pixels, bytes: z.int().min(0) })
  .openapi('Variant', { description: 'A stored variant: pixels as displayed and length of the file.' })

const sizes = z
  .object({
    original: variantSchema,
    medium: variantSchema,
    thumb: variantSchema,
    game: variantSchema,
    source: variantSchema.optional(),
  })
  .openapi('Sizes', {
    description: '`source` is the lossless PNG file that renders are made from, where the image has one.',
    example: EXAMPLE_SIZES,
  })

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

const focalPoint = z
  .object({ x: z.number().min(0).max(1), y: z.number().min(0).max(1) })
  .nullable()
  .openapi({
    description: 'Point that a crop keeps in view, from 0,0 (top left) to 1,1 (bottom right). Null if it is not set.',
    example: EXAMPLE_DETAILS.focal_point,
  })

const details = {
  name: z.string().nullable().openapi({
    example: EXAMPLE_DETAILS.name,
    description: 'Name of the uploaded file, cleaned, at most 255 bytes. Null if there is none.',
  }),
  title: z.string().nullable().openapi({ example: EXAMPLE_DETAILS.title }),
  alt: z.string().nullable().openapi({
    example: EXAMPLE_DETAILS.alt,
    description: 'Alternative text. Null if it is not set; empty for a picture that is only decoration.',
  }),
  tags: z.array(z.string()).openapi({ example: EXAMPLE_DETAILS.tags }),
  focal_point: focalPoint,
  asset: z.string().nullable().openapi({
    example: null,
    description: 'Name of the asset that the image is at present; null for none.',
  }),
}

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
  ...details,
  transparent: z.boolean().openapi({
    example: false,
    description:
      'Whether the source of the image has pixels that are not opaque. Its JPEG files show a background there.',
  }),
  taken_at: z
    .string()
    .nullable()
    .openapi({
      example: '2026-05-03T07:12:45+02:00',
      description:
        'When the photo was taken, by its EXIF data: ISO 8601 in the time of that place, with the offset from UTC if EXIF ' +
        'has one. Null if EXIF has no date, or none that exists.',
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
    ignored_fields: z
      .array(z.string())
      .optional()
      .openapi({
        description:
          'Names of text fields of the form that have no meaning here, 20 at most. Absent if there are none.',
        example: ['relativePath'],
      }),
  })
  .openapi('UploadedImage')

export const editedImageSchema = z
  .object({ project_id: projectId, revision, id: imageId, ...imageFields })
  .openapi('EditedImage')

const { name, title, alt, tags, focal_point } = DETAIL_SCHEMAS

export const imageEditSchema = z
  .strictObject({
    name: name
      .nullable()
      .optional()
      .openapi({
        description:
          'Name of the file. Folders, control characters and marks that reverse text are removed, and a name over 255 ' +
          'bytes is cut before its extension.',
        example: EXAMPLE_DETAILS.name,
      }),
    title: title.nullable().optional().openapi({ maxLength: MAX_IMAGE_TITLE, example: EXAMPLE_DETAILS.title }),
    alt: alt.nullable().optional().openapi({
      maxLength: MAX_ALT,
      description: 'Alternative text. An empty one says that the picture is only decoration.',
      example: EXAMPLE_DETAILS.alt,
    }),
    tags: tags
      .nullable()
      .optional()
      .openapi({
        maxItems: MAX_TAGS,
        description:
          'All tags of the image, in place of the former ones, each of 1 to 100 characters. Repeated ones are kept once.',
        example: [...EXAMPLE_DETAILS.tags],
      }),
    focal_point: focal_point.nullable().optional().openapi({ example: EXAMPLE_DETAILS.focal_point }),
  })
  .refine((edit) => Object.keys(edit).length > 0, {
    error: `one or more of ${Object.keys(DETAIL_SCHEMAS).join(', ')}`,
  })
  .openapi('ImageEdit', { minProperties: 1 })

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const hashes = z
  .object({
    upload: sha256,
    original: sha256,
    medium: sha256,
    thumb: sha256,
    game: sha256,
    source: sha256.optional(),
  })
  .openapi('Hashes', {
    description:
      'SHA-256 of the file that was uploaded and of the stored files, in hex. Present with `hashes=true`. A file that a ' +
      'repair has made again may differ.',
    example: EXAMPLE_HASHES,
  })

const listedImageSchema = z.object({ ...imageSchema.shape, sha256: hashes.optional() }).openapi('ListedImage')

export const imageListSchema = z
  .object({
    project_id: projectId,
    primary_image_id: primaryImageId,
    revision,
    images: z.array(listedImageSchema),
    next: next('images'),
    pending: pendingImages,
  })
  .openapi('ImageList')

export const primarySchema = z
  .object({ project_id: projectId, primary_image_id: primaryImageId, revision })
  .openapi('Primary')

/** The primary image, as far as pages need it to show a project. */
export const coverSchema = z
  .object({
    id: imageId,
    alt: details.alt,
    placeholder: imageFields.placeholder,
    color: imageFields.color,
    sizes,
    urls,
    files,
    srcset: imageFields.srcset,
  })
  .openapi('Cover', { description: 'The cover with its URLs.' })

export type CoverView = z.infer<typeof coverSchema>
export type HashesView = z.infer<typeof hashes>
export type ImageView = z.infer<typeof imageSchema>
export type UploadView = z.infer<typeof uploadSchema>
export type EditedImageView = z.infer<typeof editedImageSchema>
export type PrimaryView = z.infer<typeof primarySchema>
