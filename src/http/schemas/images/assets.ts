// Named assets: their parameters, and the list of them.

import { z } from '@hono/zod-openapi'
import { ASSET_NAME, ASSET_NAME_RULE } from '../../../core/names.ts'
import { PICTURE_EXTENSIONS } from '../../../core/transform/formats.ts'
import { EXAMPLE_ASSET_NAME, EXAMPLE_PROJECT_ID } from '../examples.ts'
import { next, projectId, revision } from '../fields.ts'
import { coverQuery, projectPath, renderFilePath, renderFileQuery, renderQuery } from '../parameters.ts'
import { imageListQuery } from './image-list.ts'
import { imageSchema } from './images.ts'

const PREFIX_RULE = '1 to 100 of a-z 0-9 . _ - /'

export const assetNameSchema = z.string().regex(ASSET_NAME, ASSET_NAME_RULE)
export const assetPrefixSchema = z.string().regex(/^[a-z0-9._/-]{1,100}$/, PREFIX_RULE)

const name = assetNameSchema.meta({
  description: `Name: ${ASSET_NAME_RULE}. A slash may be plain in the URL, or \`%2F\`.`,
  examples: [EXAMPLE_ASSET_NAME],
})

export const assetPath = projectPath.extend({ name })
export const assetFilePath = assetPath.extend({ format: renderFilePath.shape.format })
export const assetFileQuery = coverQuery.extend({
  size: coverQuery.shape.size.meta({ description: 'Size name; `original` by default.' }),
})
export const assetRenderQuery = renderQuery
export const assetRenderFileQuery = renderFileQuery

export const assetListQuery = z.object({
  prefix: assetPrefixSchema
    .meta({ description: `Beginning of the names: ${PREFIX_RULE}. All by default.`, examples: ['ui/'] })
    .optional(),
  limit: imageListQuery.shape.limit.meta({ description: 'Maximum number of assets in the response; all by default.' }),
  after: assetNameSchema
    .meta({ description: 'Name behind which the page begins.', examples: [EXAMPLE_ASSET_NAME] })
    .optional(),
})

const files = z
  .object(Object.fromEntries(PICTURE_EXTENSIONS.map((extension) => [extension, z.string()])))
  .openapi('AssetFiles', {
    description: 'URLs of the original, which stay the same when the asset is replaced.',
    example: Object.fromEntries(
      PICTURE_EXTENSIONS.map((extension) => [
        extension,
        `/projects/${EXAMPLE_PROJECT_ID}/assets/${EXAMPLE_ASSET_NAME}.${extension}`,
      ]),
    ),
  })

const assetSchema = z
  .object({ name: z.string().openapi({ example: EXAMPLE_ASSET_NAME }), files, image: imageSchema })
  .openapi('Asset')

export const assetListSchema = z
  .object({ project_id: projectId, revision, assets: z.array(assetSchema), next: next('assets') })
  .openapi('AssetList')

export type AssetView = z.infer<typeof assetSchema>
