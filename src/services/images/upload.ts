// Uploads: receives, encodes and commits an image, or returns the one that an earlier upload stored.

import { createHash } from 'node:crypto'
import { accessOf, type Principal, requireAccess, requireReadable, type Visibility } from '../../core/auth/access.ts'
import { TintypeError } from '../../core/errors.ts'
import { variantsOf } from '../../core/names.ts'
import {
  assertRoomForImage,
  findExisting,
  findRecordedAnswer,
  outcomeOf,
  readsImages,
  type UploadTerms,
} from '../../core/project/add-image.ts'
import { type AssetTerms, assertExpectedAsset, findAsset, uploadedAgain } from '../../core/project/assets.ts'
import { deletedBy } from '../../core/project/events.ts'
import type { ImageDetails } from '../../core/project/image-details.ts'
import type { ImageList } from '../../core/project/image-list.ts'
import type { ImageRecord, RecordedAnswer } from '../../core/project/model.ts'
import { bytesOfImage, chargedTo } from '../../core/project/quota.ts'
import type { ReadableState } from '../../core/project/state.ts'
import type { EncoderPool } from '../../image/encoder.ts'
import type { IdempotencyMarks } from '../../stores/idempotency/marks.ts'
import type { OwnerQuota } from '../../stores/quota/quota.ts'
import type { Stage, Store } from '../../stores/store.ts'
import { hashed, idempotencyKeyOf, stillRunning } from './idempotency-key.ts'
import type { Variants } from './variants.ts'

export interface UploaderOptions {
  store: Store
  encoders: Pick<EncoderPool, 'encode' | 'assertRoom'>
  /** Marks of running uploads with an idempotency key. @default none: concurrent repeats are not refused */
  marks?: IdempotencyMarks
  /** @default no limit */
  quota?: OwnerQuota
  /** Limit of the images of a project. @default no limit */
  maxImages?: number
  /** Visibility of projects that an upload creates. @default 'public' */
  newVisibility?: Visibility
  /** Caches small variants of a new image. */
  variants: Pick<Variants, 'preload' | 'forget'>
  /** @default () => new Date() */
  now?: () => Date
}

export interface UploadOptions {
  /** Principal of the upload: owner of a project that it creates. @default none, without authorization */
  by?: Principal
  /** Cancels the upload until its commit begins. */
  signal?: AbortSignal
  /**
   * Authorizes again, once all bytes have arrived and before the commit or an answer without one. Throws where the
   * principal has lost the right. @default none
   */
  confirm?(): Promise<void>
  /** Details of the image, called once all bytes have arrived. Those of a repeated upload change nothing. @default none */
  details?(): ImageDetails
  /** `Idempotency-Key` of the request: a repeated upload gets the answer of the first one. @default none */
  idempotencyKey?: string
  /** Returns the stored image where an identical file was uploaded before. @default false */
  dedupe?: boolean
  /** Makes the image that of an asset, in place of the one before it. @default none */
  asset?: AssetTerms
}

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

export type Upload = (
  projectId: string,
  file: AsyncIterable<Uint8Array>,
  options?: UploadOptions,
) => Promise<UploadedImage>

/** A state of a project, with all of its images. */
interface Found {
  project: ReadableState
  images: ImageList
}

export const createUploader = (options: UploaderOptions): Upload => {
  const { store, encoders, marks, quota, maxImages, variants } = options
  const now = () => (options.now?.() ?? new Date()).toISOString()

  /**
   * The newest state, judged: it can be another one than the request was authorized on, and answers and refusals tell
   * of it. @throws TintypeError those of {@link requireAccess}
   */
  const newest = async (projectId: string, by: Principal | undefined): Promise<ReadableState | undefined> => {
    const project = await store.project(projectId)
    if (!project) return undefined
    if (by) requireAccess(by, 'create', projectId, accessOf(project))
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

  /** Refuses an upload before its first byte, where limits already exclude it. */
  const assertUseful = async (projectId: string, terms: UploadTerms, by: Principal | undefined): Promise<void> => {
    if (readsImages(terms)) {
      const { asset, idempotencyKey } = terms
      const found = asset || idempotencyKey !== undefined ? await allImages(projectId, by) : undefined
      if (found && findRecordedAnswer(found.images, idempotencyKey, now())) return
      const image = asset && found && findAsset(found.images, asset.name)
      if (asset) assertExpectedAsset(image, asset, found?.project.revision ?? 0)
      if (asset && !image) assertRoomForImage(projectId, found?.project.image_count ?? 0, maxImages)
    } else if (maxImages !== undefined) {
      assertRoomForImage(projectId, (await newest(projectId, by))?.image_count ?? 0, maxImages)
    }
    encoders.assertRoom()
  }

  /** Finds an answer that needs no commit. @throws TintypeError `idempotency_conflict` */
  const findAnswer = async (
    projectId: string,
    { sha256, ...details }: Pick<ImageRecord, 'sha256'> & ImageDetails,
    terms: UploadTerms,
    by: Principal | undefined,
  ) => {
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
  }

  const reserve = async (projectId: string, stage: Stage, image: ImageRecord, by: Principal | undefined) => {
    if (!quota) return undefined
    const owner = chargedTo(await newest(projectId, by), by)
    await quota.reserve(owner, projectId, stage, bytesOfImage(image))
    return owner
  }

  /** Outcome after the commit, which can have found another image for this upload. */
  const committed = async (
    project: ReadableState,
    upload: ImageRecord,
    terms: UploadTerms,
    by: Principal | undefined,
  ): Promise<UploadedImage> => {
    if (!readsImages(terms)) return shown(project, upload, undefined, true)
    const images = (await store.imageList(project)) ?? (await allImages(project.project_id, by))?.images
    const outcome = images && outcomeOf(images, upload, terms, now())
    if (!outcome)
      throw new TintypeError('busy', 'The image was deleted right after the upload.', { retryAfterSeconds: 1 })
    return shown(project, outcome.image, outcome.answer, outcome.isFirst)
  }

  const upload = async (
    projectId: string,
    file: AsyncIterable<Uint8Array>,
    terms: UploadTerms,
    { by, signal, confirm, details }: UploadOptions,
  ): Promise<UploadedImage> => {
    await assertUseful(projectId, terms, by)
    const stage = await store.stage(projectId)
    try {
      const hash = readsImages(terms) ? createHash('sha256') : undefined
      const bytes = await stage.receive(hash ? hashed(file, hash) : file)
      if (bytes === 0) throw new TintypeError('empty_file', 'Expected an image in field "file", it has 0 bytes.')
      const sha256 = hash?.digest('hex')
      const answer = sha256 && (await findAnswer(projectId, { sha256, ...details?.() }, terms, by))
      if (answer) {
        await confirm?.()
        return answer
      }
      const picture = await encoders.encode({ source: stage.uploadPath, targets: stage.targets, sha256 }, signal)
      const image: ImageRecord = {
        id: stage.imageId,
        ext: 'jpg',
        created_at: now(),
        width: picture.sizes.original.width,
        height: picture.sizes.original.height,
        sha256: sha256 ?? picture.sha256,
        sizes: picture.sizes,
        transparent: picture.transparent,
        placeholder: picture.placeholder,
        color: picture.color,
        ...details?.(),
        taken_at: picture.takenAt,
        asset: terms.asset?.name,
      }
      const charged = await reserve(projectId, stage, image, by)
      await confirm?.()
      await stage.publish(variantsOf(picture.sizes))
      const all = { ...terms, chargedTo: charged }
      const change = { type: 'add_image', image, by, visibility: options.newVisibility, terms: all } as const
      const { before, after } = await store.transition(projectId, change, { stage })
      const deleted = deletedBy(before, change, after)
      for (const imageId of deleted) variants.forget(projectId, imageId)
      const uploaded = await committed(requireReadable(after, by), image, all, by)
      if (uploaded.isNew && !uploaded.isReplay) await variants.preload(uploaded.project, uploaded.image)
      return deleted.length > 0 ? { ...uploaded, isReplacement: true } : uploaded
    } finally {
      await stage.discard()
    }
  }

  return async (projectId, file, request = {}) => {
    const { by, dedupe, asset } = request
    if (request.idempotencyKey === undefined) return upload(projectId, file, { dedupe, maxImages, asset }, request)
    const idempotencyKey = idempotencyKeyOf(projectId, request.idempotencyKey, by)
    const mark = marks ? await marks.take(idempotencyKey) : undefined
    if (marks && !mark) throw stillRunning()
    try {
      return await upload(projectId, file, { idempotencyKey, dedupe, maxImages, asset }, request)
    } finally {
      await mark?.release()
    }
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
