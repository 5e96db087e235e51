// Owner of the bucket of a fallback: `.fallback/owner.json` names the one store that may be copied to it.

import { z } from 'zod'
import { storeUrlOf } from '../../core/bucket-settings.ts'
import { TintypeError } from '../../core/errors.ts'
import type { Bucket } from '../s3/client/bucket.ts'
import { keys } from '../s3/keys.ts'

export interface ClaimOptions {
  bucket: Pick<Bucket, 'bucket' | 'prefix' | 'create' | 'text' | 'put' | 'putNew' | 'list'>
  /** Id of the store that is copied. */
  storeId: string
  /** Takes the bucket over from another store. @default false */
  takeOver?: boolean
  /** Makes the bucket where it is missing. @default false */
  create?: boolean
  /** Called before the store becomes the owner: what it knows of the bucket is of an earlier time. */
  onNew(): Promise<void>
  now(): Date
}

/** `kept` where the store owned the bucket already. */
export type Claim = 'kept' | 'new' | { refusal: TintypeError }

const KEY = '.fallback/owner.json'

const ownerSchema = z.object({ store: z.string(), since: z.iso.datetime() })

/**
 * Makes a store the owner of a bucket that has none. A store in the bucket without an owner is another one: servers may
 * run on it.
 *
 * @throws TintypeError `store_unavailable` where the bucket does not answer as it should
 */
export const claimBucket = async (options: ClaimOptions): Promise<Claim> => {
  const { bucket, storeId, takeOver = false, create = false, now, onNew } = options
  if (create) await bucket.create()
  const own = JSON.stringify({ store: storeId, since: now().toISOString() })
  for (;;) {
    const text = await bucket.text(KEY)
    if (text !== undefined) {
      const owner = ownerOf(text)
      if (owner?.store === storeId) return 'kept'
      if (!takeOver) return refusal(bucket, `is the fallback of another store, since ${owner?.since ?? 'long ago'}`)
      await onNew()
      await bucket.put(KEY, own)
      return 'new'
    }
    const { objects, folders } = await bucket.list({ prefix: keys.projects, delimiter: '/', limit: 1 })
    if (objects.length + folders.length > 0 && !takeOver) return refusal(bucket, 'holds a store')
    await onNew()
    const { isNew } = await bucket.putNew(KEY, own)
    if (isNew) return 'new'
  }
}

const ownerOf = (text: string): z.infer<typeof ownerSchema> | undefined => {
  try {
    return ownerSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

const refusal = (bucket: Pick<Bucket, 'bucket' | 'prefix'>, what: string) => ({
  refusal: new TintypeError(
    'store_unavailable',
    `${storeUrlOf(bucket)} ${what}; choose another FALLBACK, or take it over with --take-over.`,
  ),
})
