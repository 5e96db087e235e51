// Pictures in the source of a project: parameters of their route.

import { z } from '@hono/zod-openapi'
import { isObjectKey } from '../../../core/sources/source-url.ts'
import { EXAMPLE_OBJECT_KEY } from '../examples.ts'
import { pictureQuery, projectPath, renderQuery } from '../parameters.ts'

const KEY_RULE = '1 to 1024 bytes without control characters and without parts of one or two dots'

export const objectKeySchema = z.string().refine(isObjectKey, KEY_RULE)

const key = objectKeySchema.meta({
  description: `Key of the object below the source: ${KEY_RULE}. It is encoded as any part of a URL; a slash may be plain, or \`%2F\`.`,
  minLength: 1,
  maxLength: 1024,
  examples: [EXAMPLE_OBJECT_KEY],
})

export const sourcePicturePath = projectPath.extend({ key })

/** Of a transform, without `size`, where one of its parameters beside `format` is there. */
export const sourcePictureQuery = z.object({ ...renderQuery.shape, ...pictureQuery.shape })
