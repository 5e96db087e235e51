// Adds an image under the conditions of its upload, decided inside the commit: idempotency keys, deduplication, quotas.
// Pure.
//
// Responses to idempotency keys are stored with their image. So they are durable with the commit, visible to every
// process, and removed with the image, without files or a cleanup of their own.

import type { Principal, Visibility } from '../auth/access.ts'
import { TintypeError } from '../errors.ts'
import { assertInSource, findObject, isCurrent, withObject } from '../sources/source-objects.ts'
import { type AssetTerms, assertExpectedAsset, findAsset, takingOver, uploadedAgain } from './assets.ts'
import { appendImage, findImage, firstImage, type ImageList, replaceImage } from './image-list.ts'
import type { ImageRecord, Project, RecordedAnswer, SourceObject } from './model.ts'
import { chargedTo } from './quota.ts'
import type { ProjectState } from './state.ts'

export interface AddImage {
  type: 'add_image'
  image: ImageRecord
  by?: Principal
  /** Visibility of the project, where the image creates it. */
  visibility?: Visibility
  terms?: UploadTerms
  /** True for the image of a job, which has to be pending. @default false */
  isPending?: boolean
}

/** Conditions under which an image is added. The first four load all images of the project. */
export interface UploadTerms {
  /** Makes the image that of an asset, in place of the one before it. @default none */
  asset?: AssetTerms
  /** Makes the image that of an object in the source of the project, in place of the one before it. @default none */
  object?: SourceObject
  /** Hash of the client's `Idempotency-Key`: the response to an earlier upload with it is repeated. @default none */
  idempotencyKey?: string
  /** Answers with an identical image of the project instead of storing another. @default false */
  dedupe?: boolean
  /** Limit on the images of the project. @default no limit */
  maxImages?: number
  /** The account in which the bytes were reserved. @default not checked */
  chargedTo?: string
}

/** Lifetime of an idempotency key, in milliseconds. */
export const IDEMPOTENT_MS = 86_400_000

/** Limit on the responses to duplicates that one image keeps. */
const MOST_DUPLICATES = 64

/** An existing image that answers an upload. */
export interface ExistingImage {
  image: ImageRecord
  /** The recorded answer; undefined for a duplicate without one. */
  answer: RecordedAnswer | undefined
}

/**
 * Adds an image, or puts it in the place of another one. Returns the same object where an existing image answers the
 * upload.
 *
 * @param state with all of its images loaded where {@link readsImages} says so
 * @param project the same state, or a new project where it does not exist
 * @param revision see `applyChange`
 * @throws TintypeError `quota_exceeded`, `idempotency_conflict`, `precondition_failed`, `busy`
 */
export const addImage = (
  state: ProjectState,
  project: ProjectState,
  change: AddImage,
  now: string,
  revision: number,
): ProjectState => {
  const { terms = {} } = change
  const existing = readsImages(terms) ? findExisting(state.images, change.image.sha256, terms, now) : undefined
  if (terms.object) assertInSource(state, terms.object)
  const before = predecessorOf(project.images, terms)
  if (terms.asset && !existing?.answer) assertExpectedAsset(before, terms.asset, revision)
  if (existing) return answerByExisting(state, existing, change, now)
  assertCharged(project, terms.chargedTo)
  if (before) return replaceBy(project, change, before, now)
  assertRoomForImage(state.project_id, project.image_count, terms.maxImages)
  const primary = project.primary_image_id ?? change.image.id
  const image = withAnswerFor(change.image, change, { ...project, primary_image_id: primary }, now)
  return {
    ...project,
    deleted: false,
    primary_image_id: primary,
    image_count: project.image_count + 1,
    images: appendImage(project.images, image),
  }
}

/** The image whose place an upload takes: that of the asset or object that it becomes. */
export const predecessorOf = (images: ImageList, { asset, object }: UploadTerms): ImageRecord | undefined =>
  asset ? findAsset(images, asset.name) : object && findObject(images, object.url)

/** Puts the image in the place of another one, also as the cover. */
const replaceBy = (project: ProjectState, change: AddImage, before: ImageRecord, now: string): ProjectState => {
  const primary = project.primary_image_id === before.id ? change.image.id : project.primary_image_id
  const image = takingOver(change.image, before)
  const answered = withAnswerFor(image, change, { ...project, primary_image_id: primary }, now, true)
  return { ...project, primary_image_id: primary, images: replaceImage(project.images, answered, before.id) }
}

/**
 * Adds nothing. The image of a duplicate keeps the response for an idempotency key that is new to it; that of an asset
 * gets the details of the upload, that of an object its tag.
 */
const answerByExisting = (state: ProjectState, { image, answer }: ExistingImage, change: AddImage, now: string) => {
  if (answer) return state
  const { asset, object } = change.terms ?? {}
  const detailed = asset ? uploadedAgain(image, change.image) : image
  const answered = withAnswerFor(object ? withObject(detailed, object) : detailed, change, state, now)
  return answered === image ? state : { ...state, images: replaceImage(state.images, answered) }
}

/** Adds the response to this upload to its image, where it has an idempotency key. */
const withAnswerFor = (
  image: ImageRecord,
  { image: upload, terms }: AddImage,
  state: ProjectState,
  now: string,
  isReplacement = false,
) => {
  const key = terms?.idempotencyKey
  if (key === undefined) return image
  const isPrimary = state.primary_image_id === image.id
  const answer = { key, upload: upload.id, at: now, revision: state.revision + 1, is_primary: isPrimary }
  return withAnswer(image, isReplacement ? { ...answer, replaced: true } : answer)
}

export const readsImages = ({ idempotencyKey, dedupe = false, asset, object }: UploadTerms): boolean =>
  idempotencyKey !== undefined || dedupe || asset !== undefined || object !== undefined

/**
 * The existing image that answers an upload, undefined where the upload is to be stored.
 *
 * @param sha256 hash of the uploaded file
 * @param now ISO 8601
 * @throws TintypeError `idempotency_conflict` where the key was used for another file
 */
export const findExisting = (
  images: ImageList,
  sha256: string,
  terms: UploadTerms,
  now: string,
): ExistingImage | undefined => {
  const answer = findRecordedAnswer(images, terms.idempotencyKey, now)
  if (answer) {
    if (answer.image.sha256 !== sha256) throw idempotencyConflict()
    return answer
  }
  const { asset, dedupe, object } = terms
  if (object) {
    const image = findObject(images, object.url)
    return image && isCurrent(image, object, sha256) ? { image, answer: undefined } : undefined
  }
  if (!asset && !dedupe) return undefined
  const image = firstImage(images, (each) => each.sha256 === sha256 && (!asset || each.asset === asset.name))
  return image && { image, answer: undefined }
}

/** The image and the response of an idempotency key, whatever file it was used for. */
export const findRecordedAnswer = (images: ImageList, key: string | undefined, now: string) => {
  if (key === undefined) return undefined
  const since = Date.parse(now) - IDEMPOTENT_MS
  const answerOf = ({ answers }: ImageRecord) =>
    answers?.find((each) => each.key === key && Date.parse(each.at) > since)
  const image = firstImage(images, (each) => answerOf(each) !== undefined)
  const answer = image && answerOf(image)
  return answer && { image, answer }
}

/**
 * Adds a response to an image and drops expired ones. The response to the upload that created the image stays until it
 * expires, since a retry would be stored again without it. The newest responses to duplicates stay; retries of others
 * have `?dedupe=true` and find the image by its hash.
 */
const withAnswer = (image: ImageRecord, answer: RecordedAnswer): ImageRecord => {
  const since = Date.parse(answer.at) - IDEMPOTENT_MS
  const before = image.answers?.filter(({ key, at }) => key !== answer.key && Date.parse(at) > since) ?? []
  const all = [...before, answer]
  const own = all.filter(({ upload }) => upload === image.id)
  const duplicates = all.filter(({ upload }) => upload !== image.id)
  const answers = [...own, ...duplicates.slice(-MOST_DUPLICATES)]
  // Not spread: the V8 of Node 20 then gives each record a hidden class of its own, 600 bytes for each image in memory.
  return Object.assign({}, image, { answers })
}

/** @throws TintypeError `quota_exceeded` */
export const assertRoomForImage = (projectId: string, count: number, maxImages: number | undefined): void => {
  if (maxImages === undefined || count < maxImages) return
  throw new TintypeError(
    'quota_exceeded',
    `Expected at most ${maxImages} images in project "${projectId}", it has ${count}. Delete some first.`,
    { details: { max_images: maxImages, images: count } },
  )
}

/**
 * Checks that the account in which the bytes were reserved is still the one that is charged.
 *
 * @throws TintypeError `busy` where another principal has created the project since
 */
const assertCharged = (project: Project, reservedBy: string | undefined): void => {
  if (reservedBy === undefined || chargedTo(project, undefined) === reservedBy) return
  throw new TintypeError('busy', `Project "${project.project_id}" has just been created by another principal.`, {
    retryAfterSeconds: 1,
  })
}

/** Outcome of an upload. */
export interface UploadOutcome {
  image: ImageRecord
  /** The stored response to repeat, if any. */
  answer: RecordedAnswer | undefined
  /** True where no earlier upload got this response. */
  isFirst: boolean
}

/**
 * The outcome of an upload, by the state after its commit. Undefined where the image was deleted meanwhile.
 *
 * @param images of that state, all loaded
 * @param upload record of the uploaded image
 */
export const outcomeOf = (
  images: ImageList,
  upload: ImageRecord,
  terms: UploadTerms,
  now: string,
): UploadOutcome | undefined => {
  const own = findImage(images, upload.id)
  const existing = own ? { image: own, answer: undefined } : findExisting(images, upload.sha256, terms, now)
  if (!existing) return undefined
  const { answer } = existing
  return { ...existing, isFirst: own !== undefined || answer?.upload === upload.id }
}

export const idempotencyConflict = (): TintypeError =>
  new TintypeError('idempotency_conflict', 'The Idempotency-Key came with another file before. Take a new key.', {
    details: { field: 'Idempotency-Key' },
  })
