// Marks of uploads under way, as objects in a bucket: `.running/<name>`, with the process and a token of its own.

import { randomIds } from '../../core/random-id.ts'
import type { Bucket } from '../s3/client/bucket.ts'
import type { Leases } from '../s3/leases.ts'
import type { IdempotencyMarks } from './marks.ts'

export interface BucketMarksOptions {
  bucket: Pick<Bucket, 'putNew' | 'text' | 'listAll' | 'remove'>
  leases: Pick<Leases, 'hold' | 'isAlive'>
  /** Name of this process, see `Store.owner`. */
  owner(): string
}

const FOLDER = '.running/'
const MOST_TRIES = 3

const newToken = randomIds(12)

export const createBucketMarks = ({ bucket, leases, owner }: BucketMarksOptions): IdempotencyMarks => {
  /** True where the process that wrote a mark is gone, or is about to remove it. */
  const isAbandoned = async (text: string | undefined): Promise<boolean> =>
    text === undefined || !(await leases.isAlive(text.split(' ')[0] ?? ''))

  const take: IdempotencyMarks['take'] = async (name) => {
    await leases.hold()
    const key = FOLDER + name
    const mine = `${owner()} ${newToken()}`
    const mark = { release: () => bucket.remove(key).catch(() => {}) }
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const { isNew } = await bucket.putNew(key, mine)
      const text = isNew ? mine : await bucket.text(key)
      // Also where the answer to the first attempt was lost.
      if (text === mine) return mark
      if (!(await isAbandoned(text))) return undefined
      await bucket.remove(key)
    }
    return undefined
  }

  return {
    take: (name) => take(name).catch(() => ({ release: async () => {} })),

    async sweep() {
      const { objects } = await bucket.listAll(FOLDER)
      for (const { key } of objects) if (await isAbandoned(await bucket.text(key))) await bucket.remove(key)
    },
  }
}
