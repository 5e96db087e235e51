// Bucket as a source: the pictures below a prefix in the order of their keys, or of the records of an export. It is only read.

import { messageOf } from '../../../core/errors.ts'
import { inGroups } from '../../../core/in-groups.ts'
import { isObjectKey } from '../../../core/sources/source-url.ts'
import type { Bucket } from '../../../stores/s3/client/bucket.ts'
import { isOutage } from '../../../stores/s3/client/failures.ts'
import type { ListedObject } from '../../../stores/s3/client/listing.ts'
import { RECORDS } from '../export/export-plan.ts'
import { withRecords } from './exported.ts'
import { HEAD_BYTES, isHidden, isPicture } from './pictures.ts'
import type { Source, SourceFile } from './source.ts'

/** Objects whose first bytes are read at once. */
const HEADS_AT_ONCE = 16

/**
 * @param bucket with the prefix; it is closed with the source
 * @param signal ends the listing
 * @throws TintypeError `store_unavailable` where the bucket cannot be listed; the reason of the signal
 */
export const openBucketSource = async (bucket: Bucket, signal: AbortSignal): Promise<Source> => {
  let lost: Error | undefined
  const read = async function* ({ key, bytes, etag }: ListedObject, most = bytes) {
    try {
      yield* bucket.read(key, 0, Math.min(bytes, most), etag)
    } catch (error) {
      if (isOutage(error)) lost = error
      throw error
    }
  }
  const source: Source = { files: [], refused: [], passedOver: 0, lost: () => lost, close: () => bucket.close() }
  try {
    const { candidates, records } = await list(bucket, source, signal)
    const add = async (object: ListedObject): Promise<SourceFile | undefined> => {
      const { key: path, bytes } = object
      const name = path.slice(path.lastIndexOf('/') + 1)
      if (await isPicture(name, () => read(object, HEAD_BYTES))) return { path, name, bytes, open: () => read(object) }
      source.passedOver++
      return undefined
    }
    const found = await inGroups(candidates, HEADS_AT_ONCE, (object) => {
      signal.throwIfAborted()
      return add(object).catch((error: unknown) => {
        if (lost) throw lost
        source.refused.push({ path: object.key, reason: messageOf(error) })
        return undefined
      })
    })
    source.files = found.flatMap((file) => file ?? [])
    return await withRecords(source, records && { path: RECORDS, open: () => read(records) })
  } catch (error) {
    await bucket.close()
    throw error
  }
}

const list = async (bucket: Bucket, source: Source, signal: AbortSignal) => {
  const candidates: ListedObject[] = []
  let records: ListedObject | undefined
  for (let from: string | undefined; ; ) {
    signal.throwIfAborted()
    const page = await bucket.list({ prefix: '', from })
    for (const object of page.objects) {
      const { key } = object
      if (key === RECORDS) records = object
      // The prefix itself, and marks of folders, which some programs write.
      else if (key === '' || key.endsWith('/')) continue
      else if (key.split('/').some(isHidden)) source.passedOver++
      else if (isObjectKey(bucket.prefix + key)) candidates.push(object)
      else source.refused.push({ path: key, reason: 'its key has control characters, or is too long' })
    }
    if (page.next === undefined) return { candidates, records }
    from = page.next
  }
}
