// Makes records of images that are known by their files alone.

import { join } from 'node:path'
import { PICTURE_ERRORS, TintypeError } from '../../../../core/errors.ts'
import { SIZES } from '../../../../core/names.ts'
import type { ImageRecord, Variant } from '../../../../core/project/model.ts'
import { makeFolder } from '../../fs/durable.ts'
import type { DoctorContext, RemadeVariants, RemakeJob } from '../context.ts'
import { inspectFile, inspectVariant } from '../read/files.ts'
import { findOldRecords, type UnlistedOriginal } from '../read/images.ts'
import { placeVariant, remakeTargets } from './variants.ts'

/** Records of unlisted originals: as older documents have them, else made from the files. In the order of upload. */
export const recordsOfOriginals = async (
  context: DoctorContext,
  projectId: string,
  originals: readonly UnlistedOriginal[],
): Promise<ImageRecord[]> => {
  if (originals.length === 0) return []
  const known = await findOldRecords(context.paths, projectId, new Set(originals.map(({ imageId }) => imageId)))
  const records: ImageRecord[] = []
  for (const original of originals) {
    const record = known.get(original.imageId) ?? (await recordFromOriginal(context, projectId, original))
    if (record) records.push(record)
  }
  return records.sort((one, other) => (one.created_at < other.created_at ? -1 : 1))
}

/**
 * Makes the smaller variants again, since it is unknown whether those on disk are intact; the original is unchanged.
 * Its hash replaces the hash of the upload, which is lost. They are made from the source where there is one. Undefined where the original cannot be decoded.
 */
const recordFromOriginal = (
  context: DoctorContext,
  projectId: string,
  { imageId, writtenAt }: UnlistedOriginal,
): Promise<ImageRecord | undefined> =>
  context.withWorkFolder(projectId, async (folder) => {
    const source = context.paths.variant(projectId, imageId, 'original')
    const file = await inspectFile(source)
    if (file.type !== 'file') return undefined
    const targets = remakeTargets(folder)
    const remade = await remake(context, { source, targets })
    if (!remade) return undefined
    const lossless = await remakeFromSource(context, projectId, imageId, remade.sizes.original, folder)
    const { sizes, placeholder, color } = lossless ?? remade
    for (const size of SIZES.slice(1)) {
      const path = context.paths.variant(projectId, imageId, size)
      const present = await inspectFile(path)
      if (present.type === 'file' && present.sha256 === sizes[size].sha256) continue
      await placeVariant(context, (lossless?.targets ?? targets)[size], path)
    }
    const original = { ...remade.sizes.original, bytes: file.bytes, sha256: file.sha256 }
    return {
      id: imageId,
      ext: 'jpg',
      created_at: writtenAt,
      width: original.width,
      height: original.height,
      sha256: file.sha256,
      sizes: { ...sizes, original, ...(lossless && { source: lossless.source }) },
      transparent: lossless?.transparent,
      placeholder,
      color,
    }
  })

/** The smaller variants by the source, and its record. Undefined where it is missing, or not that of this original. */
const remakeFromSource = async (
  context: DoctorContext,
  projectId: string,
  imageId: string,
  original: Variant,
  folder: string,
) => {
  const path = context.paths.variant(projectId, imageId, 'source')
  const file = await inspectVariant(path)
  if (file.type !== 'file' || !file.header) return undefined
  const { width, height, hasAlpha } = file.header
  if (width !== original.width || height !== original.height) return undefined
  const own = join(folder, 'source')
  await makeFolder(own)
  const targets = { ...remakeTargets(own), source: join(own, 'remade-source.png') }
  const remade = await remake(context, { source: path, targets })
  const source: Variant = { width, height, bytes: file.bytes, sha256: file.sha256 }
  return remade && { ...remade, targets, source, transparent: hasAlpha ? (true as const) : undefined }
}

const remake = async (context: DoctorContext, job: RemakeJob): Promise<RemadeVariants | undefined> => {
  try {
    return await context.remake(job)
  } catch (error) {
    if (error instanceof TintypeError && PICTURE_ERRORS.includes(error.code)) return undefined
    throw error
  }
}
