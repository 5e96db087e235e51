// Checks every variant of the head against its record.

import { setTimeout as sleep } from 'node:timers/promises'
import type { VariantName } from '../../../../core/names.ts'
import type { ImageRecord } from '../../../../core/project/model.ts'
import { isPartial } from '../../../fallback/partial.ts'
import type { DoctorContext } from '../context.ts'
import type { Problem } from '../problem.ts'
import { findNewestRecord, type ImageBatch, imageBatches } from '../read/images.ts'
import { findPendingWork } from '../read/pending-work.ts'
import { type FaultyImage, findVariantFaults } from '../read/variants.ts'
import { type ContentIndex, createContentIndex, isRepairable, repairVariants } from '../repair/variants.ts'

/** Limit on images that are deferred to the end, when the content of their originals and sources may have been found elsewhere. */
const MAX_DEFERRED = 1000
const MAX_CHECKS = 20

const NO_LARGER = 'no larger variant to make it from; the image keeps its other variants'
const NO_SOURCE = 'no other file has its pixels: put back a copy. Until then renders are made from the original, opaque'
const ONLY_IN_BUCKET = 'the bucket of FALLBACK may have it: run the doctor with the setting of the server'

/** @param onImages called with the number of images that were checked */
export async function* checkVariants(
  context: DoctorContext,
  projectId: string,
  onImages: (count: number) => void,
): AsyncGenerator<Problem> {
  const contents = createContentIndex()
  const deferred: FaultyImage[] = []
  for await (const batch of imageBatches(context, projectId)) {
    for (const image of batch.images) {
      const faulty = await checkImage(context, projectId, image, batch)
      onImages(1)
      if (!faulty) continue
      contents.add(context.paths, projectId, faulty)
      const isLost = faulty.faults.has('original') || faulty.faults.has('source')
      if (isLost && deferred.length < MAX_DEFERRED) deferred.push(faulty)
      else yield* problemsOf(context, projectId, faulty, contents)
    }
  }
  for (const faulty of deferred) yield* problemsOf(context, projectId, faulty, contents)
}

const isInFallback = async (
  { fallback }: DoctorContext,
  projectId: string,
  { id: imageId, sizes }: ImageRecord,
  name: VariantName,
): Promise<boolean> => {
  const content = sizes[name]
  if (!fallback || !content) return false
  // Where the bucket is away, the file is as good as not there.
  return fallback.has({ projectId, imageId, name, content }).catch(() => false)
}

/** Compares an image with its newest record until the result is certain. */
const checkImage = async (
  context: DoctorContext,
  projectId: string,
  image: ImageRecord,
  batch: ImageBatch,
): Promise<FaultyImage | undefined> => {
  const { paths } = context
  if (!(await findVariantFaults(paths, projectId, image))) return undefined
  // Files are published before their record and removed after it, so one that is missing before the newest record is
  // read is missing indeed. Only a repair by another process may be seen half done.
  for (let checks = 1; ; checks++) {
    const { folders } = await findPendingWork(paths, projectId, 'alive')
    const record = await findNewestRecord(context, projectId, image.id, batch)
    const faulty = record && (await findVariantFaults(paths, projectId, record))
    if (!faulty || folders === 0 || checks === MAX_CHECKS) return faulty
    await sleep(context.waits.recheckDelayMs)
  }
}

async function* problemsOf(
  context: DoctorContext,
  projectId: string,
  faulty: FaultyImage,
  contents: ContentIndex,
): AsyncGenerator<Problem> {
  let repairing: Promise<ReadonlyMap<VariantName, string>> | undefined
  for (const [name, { kind, detail }] of faulty.faults) {
    const path = context.relativePath(context.paths.variant(projectId, faulty.image.id, name))
    const file = faulty.files[name]
    if (file.type === 'unusable' && file.isDenied) {
      yield { kind: 'unreadable', path, detail: `${detail}; run tintype doctor as the user that runs the server` }
      continue
    }
    const isKept = await isInFallback(context, projectId, faulty.image, name)
    const mayBeMissing = kind === 'variant_missing' && isPartial(context.paths.root)
    if (mayBeMissing && isKept) continue
    if (!isKept && !isRepairable(faulty, name, contents)) {
      const why = name === 'source' ? NO_SOURCE : NO_LARGER
      yield { kind, path, detail: `${detail}; ${mayBeMissing && !context.fallback ? ONLY_IN_BUCKET : why}` }
      continue
    }
    const repair = async (): Promise<string> => {
      // The first call repairs all variants of the image.
      repairing ??= repairVariants(context, projectId, faulty, contents)
      const done = (await repairing).get(name)
      if (done === undefined) throw new Error('neither a larger variant nor the fallback has its content')
      return done
    }
    yield { kind, path, detail, repair }
  }
}
