// The copy of a store's variants in the bucket of its fallback, from which files that are lost here are fetched.

import { checked } from '../copy/checked.ts'
import { isOfPlace } from '../copy/failure.ts'
import type { VariantFile } from '../copy/place.ts'
import { writeNew } from '../file/fs/durable.ts'
import type { Bucket } from '../s3/client/bucket.ts'
import { keys } from '../s3/keys.ts'

export interface SecondCopy {
  /** True where there is a file of the recorded length. @throws TintypeError `store_unavailable` */
  has(file: VariantFile): Promise<boolean>
  /**
   * Fetches a variant into a new local file, synced and checked against its recorded SHA-256. False where it is missing, or
   * has other content.
   *
   * @throws TintypeError `store_unavailable`; errors of the system
   */
  fetch(file: VariantFile, path: string): Promise<boolean>
}

export const createSecondCopy = (bucket: Pick<Bucket, 'head' | 'read'>): SecondCopy => ({
  async has({ projectId, imageId, name, content }) {
    const { found } = await bucket.head(keys.variant(projectId, imageId, name))
    return found?.bytes === content.bytes
  },

  async fetch(file, path) {
    const { projectId, imageId, name, content } = file
    try {
      await writeNew(path, checked(bucket.read(keys.variant(projectId, imageId, name), 0, content.bytes), content))
      return true
    } catch (error) {
      if (isOfPlace(error) || (error instanceof Error && 'syscall' in error)) throw error
      return false
    }
  },
})
