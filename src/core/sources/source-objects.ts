// Images that stand for objects in the source of their project, a foreign bucket. Pure.

import { TintypeError } from '../errors.ts'
import { unknownProject } from '../not-found.ts'
import { firstImage, type ImageList } from '../project/image-list.ts'
import type { ImageRecord, SourceObject } from '../project/model.ts'
import type { ProjectState } from '../project/state.ts'

/** The image of an object. A list with segments that are not loaded throws. */
export const findObject = (list: ImageList, url: string): ImageRecord | undefined =>
  firstImage(list, ({ object }) => object?.url === url)

/** True for an image that was made of this version of its object, or of another one with the same content. */
export const isCurrent = ({ object, sha256 }: ImageRecord, { etag }: SourceObject, content: string): boolean =>
  object?.etag === etag || sha256 === content

/** An image whose object was written again with the same content. */
export const withObject = (image: ImageRecord, object: SourceObject): ImageRecord =>
  image.object?.etag === object.etag ? image : { ...image, object }

/**
 * Checks that the source of the project still has an object: it may have been changed during the import.
 *
 * @throws TintypeError `project_not_found`, `busy`
 */
export const assertInSource = (
  { project_id: projectId, deleted, source }: ProjectState,
  { url }: SourceObject,
): void => {
  if (deleted) throw unknownProject(projectId)
  if (source !== undefined && url.startsWith(source)) return
  throw new TintypeError('busy', `The source of project "${projectId}" has just been changed.`, {
    retryAfterSeconds: 1,
  })
}
