// Routes that delete images: one, or several in one change.

import type { ImageService } from '../../services/images/images.ts'
import type { Context } from '../context.ts'
import type { Guard } from '../guard.ts'
import { ifRevisionOf } from '../request/if-match.ts'
import { parseBody, readJson } from '../request/json-body.ts'
import { imageIdOf, projectIdOf } from '../request/params.ts'
import { json } from '../response/respond.ts'
import type { Views } from '../response/views.ts'
import { imageDeletionSchema } from '../schemas/images/image-deletions.ts'

/** Limit of the body of a deletion, in bytes: twice what 1000 ids take. */
const MAX_DELETION_BYTES = 64 * 1024

export interface ImageDeletionOptions {
  images: Pick<ImageService, 'remove' | 'removeAll'>
  views: Views
  guard: Guard
}

export const createImageDeletionRoutes = ({ images, views, guard }: ImageDeletionOptions) => ({
  async remove(c: Context) {
    const projectId = projectIdOf(c)
    const by = await guard.require(c, 'write', projectId)
    const imageId = imageIdOf(c, projectId)
    const project = await images.remove(projectId, imageId, { by, ifRevision: ifRevisionOf(c, imageId) })
    return json(c, { ...views.primary(project), deleted_images: 1 })
  },

  async removeAll(c: Context) {
    const projectId = projectIdOf(c)
    const by = await guard.require(c, 'write', projectId)
    const ifRevision = ifRevisionOf(c)
    const { image_ids: imageIds } = parseBody(imageDeletionSchema, await readJson(c, MAX_DELETION_BYTES))
    const { project, deleted, missing } = await images.removeAll(projectId, imageIds, { by, ifRevision })
    return json(c, { ...views.primary(project), deleted_images: deleted, missing })
  },
})
