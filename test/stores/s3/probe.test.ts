import { describe, expect, it } from 'vitest'
import { probeBucket } from '../../../src/stores/s3/probe.ts'
import { CEPH_STRANGER } from '../../support/processes/ceph.mjs'
import { cephOptions, hasCeph, newBucket, openBucket } from '../../support/s3/ceph.ts'
import { lost, type Received, scripted } from '../../support/s3/scripted.ts'

describe.skipIf(!hasCeph)('the probe of a bucket of Ceph', () => {
  it('accepts the engine, and leaves nothing behind', async () => {
    const { bucket } = await newBucket({ prefix: 'shop/' })
    for (let n = 0; n < 3; n++) await probeBucket(bucket)
    expect((await bucket.listAll('')).objects).toEqual([])
  })

  it('refuses a missing bucket and missing rights', async () => {
    const options = await cephOptions()
    const bucket = openBucket(options)
    await expect(probeBucket(bucket)).rejects.toThrow('There is no bucket')
    await bucket.create()
    const stranger = openBucket({ ...options, credentials: () => Promise.resolve(CEPH_STRANGER) })
    await expect(probeBucket(stranger)).rejects.toThrow(/^The credentials may not PUT \.probe\/\w+ in the bucket/)
    expect((await bucket.listAll('')).objects).toEqual([])
  })
})

/** An engine in memory. @param winners how many racing writers it accepts */
const engine = (winners: number, { loses = false, lists = true } = {}) => {
  const objects = new Map<string, string>()
  let accepted = 0
  const reply = ({ method, path, body }: Received) => {
    const key = path.split('?')[0] ?? ''
    if (method === 'PUT') {
      if (accepted === winners) return { status: 412 }
      accepted++
      objects.set(key, body)
      if (loses) throw lost()
      return { status: 200 }
    }
    if (method === 'DELETE') {
      objects.delete(key)
      return { status: 204 }
    }
    if (!path.includes('list-type')) {
      const text = objects.get(key)
      return text === undefined ? { status: 404 } : { status: 200, body: text }
    }
    const contents = [...objects.keys()].map(
      (each) =>
        `<Contents><Key>${each.replace('/pictures/', '')}</Key><Size>1</Size><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>`,
    )
    const page = `<ListBucketResult><IsTruncated>false</IsTruncated>${lists ? contents.join('') : ''}</ListBucketResult>`
    return { status: 200, body: page }
  }
  return { objects, bucket: openBucket(scripted(reply).options) }
}

describe('the probe of a bucket', () => {
  it.each([0, 2, 8])('refuses an engine that accepts %i of 8 racing writers', async (winners) => {
    const { bucket, objects } = engine(winners)
    await expect(probeBucket(bucket)).rejects.toMatchObject({
      code: 'store_unavailable',
      message: `The engine at http://engine.test cannot hold a store: of 8 racing writes with "If-None-Match: *", ${winners} were accepted; exactly one must be.`,
    })
    expect(objects.size).toBe(0)
  })

  it('accepts one whose answer to the winner was lost', async () => {
    await expect(probeBucket(engine(1, { loses: true }).bucket)).resolves.toBeUndefined()
  })

  it('refuses an engine that does not list what was written', async () => {
    const { bucket, objects } = engine(1, { lists: false })
    await expect(probeBucket(bucket)).rejects.toThrow('it does not list an object that was just written')
    expect(objects.size).toBe(0)
  })
})
