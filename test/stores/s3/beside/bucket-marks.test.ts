import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createBucketMarks } from '../../../../src/stores/idempotency/bucket-marks.ts'
import { idempotencyContract } from '../../../contracts/idempotency.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { hasCeph, newBucket } from '../../../support/s3/ceph.ts'
import { openS3Store } from '../../../support/s3/store.ts'

const open = async () => {
  const { options, bucket } = await newBucket()
  const folder = await temporaryFolder()
  const marksOf = async (machine: string) => {
    const store = await openS3Store(options, join(folder, machine))
    return { store, marks: createBucketMarks({ bucket, leases: store.leases, owner: store.owner }) }
  }
  return { bucket, marksOf }
}

describe.skipIf(!hasCeph)('over Ceph', () => {
  idempotencyContract('marks in a bucket', async () => {
    const { bucket, marksOf } = await open()
    const all = [await marksOf('one'), await marksOf('two')]
    let nth = 0
    const another = () => {
      const next = all[++nth % all.length]
      if (!next) throw new Error('expected marks')
      return next.marks
    }
    return {
      marks: another(),
      another,
      abandon: async (name) => void (await bucket.put(`.running/${name}`, `${'0'.repeat(12)} ${'1'.repeat(12)}`)),
    }
  })

  it('frees the mark of a machine that was shut down', async () => {
    const { marksOf } = await open()
    const [one, two] = [await marksOf('one'), await marksOf('two')]
    expect(await one.marks.take('a')).toBeDefined()
    expect(await two.marks.take('a')).toBeUndefined()
    await one.store.close()
    expect(await two.marks.take('a')).toBeDefined()
  })
})
