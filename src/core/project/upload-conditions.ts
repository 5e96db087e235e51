// What an upload may ask for besides being stored, decided inside the commit. Pure: the same for every process.
//
// An answer that is to be given again is kept on the image itself. So it is durable with the commit that it tells of,
// every worker sees it, and it lives and dies with the image, without a file or a clean-up of its own.

import { TintypeError } from '../errors.ts'
import type { Answered, ImageRecord, Project } from './model.ts'
import { chargedTo } from './quota.ts'

/** Conditions under which an image is added. Those that look at other images make all of them be read. */
export interface UploadTerms {
  /** {@link idempotencyKeyOf} what the client sent: an upload that had it answers this one too. @default none */
  idempotencyKey?: string
  /** An identical file that is there is answered instead of being stored again. @default false */
  dedupe?: boolean
  /** Most images of the project. @default no limit */
  maxImages?: number
  /** Whom the project's bytes are charged to, where room was reserved there. @default no matter */
  chargedTo?: string
}

/** How long the answer of a key is given again, in milliseconds. */
export const IDEMPOTENT_MS = 86_400_000

/** Most answers to deduplicated uploads that one image remembers. */
const MOST_DUPLICATES = 64

/** An image that answers an upload in place of a new one. */
export interface Earlier {
  image: ImageRecord
  /** What was answered; undefined for a duplicate, which has no answer of its own yet. */
  answered: Answered | undefined
}

export const looksAtImages = ({ idempotencyKey, dedupe = false }: UploadTerms): boolean =>
  idempotencyKey !== undefined || dedupe

/**
 * The image that answers an upload of these bytes, undefined where it is to be stored.
 *
 * @param sha256 of the file that was uploaded
 * @param now ISO 8601
 * @throws TintypeError `idempotency_conflict` where the key came with other bytes before
 */
export const findEarlier = (
  images: readonly ImageRecord[],
  sha256: string,
  terms: UploadTerms,
  now: string,
): Earlier | undefined => {
  const answered = findAnswered(images, terms.idempotencyKey, now)
  if (answered) {
    if (answered.image.sha256 !== sha256) throw conflict()
    return answered
  }
  const image = terms.dedupe ? images.find((each) => each.sha256 === sha256) : undefined
  return image && { image, answered: undefined }
}

/** The image whose upload this key came with, whatever its bytes are. */
export const findAnswered = (images: readonly ImageRecord[], key: string | undefined, now: string) => {
  if (key === undefined) return undefined
  const since = Date.parse(now) - IDEMPOTENT_MS
  for (const image of images) {
    const answered = image.answers?.find((each) => each.key === key && Date.parse(each.at) > since)
    if (answered) return { image, answered }
  }
  return undefined
}

/**
 * The image with one more answer; those that are too old are forgotten. That of the upload which made the image stays for
 * all of its time, however many duplicates come: without it, the same upload sent again would be stored again. Of those
 * the newest stay: one that was forgotten is sent again with `?dedupe=true`, and finds the same image.
 */
export const withAnswer = (image: ImageRecord, answered: Answered): ImageRecord => {
  const since = Date.parse(answered.at) - IDEMPOTENT_MS
  const before = image.answers?.filter(({ key, at }) => key !== answered.key && Date.parse(at) > since) ?? []
  const all = [...before, answered]
  const own = all.filter(({ upload }) => upload === image.id)
  const duplicates = all.filter(({ upload }) => upload !== image.id)
  return { ...image, answers: [...own, ...duplicates.slice(-MOST_DUPLICATES)] }
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
 * Room was reserved with whoever the project belonged to when it was looked at.
 *
 * @throws TintypeError `busy` where it has become another's since
 */
export const assertCharged = (project: Project, reservedBy: string | undefined): void => {
  if (reservedBy === undefined || chargedTo(project, undefined) === reservedBy) return
  throw new TintypeError('busy', `Project "${project.project_id}" has just been made by somebody else.`, {
    retryAfterSeconds: 1,
  })
}

/** What became of an upload. */
export interface UploadOutcome {
  image: ImageRecord
  /** The answer that it gets, where it is one that is kept. */
  answered: Answered | undefined
  /** True where this upload is the first one that gets it. */
  isFirst: boolean
}

/**
 * Read from the state that the commit led to. Undefined where the image was deleted since.
 *
 * @param images all of that state
 * @param upload the record that was to be added
 */
export const outcomeOf = (
  images: readonly ImageRecord[],
  upload: ImageRecord,
  terms: UploadTerms,
  now: string,
): UploadOutcome | undefined => {
  const own = images.find(({ id }) => id === upload.id)
  const earlier = own ? { image: own, answered: undefined } : findEarlier(images, upload.sha256, terms, now)
  if (!earlier) return undefined
  const { answered } = earlier
  return { ...earlier, isFirst: own !== undefined || answered?.upload === upload.id }
}

const conflict = (): TintypeError =>
  new TintypeError('idempotency_conflict', 'The Idempotency-Key came with another file before. Take a new key.', {
    details: { field: 'Idempotency-Key' },
  })
