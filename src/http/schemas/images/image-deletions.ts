// Request and response bodies of deletions.

import { z } from '@hono/zod-openapi'
import { IMAGE_ID } from '../../../core/names.ts'
import { EXAMPLE_IMAGE_ID } from '../examples.ts'
import { deletedImages, imageId } from '../fields.ts'
import { primarySchema } from './images.ts'

/** Most images that one request deletes. */
export const MAX_DELETED = 1000

const DELETION_RULE = `1 to ${MAX_DELETED} image ids`

export const imageDeletionSchema = z
  .strictObject({
    image_ids: z
      .array(z.string('an image id').regex(IMAGE_ID, 'an image id, 20 characters of 0-9 a-z'), DELETION_RULE)
      .min(1, DELETION_RULE)
      .max(MAX_DELETED, DELETION_RULE)
      .openapi({ example: [EXAMPLE_IMAGE_ID] }),
  })
  .openapi('ImageDeletion')

export const deletedImageSchema = z
  .object({ ...primarySchema.shape, deleted_images: deletedImages })
  .openapi('DeletedImage')

export const deletedImagesSchema = z
  .object({
    ...primarySchema.shape,
    deleted_images: deletedImages,
    missing: z.array(imageId).openapi({ example: [], description: 'Ids that were not in the project.' }),
  })
  .openapi('DeletedImages')
