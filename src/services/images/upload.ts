// Uploads: receives, encodes and commits an image, or returns the one that an earlier upload stored. Jobs use the steps alone.

import { createHash } from 'node:crypto'
import { type Principal, requireReadable, type Visibility } from '../../core/auth/access.ts'
import { TintypeError } from '../../core/errors.ts'
import { variantsOf } from '../../core/names.ts'
import { readsImages, type UploadTerms } from '../../core/project/add-image.ts'
import type { AssetTerms } from '../../core/project/assets.ts'
import { deletedBy } from '../../core/project/events.ts'
import type { ImageDetails } from '../../core/project/image-details.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import { bytesOfImage, chargedTo } from '../../core/project/quota.ts'
import type { EncoderPool, Priority } from '../../image/encoder.ts'
import type { IdempotencyMarks } from '../../stores/idempotency/marks.ts'
import type { OwnerQuota } from '../../stores/quota/quota.ts'
import type { Stage, Store } from '../../stores/store.ts'
import { hashed, idempotencyKeyOf, stillRunning } from './idempotency-key.ts'
import { createUploadAnswers, type UploadAnswers, type UploadedImage } from './upload-answers.ts'
import type { Variants } from './variants.ts'

export interface UploadStepsOptions {
  store: Pick<Store, 'project' | 'recent' | 'imageList' | 'transition'>
  encoders: Pick<EncoderPool, 'encode'>
  /** @default no limit */
  quota?: OwnerQuota
  /** Limit of the images of a project. @default no limit */
  maxImages?: number
  /** Caches small variants of a new image. */
  variants: Pick<Variants, 'preload' | 'forget'>
  /** Visibility of projects that an upload creates. @default 'public' */
  newVisibility?: Visibility
  /** @default () => new Date() */
  now?: () => Date
}

/** Steps that uploads with and without a waiting client share. */
export interface UploadSteps {
  answers: UploadAnswers
  storeUpload: StoreUpload
}

export interface ReceivedUpload {
  projectId: string
  stage: Stage
  /** Path of the file. */
  source: string
  /** Hex, where it is known. */
  sha256: string | undefined
  terms: UploadTerms
  details: ImageDetails
  by: Principal | undefined
  signal?: AbortSignal
  /** @default 'upload' */
  priority?: Priority
  /** True for the image of a job, which is pending. @default false */
  isPending?: boolean
  /** See `UploadOptions`. @default none */
  confirm?(): Promise<void>
}

export type StoreUpload = (upload: ReceivedUpload) => Promise<UploadedImage>

export interface UploaderOptions extends UploadStepsOptions {
  store: UploadStepsOptions['store'] & Pick<Store, 'stage'>
  encoders: Pick<EncoderPool, 'encode' | 'assertRoom'>
  /** Marks of running uploads with an idempotency key. @default none: concurrent repeats are not refused */
  marks?: IdempotencyMarks
  /** True while a job with the key has not ended, which will store the image. @default there are no jobs */
  isJobUnderWay?(idempotencyKey: string): Promise<boolean>
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

export type Upload = (
  projectId: string,
  file: AsyncIterable<Uint8Array>,
  options?: UploadOptions,
) => Promise<UploadedImage>

/** Time in which the images of jobs are gathered for one commit, in milliseconds: no client waits for a response. */
const GATHER_MS = 50

/** Outcome of an upload without conditions. */
const NEW = { isNew: true, isReplay: false, isReplacement: false } as const

export const createUploader = (options: UploaderOptions): Upload => {
  const { store, encoders, marks, isJobUnderWay, maxImages } = options
  const { answers, storeUpload } = createUploadSteps(options)

  const upload = async (
    projectId: string,
    file: AsyncIterable<Uint8Array>,
    terms: UploadTerms,
    { by, signal, confirm, details }: UploadOptions,
  ): Promise<UploadedImage> => {
    const isLimited = readsImages(terms) || maxImages !== undefined
    const isAnswered = isLimited && (await answers.assertUseful(projectId, terms, by))
    if (!isAnswered) encoders.assertRoom()
    const stage = await store.stage(projectId)
    try {
      const received = await receiveInto(stage, file, readsImages(terms))
      const all = details?.() ?? {}
      const { sha256 } = received
      const answer = sha256 && (await answers.find(projectId, { sha256, ...all }, terms, by))
      if (answer) {
        await confirm?.()
        return answer
      }
      const source = stage.uploadPath
      return await storeUpload({ projectId, stage, source, sha256, terms, details: all, by, signal, confirm })
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
      if (await isJobUnderWay?.(idempotencyKey)) throw stillRunning()
      return await upload(projectId, file, { idempotencyKey, dedupe, maxImages, asset }, request)
    } finally {
      await mark?.release()
    }
  }
}

/** Makes an image of a received upload: encodes it, reserves its bytes, publishes its files, commits it. */
export const createUploadSteps = (options: UploadStepsOptions): UploadSteps => {
  const { store, encoders, quota, variants } = options
  const now = () => (options.now?.() ?? new Date()).toISOString()
  const answers = createUploadAnswers({ store, maxImages: options.maxImages, now })

  const reserve = async (projectId: string, stage: Stage, image: ImageRecord, by: Principal | undefined) => {
    if (!quota) return undefined
    // The commit refuses an image that was charged to another owner.
    const owner = chargedTo(store.recent(projectId) ?? (await answers.newest(projectId, by)), by)
    await quota.reserve(owner, projectId, stage, bytesOfImage(image))
    return owner
  }

  const storeUpload: StoreUpload = async (upload) => {
    const { projectId, stage, source, sha256, terms, details, by, confirm, isPending, signal, priority } = upload
    stage.prepare()
    const picture = await encoders.encode({ source, targets: stage.targets, sha256 }, { signal, priority })
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
      object: terms.object,
      ...details,
      taken_at: picture.takenAt,
      asset: terms.asset?.name,
    }
    const charged = await reserve(projectId, stage, image, by)
    await confirm?.()
    await stage.publish(variantsOf(picture.sizes), picture.sizes)
    const all = { ...terms, chargedTo: charged }
    const visibility = options.newVisibility
    const change = { type: 'add_image', image, by, visibility, terms: all, isPending } as const
    const gatherMs = isPending ? GATHER_MS : 0
    const { before, after } = await store.transition(projectId, change, { stage, gatherMs })
    const deleted = deletedBy(before, change, after)
    for (const imageId of deleted) variants.forget(projectId, imageId)
    const project = requireReadable(after, by)
    const uploaded = readsImages(terms) ? await answers.committed(project, image, all, by) : { ...NEW, project, image }
    if (uploaded.isNew && !uploaded.isReplay) await variants.preload(uploaded.project, uploaded.image)
    return deleted.length > 0 ? { ...uploaded, isReplacement: true } : uploaded
  }

  return { answers, storeUpload }
}

/**
 * Receives a file.
 *
 * @param isHashed false where nothing asks for the hash before the picture is made
 * @throws TintypeError `empty_file`; those of `Stage.receive`
 */
export const receiveInto = async (
  stage: Pick<Stage, 'receive'>,
  file: AsyncIterable<Uint8Array>,
  isHashed: boolean,
) => {
  const hash = isHashed ? createHash('sha256') : undefined
  const bytes = await stage.receive(hash ? hashed(file, hash) : file)
  if (bytes === 0) throw new TintypeError('empty_file', 'Expected an image in field "file", it has 0 bytes.')
  return { bytes, sha256: hash?.digest('hex') }
}
