// Fields that several responses share.

import { z } from '@hono/zod-openapi'
import { EXAMPLE_IMAGE_ID, EXAMPLE_PROJECT_ID, EXAMPLE_TIME } from './examples.ts'

export const projectId = z.string().openapi({ example: EXAMPLE_PROJECT_ID })
export const primaryImageId = z.string().nullable().openapi({
  example: EXAMPLE_IMAGE_ID,
  description: 'Id of the cover; null if the project has no image.',
})
export const time = z.iso.datetime().openapi({ example: EXAMPLE_TIME })
export const revision = z.int().min(0).openapi({ example: 7, description: 'Number of changes of the project.' })
export const deletedImages = z.int().min(0).openapi({ example: 1, description: 'Number of deleted images.' })
export const next = (entries: string) =>
  z
    .string()
    .nullable()
    .openapi({ description: `URL of the next page of ${entries}; null on the last page.`, example: null })
