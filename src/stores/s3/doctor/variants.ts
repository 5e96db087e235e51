// Checks the variants of images in a bucket against their records.

import { createHash } from 'node:crypto'
import { isDamage, TintypeError } from '../../../core/errors.ts'
import { type VariantName, variantsOf } from '../../../core/names.ts'
import type { ImageRecord, Variant } from '../../../core/project/model.ts'
import type { Problem } from '../../file/doctor/problem.ts'
import type { VariantFault } from '../../file/doctor/read/variants.ts'
import type { Bucket } from '../client/bucket.ts'
import { keys } from '../keys.ts'
import type { FaultyImage, Repair } from './repair.ts'

/** Lengths of the objects of each variant, by image. */
export type ListedVariants = Map<VariantName, ReadonlyMap<string, number>>

export interface CheckOptions {
  bucket: Pick<Bucket, 'head' | 'read'>
  projectId: string
  images: readonly ImageRecord[]
  listed: ListedVariants
  /** The newest record of an image, undefined where it was deleted. */
  findRecord(projectId: string, imageId: string): Promise<ImageRecord | undefined>
  repair: Repair
  /** Called with the number of images that were checked. */
  onImages(count: number): void
}

/** Images whose objects are read at once. */
const AT_ONCE = 8

/** Reads every variant whole. */
export async function* checkImages(options: CheckOptions): AsyncGenerator<Problem> {
  const { images, projectId, repair, onImages } = options
  for (let at = 0; at < images.length; at += AT_ONCE) {
    const group = images.slice(at, at + AT_ONCE)
    const found = await Promise.all(group.map((image) => checkImage(options, image)))
    onImages(group.length)
    for (const faulty of found) if (faulty) yield* problemsOf(projectId, faulty, repair)
  }
}

const checkImage = async (options: CheckOptions, image: ImageRecord): Promise<FaultyImage | undefined> => {
  const { bucket, projectId, listed, findRecord } = options
  for (const name of variantsOf(image.sizes)) {
    const content = image.sizes[name]
    if (!content) continue
    const isListed = listed.get(name)?.get(image.id) === content.bytes
    if (isListed && (await isSound(bucket, keys.variant(projectId, image.id, name), content))) continue
    // Objects are published before their record and removed after it: what the newest one lacks is missing indeed.
    const record = await findRecord(projectId, image.id)
    return record && faultsOf(bucket, projectId, record)
  }
  return undefined
}

const faultsOf = async (
  bucket: CheckOptions['bucket'],
  projectId: string,
  image: ImageRecord,
): Promise<FaultyImage | undefined> => {
  const faults = new Map<VariantName, VariantFault>()
  for (const name of variantsOf(image.sizes)) {
    const content = image.sizes[name]
    const fault = content && (await faultOf(bucket, keys.variant(projectId, image.id, name), content))
    if (fault) faults.set(name, fault)
  }
  return faults.size > 0 ? { image, faults } : undefined
}

const faultOf = async (
  bucket: CheckOptions['bucket'],
  key: string,
  content: Variant,
): Promise<VariantFault | undefined> => {
  const { found } = await bucket.head(key)
  if (!found) return { kind: 'variant_missing', detail: `missing; expected an object of ${content.bytes} bytes` }
  if (found.bytes !== content.bytes)
    return { kind: 'variant_damaged', detail: `expected ${content.bytes} bytes, found ${found.bytes}` }
  if (await isSound(bucket, key, content)) return undefined
  return { kind: 'variant_damaged', detail: 'its SHA-256 differs from the recorded one' }
}

/** @throws TintypeError `store_unavailable` */
const isSound = async (bucket: CheckOptions['bucket'], key: string, { bytes, sha256 }: Variant): Promise<boolean> => {
  const hash = createHash('sha256')
  try {
    for await (const piece of bucket.read(key, 0, bytes)) hash.update(piece)
  } catch (error) {
    if (error instanceof TintypeError && !isDamage(error)) throw error
    return false
  }
  return hash.digest('hex') === sha256
}

function* problemsOf(projectId: string, faulty: FaultyImage, repair: Repair): Generator<Problem> {
  let repairing: Promise<ReadonlyMap<VariantName, string>> | undefined
  for (const [name, { kind, detail }] of faulty.faults) {
    const path = keys.variant(projectId, faulty.image.id, name)
    if (!repair.isPossible(faulty, name)) {
      yield { kind, path, detail: `${detail}; there is nothing to make it from: put back a copy` }
      continue
    }
    yield {
      ...{ kind, path, detail },
      async repair() {
        // The first call repairs all variants of the image.
        repairing ??= repair.image(projectId, faulty)
        const done = (await repairing).get(name)
        if (done === undefined) throw new Error('there is nothing to make it from')
        return done
      },
    }
  }
}
