// Parameters and bodies of atlases.

import { z } from '@hono/zod-openapi'
import { PAGE_FORMATS, PAGE_SIDES } from '../../../core/atlas/formats.ts'
import { PROJECT_ID, PROJECT_ID_RULE } from '../../../core/names.ts'
import { PRESET_NAME } from '../../../core/transform/presets.ts'
import { expiresSchema } from '../../../core/transform/signature.ts'
import { collectionPath } from '../collections.ts'
import { EXAMPLE_PROJECT_ID, EXAMPLE_SIGNATURE } from '../examples.ts'
import { optional, projectPath } from '../parameters.ts'

const SIZE_RULE = 'game, thumb or the name of a preset'

export const atlasSizeSchema = z.string().regex(PRESET_NAME, SIZE_RULE)

export const pageFormatSchema = z
  .preprocess((text) => (text === 'jpg' ? 'jpeg' : text), z.enum(PAGE_FORMATS))
  .meta({ enum: [...PAGE_FORMATS, 'jpg'] })

export const pageSideSchema = z
  .enum(['2048', '4096'])
  .transform((text) => PAGE_SIDES.find((side) => String(side) === text) ?? PAGE_SIDES[0])

export const multiSchema = z.enum(['', 'true', 'false']).transform((text) => text !== 'false')

const atlasParameters = {
  size: optional(
    atlasSizeSchema,
    'Size of the frames: `game` (50 x 50, the default), `thumb` (at most 400 x 400), or a preset with both sides, each of at ' +
      'most 512 pixels.',
    'thumb',
  ),
  format: optional(
    pageFormatSchema,
    'Format of the pages, `webp` by default; `webp` and `png` are transparent where the pictures are. `jpg` means `jpeg`.',
    'png',
  ),
  page: optional(pageSideSchema, 'Longest side of a page in pixels: 2048 by default, for `thumb` 4096.', '4096'),
  multi: optional(
    multiSchema,
    'All pages in one document, in the form of Phaser’s `load.multiatlas`. Without it, each page has a document of its own, ' +
      'and the first one names the others in `related_multi_packs`, as Pixi reads them.',
    '',
  ),
}

export const atlasQuery = z.object({
  ...atlasParameters,
  exp: optional(expiresSchema, 'End of the validity of the URL, in seconds since 1970.', 1798761600),
  sig: optional(
    z.string(),
    'Signature of the URL, made by `tintype sign` or `signUrl`. It grants access to the atlas of a private project, its ' +
      'pages included, and requires `exp`.',
    EXAMPLE_SIGNATURE,
  ),
})

const LIST = /^[^,]+(?:,[^,]+)*$/

/** Ids joined by commas. */
export const projectListSchema = z
  .string()
  .regex(LIST, `project ids joined by ",", each of ${PROJECT_ID_RULE}`)
  .refine((text) => text.split(',').every((id) => PROJECT_ID.test(id)), `project ids, each of ${PROJECT_ID_RULE}`)

export const coversQuery = z.object({
  projects: projectListSchema.meta({
    description:
      'Ids of the projects whose covers are shown, in this order, joined by commas. Projects that do not exist, and those that ' +
      'the caller may not see, are left out.',
    examples: [`${EXAMPLE_PROJECT_ID},space-garden`],
  }),
  ...atlasParameters,
})

const index = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,3})$/)
  .meta({ description: 'Number of the page, from 0.', examples: ['1'] })

const page = z
  .string()
  .regex(/^[a-z0-9][\w.-]{0,200}\.(?:webp|png|jpg)$/)
  .meta({
    description: 'Name of the page, as `meta.image` gives it.',
    examples: [`game.2048.0.7.${'abcdefghijklmnopqrstuv'}.webp`],
  })

const projects = projectListSchema.meta({
  description: 'Ids of projects joined by commas, as `meta.image` gives them.',
  examples: [`${EXAMPLE_PROJECT_ID},space-garden`],
})

/** Of the covers of a collection. */
export const collectionAtlasQuery = z.object(atlasParameters)
export const collectionAtlasPage = collectionPath.extend({ page })
export const collectionAtlasIndex = collectionPath.extend({ index })

export const projectAtlasPage = projectPath.extend({ page })
export const projectAtlasIndex = projectPath.extend({ index })
export const coversPage = z.object({ projects, page })
export const coversIndex = z.object({ projects, index })

const box = z.object({ x: z.int().min(0), y: z.int().min(0), w: z.int().min(1), h: z.int().min(1) })

const frame = {
  frame: box.openapi({ example: { x: 2, y: 2, w: 50, h: 50 } }),
  rotated: z.literal(false),
  trimmed: z.literal(false),
  spriteSourceSize: box.openapi({ example: { x: 0, y: 0, w: 50, h: 50 } }),
  sourceSize: z.object({ w: z.int().min(1), h: z.int().min(1) }).openapi({ example: { w: 50, h: 50 } }),
}

const size = z.object({ w: z.int().min(1), h: z.int().min(1) }).openapi({ example: { w: 1998, h: 1998 } })

const image = z.string().openapi({
  description: 'URL of the page, relative to that of this document.',
  example: `atlas/game.2048.0.7.${'abcdefghijklmnopqrstuv'}.webp`,
})

const meta = {
  app: z.literal('tintype'),
  version: z.literal('1.0'),
  format: z.literal('RGBA8888'),
  scale: z.literal('1'),
  revision: z.int().min(0).openapi({ description: 'Revision of the places of the frames; 0 for covers.', example: 7 }),
}

/** The JSON hash of one page. */
export const atlasSchema = z
  .object({
    frames: z.record(z.string(), z.object(frame)),
    meta: z.object({
      ...meta,
      image,
      size,
      pages: z.int().min(0).openapi({ description: 'Number of pages.', example: 1 }),
      related_multi_packs: z
        .array(z.string())
        .optional()
        .openapi({
          description: 'Documents of the other pages, relative to that of this one.',
          example: ['atlas/1.json'],
        }),
    }),
  })
  .openapi('Atlas')

/** All pages, in the form of Phaser. */
export const multiAtlasSchema = z
  .object({
    textures: z.array(
      z.object({
        image,
        format: z.literal('RGBA8888'),
        size,
        scale: z.literal(1),
        frames: z.array(z.object({ filename: z.string(), ...frame })),
      }),
    ),
    meta: z.object(meta),
  })
  .openapi('MultiAtlas')

export type AtlasView = z.infer<typeof atlasSchema>
export type MultiAtlasView = z.infer<typeof multiAtlasSchema>
