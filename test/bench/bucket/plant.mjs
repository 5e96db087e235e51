// Stores in a bucket as uploads would have left them, written directly. Pictures that are read are real files.

import { inGroups } from '../../../dist/core/in-groups.js'
import { newImageId } from '../../../dist/core/names.js'
import { listOf } from '../../../dist/core/project/image-list.js'
import { sha256 } from '../../../dist/stores/append-log.js'
import { encodeRevision, encodeSegment } from '../../../dist/stores/history/revision.js'
import { entryName, keys } from '../../../dist/stores/s3/keys.js'

/** @typedef {ReturnType<typeof import('../../../dist/stores/s3/client/bucket.js').createBucket>} Bucket */

const SIZES = /** @type {const} */ (['original', 'medium', 'thumb', 'game'])
const AT_ONCE = 48
/** Content of every picture. */
const CONTENT = Buffer.alloc(20_000, 1)

/**
 * Writes projects with one image each.
 *
 * @param {Bucket} bucket
 * @param {number} projects
 * @param {number} [withPictures] the first ones, whose pictures exist. @default 1
 */
export const plantProjects = async (bucket, projects, withPictures = 1) => {
  const numbers = Array.from({ length: projects }, (_, n) => n)
  await inGroups(numbers, AT_ONCE, (n) => plantProject(bucket, `p${n}`, 1, n < withPictures))
}

/**
 * Writes a project of many images, of which the cover exists.
 *
 * @param {Bucket} bucket
 * @param {string} projectId
 * @param {number} count
 */
export const plantProject = async (bucket, projectId, count, hasPicture = true) => {
  const images = Array.from({ length: count }, () => recordOf(newImageId()))
  const list = listOf(images)
  const segments = await inGroups(list.segments, AT_ONCE, async (segment) => {
    const id = newImageId().slice(0, 16)
    const text = encodeSegment(segment.images)
    await bucket.put(keys.segment(projectId, id), text)
    return { ...segment, stored: { id, bytes: text.length, sha256: sha256(text) } }
  })
  const now = new Date().toISOString()
  const state = {
    ...{ project_id: projectId, revision: count, title: null, created_at: now, updated_at: now },
    ...{ primary_image_id: images[0].id, image_count: count, deleted: false, images: { ...list, segments } },
  }
  const revision = { state, commits: [], removing: [], removingSegments: [], droppedSegments: [], events: undefined }
  if (hasPicture) for (const size of SIZES) await bucket.put(keys.variant(projectId, images[0].id, size), CONTENT)
  await bucket.put(keys.meta(projectId) + entryName(count), encodeRevision(revision))
}

const recordOf = (id) => {
  const variant = { width: 400, height: 300, bytes: CONTENT.length, sha256: sha256(CONTENT) }
  return {
    ...{ id, ext: 'jpg', created_at: new Date().toISOString(), width: 400, height: 300, sha256: variant.sha256 },
    sizes: { original: variant, medium: variant, thumb: variant, game: variant },
    ...{ placeholder: '1DgGDoILwErCm5rIrIpnWomdCMOqYKs=', color: '#302722' },
  }
}
