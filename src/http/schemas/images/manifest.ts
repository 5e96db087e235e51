// Manifests: every picture of a project by name, for game engines and service workers.

import { z } from '@hono/zod-openapi'
import { FORMATS } from '../../../core/transform/formats.ts'
import {
  EXAMPLE_ASSET_NAME,
  EXAMPLE_HASHES,
  EXAMPLE_IMAGE_URL,
  EXAMPLE_PROJECT_ID,
  EXAMPLE_SIZES,
} from '../examples.ts'
import { projectId, revision } from '../fields.ts'
import { archiveQuery, optional, sizeSchema } from '../parameters.ts'

/** Formats of URLs in a manifest: those that do not depend on the client. */
export const manifestFormatSchema = z
  .preprocess((text) => (text === 'jpg' ? 'jpeg' : text), z.enum(FORMATS))
  .meta({ enum: [...FORMATS, 'jpg'] })
export const manifestLayoutSchema = z.enum(['files', 'pixi'])

export const manifestQuery = archiveQuery.extend({
  format: optional(
    manifestFormatSchema,
    'Format of the URLs, `jpeg` by default; `jpg` means the same. The others are rendered at the first request.',
    'webp',
  ),
  layout: optional(
    manifestLayoutSchema,
    '`files` (default): an object by name. `pixi`: a manifest of PixiJS, with one bundle of the name of the project.',
    'pixi',
  ),
})

const pixels = z.int().min(0)

const fileSchema = z
  .object({
    url: z.string(),
    width: pixels,
    height: pixels,
    bytes: z.int().min(0).nullable(),
    sha256: z.string().nullable(),
  })
  .openapi('ManifestFile', {
    description:
      'A picture: its URL, which never means another picture, its pixels, and length and SHA-256 of the file. These are null ' +
      'in other formats than JPEG, which are rendered at the first request.',
    example: {
      url: `${EXAMPLE_IMAGE_URL}/thumb.jpg`,
      ...EXAMPLE_SIZES.thumb,
      sha256: EXAMPLE_HASHES.thumb,
    },
  })

const filesManifestSchema = z
  .object({
    project_id: projectId,
    revision,
    size: sizeSchema,
    format: z.enum(FORMATS),
    files: z.record(z.string(), fileSchema),
  })
  .openapi('Manifest', { description: 'Pictures by the name of the asset, else by the id of the image.' })

const pixiManifestSchema = z
  .object({
    bundles: z.array(z.object({ name: z.string(), assets: z.array(z.object({ alias: z.string(), src: z.string() })) })),
  })
  .openapi('PixiManifest', {
    description: 'A manifest of PixiJS (`Assets.init`): with `layout=pixi`.',
    example: {
      bundles: [
        {
          name: EXAMPLE_PROJECT_ID,
          assets: [{ alias: EXAMPLE_ASSET_NAME, src: `${EXAMPLE_IMAGE_URL}/thumb.webp` }],
        },
      ],
    },
  })

export const manifestSchema = z.union([filesManifestSchema, pixiManifestSchema])

export type ManifestFileView = z.infer<typeof fileSchema>
