// How a picture that was made from an original is delivered.

import { MEDIA_TYPES } from '../../core/transform/formats.ts'
import { formatOfRecipe } from '../../core/transform/recipe.ts'
import type { Render } from '../../services/images/renders.ts'
import type { Delivery } from './send-picture.ts'

/** @param vary header of the request by which the format was chosen */
export const renderDelivery = (
  { imageId, name, recipe, modifiedMs }: Omit<Render, 'open'>,
  cacheControl: string,
  vary: string | undefined,
): Delivery => ({
  etag: `"${imageId}-${name}"`,
  modifiedMs,
  cacheControl,
  contentType: MEDIA_TYPES[formatOfRecipe(recipe)],
  vary,
})
