// Answers to uploads that the state of a project decides: refusals before the first byte, and images that are stored already.

import { accessOf, type Principal, requireAccess, requireReadable } from '../../core/auth/access.ts'
import { TintypeError } from '../../core/errors.ts'
import {
  assertRoomForImage,
  findExisting,
  findRecordedAnswer,
  outcomeOf,
  readsImages,
  type UploadTerms,
} from '../../core/project/add-image.ts'
import { assertExpectedAsset, findAsset, uploadedAgain } from '../../core/project/assets.ts'
import type { ImageDetails } from '../../core/project/image-details.ts'
import type { ImageList } from '../../core/project/image-list.ts'
import type { ImageRecord, RecordedAnswer } from '../../core/project/model.ts'
import type { ReadableState } from '../../core/project/state.ts'
import type { Store } from '../../stores/store.ts'

export interface UploadedImage {
  /** State of the project after the upload; for a replay, after the first upload. */
  project: ReadableState
  image: ImageRecord
  /** False where the image of an identical file was stored before. */
  isNew: boolean
  /** True where the idempotency key was answered before. */
  isReplay: boolean
  /** True where the image took the place of another one. */
  isReplacement: boolean
}

export interface UploadAnswers {
  /**
   * The newest state, judged: it can be another one than the request was authorized on, and answers and refusals tell
   * of it. @throws TintypeError those of {@link requireAccess}
   */
  newest(projectId: string, by: Principal | undefined): Promise<ReadableState | undefined>
  /**
   * Refuses an upload before its first byte, where limits already exclude it.
   *
   * @returns true where its key was answered before: whatever else is full, that answer is to be repeated
   */
  assertUseful(projectId: string, terms: UploadTerms, by: Principal | undefined): Promise<boolean>
  /** Finds an answer that needs no commit. @throws TintypeError `idempotency_conflict` */
  find(
    projectId: string,
    file: Pick<ImageRecord, 'sha256'> & ImageDetails,
    terms: UploadTerms,
    by: Principal | undefined,
  ): Promise<UploadedImage | undefined>
  /** Outcome after the commit with conditions, which can have found another image for this upload. @throws TintypeError `busy` */
  committed(
    project: ReadableState,
    upload: ImageRecord,
    terms: UploadTerms,
    by: Principal | undefined,
  ): Promise<UploadedImage>
}

export interface UploadAnswersOptions {
  store: Pick<Store, 'project' | 'imageList'>
  maxImages: number | undefined
  /** ISO 8601. */
  now(): string
}

/** A state of a project, with all of its images. */
interface Found {
  project: ReadableState
  images: ImageList
}

export const createUploadAnswers = ({ store, maxImages, now }: UploadAnswersOptions): UploadAnswers => {
  const newest: UploadAnswers['newest'] = async (projectId, by) => {
    const project = await store.project(projectId)
    if (!project) return undefined
    if (by) requireAccess(by, 'upload', projectId, accessOf(project))
    return requireReadable(project, by)
  }

  const allImages = async (projectId: string, by: Principal | undefined): Promise<Found | undefined> => {
    for (;;) {
      const project = await newest(projectId, by)
      if (!project) return undefined
      const images = await store.imageList(project)
      if (images) return { project, images }
    }
  }

  return {
    newest,

    async assertUseful(projectId, terms, by) {
      if (readsImages(terms)) {
        const { asset, idempotencyKey } = terms
        const found = asset || idempotencyKey !== undefined ? await allImages(projectId, by) : undefined
        if (found && findRecordedAnswer(found.images, idempotencyKey, now())) return true
        const image = asset && found && findAsset(found.images, asset.name)
        if (asset) assertExpectedAsset(image, asset, found?.project.revision ?? 0)
        if (asset && !image) assertRoomForImage(projectId, found?.project.image_count ?? 0, maxImages)
      } else if (maxImages !== undefined) {
        assertRoomForImage(projectId, (await newest(projectId, by))?.image_count ?? 0, maxImages)
      }
      return false
    },

    async find(projectId, { sha256, ...details }, terms, by) {
      const found = await allImages(projectId, by)
      const existing = found && findExisting(found.images, sha256, terms, now())
      if (!existing) return undefined
      const { image, answer } = existing
      // A commit stores a duplicate as the answer of its key, and the details of an asset whose file is the same.
      if (!answer && terms.idempotencyKey !== undefined) return undefined
      if (!answer && terms.asset) {
        assertExpectedAsset(image, terms.asset, found.project.revision)
        if (uploadedAgain(image, details) !== image) return undefined
      }
      return shown(found.project, image, answer, false)
    },

    async committed(project, upload, terms, by) {
      const images = (await store.imageList(project)) ?? (await allImages(project.project_id, by))?.images
      const outcome = images && outcomeOf(images, upload, terms, now())
      if (!outcome)
        throw new TintypeError('busy', 'The image was deleted right after the upload.', { retryAfterSeconds: 1 })
      return shown(project, outcome.image, outcome.answer, outcome.isFirst)
    },
  }
}

/** @param answer recorded answer of an idempotency key */
const shown = (
  project: ReadableState,
  image: ImageRecord,
  answer: RecordedAnswer | undefined,
  isFirst: boolean,
): UploadedImage => {
  if (!answer) return { project, image, isNew: isFirst, isReplay: false, isReplacement: false }
  return {
    project: { ...project, revision: answer.revision, primary_image_id: answer.is_primary ? image.id : null },
    image,
    isNew: answer.upload === image.id,
    isReplay: !isFirst,
    isReplacement: answer.replaced === true && answer.upload === image.id,
  }
}
