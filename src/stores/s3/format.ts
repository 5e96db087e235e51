// Format of a store in a bucket, in the object .tintype.json: as that of a folder, see ../file/format.ts.

import { storeUrlOf } from '../../core/bucket-settings.ts'
import { FORMAT_FILE, FORMAT_TEXT, refuseUnknownFormat } from '../file/format.ts'
import type { Bucket } from './client/bucket.ts'

type Marked = Pick<Bucket, 'bucket' | 'prefix' | 'text'>

/**
 * Refuses a store of a newer format. A store without the object has format 1; so has one whose object is not JSON.
 *
 * @returns true where there is such an object
 * @throws TintypeError `store_unavailable`, in one line
 */
export const assertKnownBucketFormat = async (bucket: Marked): Promise<boolean> => {
  const text = await bucket.text(FORMAT_FILE)
  refuseUnknownFormat(text, storeUrlOf(bucket), 'bucket or prefix')
  return text !== undefined
}

/** Creates the object where it is missing, and looks again where another server was faster. @throws as above */
export const markBucketFormat = async (bucket: Marked & Pick<Bucket, 'putNew'>): Promise<void> => {
  if (await assertKnownBucketFormat(bucket)) return
  const { isNew } = await bucket.putNew(FORMAT_FILE, FORMAT_TEXT)
  if (!isNew) await assertKnownBucketFormat(bucket)
}
