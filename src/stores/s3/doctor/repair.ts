// Repairs variants of images in a bucket: makes them again from a larger one, or from the source.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SIZES, type VariantName } from '../../../core/names.ts'
import type { ImageRecord } from '../../../core/project/model.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { checked } from '../../copy/checked.ts'
import type { RemakeVariants } from '../../file/doctor/context.ts'
import type { VariantFault } from '../../file/doctor/read/variants.ts'
import { BASES, isMadeFrom, remakeTargets } from '../../file/doctor/repair/variants.ts'
import { writeNew } from '../../file/fs/durable.ts'
import type { Store } from '../../store.ts'
import type { Bucket } from '../client/bucket.ts'
import { keys } from '../keys.ts'
import { createS3Store } from '../s3-store.ts'

/** An image with at least one variant that differs from its record. */
export interface FaultyImage {
  image: ImageRecord
  faults: ReadonlyMap<VariantName, VariantFault>
}

export interface RepairOptions {
  bucket: Bucket
  remake: RemakeVariants
  log: Logger
  /** The newest record of an image, undefined where it was deleted. */
  findRecord(projectId: string, imageId: string): Promise<ImageRecord | undefined>
}

export interface Repair {
  /** True where a sound variant has the pixels of this one. */
  isPossible(faulty: FaultyImage, name: VariantName): boolean
  /**
   * Repairs the objects first, then the record. A crash in between leaves an object that differs from its record, which the
   * next call finds and repairs.
   *
   * @returns what was done, for each repaired variant
   * @throws TintypeError `store_unavailable`, those of an encoder
   */
  image(projectId: string, faulty: FaultyImage): Promise<ReadonlyMap<VariantName, string>>
  close(): Promise<void>
}

export const createRepair = ({ bucket, remake, log, findRecord }: RepairOptions): Repair => {
  let opening: Promise<{ store: Store; folder: string }> | undefined
  let count = 0

  /** Deferred to the first repair: a check writes nothing. */
  const open = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tintype-doctor-'))
    const store = createS3Store({ bucket, workDir: folder, log, readOnly: false, minFreeBytes: 0 })
    try {
      await store.open()
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw error
    }
    return { store, folder }
  }

  const baseOf = ({ image, faults }: FaultyImage, name: VariantName) =>
    BASES.find((base) => image.sizes[base] !== undefined && !faults.has(base) && isMadeFrom(name, base))

  /** Keeps an object that is about to be replaced. @returns where, undefined where there is none */
  const keep = async (key: string): Promise<string | undefined> => {
    const { found } = await bucket.head(key)
    if (!found) return undefined
    const pieces: Uint8Array[] = []
    if (found.bytes > 0) for await (const piece of bucket.read(key, 0, found.bytes)) pieces.push(piece)
    const kept = `.lost/${new Date().toISOString()}/${key}`
    await bucket.put(kept, Buffer.concat(pieces))
    return kept
  }

  return {
    isPossible: (faulty, name) => baseOf(faulty, name) !== undefined,

    async image(projectId, faulty) {
      const { image, faults } = faulty
      const done = new Map<VariantName, string>()
      const lost = SIZES.filter((size) => faults.has(size) && baseOf(faulty, size))
      const base = lost[0] && baseOf(faulty, lost[0])
      const content = base && image.sizes[base]
      if (!base || !content) return done
      opening ??= open()
      const { store, folder } = await opening
      const work = await mkdtemp(join(folder, `${++count}-`))
      try {
        const source = join(work, 'base')
        await writeNew(
          source,
          checked(bucket.read(keys.variant(projectId, image.id, base), 0, content.bytes), content),
          false,
        )
        const targets = remakeTargets(work)
        const remade = await remake({ source, targets })
        if (!(await findRecord(projectId, image.id))) throw new Error('the image was deleted meanwhile')
        const sizes = { ...image.sizes }
        for (const size of lost.filter((each) => isMadeFrom(each, base))) {
          const key = keys.variant(projectId, image.id, size)
          const kept = await keep(key)
          const { bytes, sha256 } = remade.sizes[size]
          await bucket.put(key, { path: targets[size], bytes, sha256 })
          const isSame = sha256 === image.sizes[size].sha256
          sizes[size] = remade.sizes[size]
          const how = `made again from ${base}, ${isSame ? 'byte for byte' : 'with other bytes than before'}`
          done.set(size, kept === undefined ? how : `${how}; the former object is kept as ${kept}`)
        }
        const { width, height } = sizes.original
        const placeholder = image.placeholder ?? remade.placeholder
        const color = image.color ?? remade.color
        const record: ImageRecord = { ...image, width, height, sizes, placeholder, color }
        if (JSON.stringify(record) !== JSON.stringify(image))
          await store.commit(projectId, { type: 'replace_image', image: record }, {})
        return done
      } finally {
        await rm(work, { recursive: true, force: true })
      }
    },

    async close() {
      const opened = await opening?.catch(() => undefined)
      if (opened) {
        await opened.store.close()
        await rm(opened.folder, { recursive: true, force: true })
      } else await bucket.close()
    },
  }
}
