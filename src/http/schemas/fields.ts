// Fields that several responses share.

import { z } from '@hono/zod-openapi'
import { EXAMPLE_IMAGE_ID, EXAMPLE_PROJECT_ID, EXAMPLE_TIME } from './examples.ts'

export const projectId = z.string().openapi({ example: EXAMPLE_PROJECT_ID })
export const imageId = z
  .string()
  .openapi({ example: EXAMPLE_IMAGE_ID, description: '20 characters of 0-9 a-z; never reused.' })
export const primaryImageId = z.string().nullable().openapi({
  example: EXAMPLE_IMAGE_ID,
  description: 'Id of the cover; null if the project has no image.',
})
export const time = z.iso.datetime().openapi({ example: EXAMPLE_TIME })
export const revision = z.int().min(0).openapi({ example: 7, description: 'Number of changes of the project.' })
export const deletedImages = z.int().min(0).openapi({ example: 1, description: 'Number of deleted images.' })
export const pendingImages = z
  .array(z.object({ id: z.string().openapi({ example: EXAMPLE_IMAGE_ID }), created_at: time }))
  .optional()
  .openapi({ description: 'Images of jobs that have not ended; only with `pending=true`, on the last page.' })
export const next = (entries: string) =>
  z
    .string()
    .nullable()
    .openapi({ description: `URL of the next page of ${entries}; null on the last page.`, example: null })
