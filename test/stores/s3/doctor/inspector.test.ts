// The doctor of a store in a bucket: damage that is done to its objects, and what becomes of it.

import { readdir } from 'node:fs/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { fileNameOf, newImageId, type VariantName } from '../../../../src/core/names.ts'
import { SEGMENT_LENGTH } from '../../../../src/core/project/image-list.ts'
import { createBucket } from '../../../../src/stores/s3/client/bucket.ts'
import { createBucketInspector } from '../../../../src/stores/s3/doctor/inspector.ts'
import { keys, readerName } from '../../../../src/stores/s3/keys.ts'
import { addImage } from '../../../contracts/store.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { plainJpeg, sha256Of, sprite } from '../../../support/pictures/pictures.ts'
import { CEPH_KEYS } from '../../../support/processes/ceph.mjs'
import { runTintype } from '../../../support/processes/tintype.ts'
import { openBucket } from '../../../support/s3/ceph.ts'
import { memoryOptions, startMemoryEngine } from '../../../support/s3/engine.ts'
import { openS3Store } from '../../../support/s3/store.ts'
import { encode, examineBy, imagesOver, inShort, listImages, uploadPicture } from '../../../support/store/doctor.ts'
import { silent } from '../../../support/store/file-store.ts'

const HOUR_MS = 3_600_000

/** A store with two pictures, of which the second one is transparent. */
const setUp = async () => {
  const engine = await startMemoryEngine()
  const options = { ...memoryOptions(engine.endpoint), prefix: 'store/' }
  const bucket = openBucket(options)
  const store = await openS3Store(options, await temporaryFolder())
  const images = imagesOver(store)
  const photo = await uploadPicture(images, 'shop', await plainJpeg(450, 300))
  const transparent = await uploadPicture(images, 'shop', await sprite().png().toBuffer())
  const keyOf = (imageId: string, name: VariantName) => keys.variant('shop', imageId, name)
  /** Content of an object. */
  const contentOf = async (key: string): Promise<Buffer> => {
    const { found } = await bucket.head(key)
    const pieces: Uint8Array[] = []
    if (found) for await (const piece of bucket.read(key, 0, found.bytes)) pieces.push(piece)
    return Buffer.concat(pieces)
  }
  const examine = (choice: { fix?: boolean; projectId?: string } = {}) =>
    examineBy(createBucketInspector({ bucket: createBucket(options), remake: encode, log: silent }), choice)
  const flip = async (key: string): Promise<Buffer> => {
    const before = await contentOf(key)
    const after = Buffer.from(before)
    after[after.length >> 1] = (after[after.length >> 1] ?? 0) ^ 255
    await bucket.put(key, after)
    return after
  }
  /** True where every variant is as its record has it. */
  const isSound = async (): Promise<boolean> => {
    for (const { id, sizes } of await listImages(store, 'shop'))
      for (const [name, content] of Object.entries(sizes))
        if (content && sha256Of(await contentOf(keys.variant('shop', id, asName(name)))) !== content.sha256)
          return false
    return true
  }
  return { engine, options, bucket, store, photo, transparent, keyOf, contentOf, examine, flip, isSound }
}

const asName = (name: string): VariantName => {
  if (name === 'original' || name === 'medium' || name === 'thumb' || name === 'game' || name === 'source') return name
  throw new Error(`expected the name of a variant, got ${name}`)
}

describe('the doctor of a bucket', () => {
  it('finds nothing in a sound store, and writes nothing', async () => {
    const { engine, examine } = await setUp()
    const before = engine.writes()
    const { findings, projects, images } = await examine()
    expect([findings, projects, images]).toEqual([[], 1, 2])
    expect(engine.writes()).toBe(before)
  })

  it('makes a missing variant again', async () => {
    const { bucket, photo, keyOf, examine, isSound } = await setUp()
    await bucket.remove(keyOf(photo, 'thumb'))
    await bucket.remove(keyOf(photo, 'medium'))
    const path = (name: VariantName) => `variant_missing ${keyOf(photo, name)}`
    expect(inShort(await examine())).toEqual([`${path('medium')} mendable`, `${path('thumb')} mendable`])
    expect(await isSound()).toBe(false)
    expect(inShort(await examine({ fix: true }))).toEqual([`${path('medium')} mended`, `${path('thumb')} mended`])
    expect(await isSound()).toBe(true)
    expect((await examine()).findings).toEqual([])
  })

  it('makes a damaged variant again, and keeps the damaged one', async () => {
    const { bucket, photo, keyOf, contentOf, examine, flip, isSound } = await setUp()
    const flipped = await flip(keyOf(photo, 'game'))
    await bucket.put(keyOf(photo, 'thumb'), 'short')
    const { findings } = await examine({ fix: true })
    expect(findings.map(({ kind, detail, outcome }) => [kind, outcome, detail])).toEqual([
      ['variant_damaged', 'mended', expect.stringMatching(/^expected \d+ bytes, found 5$/)],
      ['variant_damaged', 'mended', 'its SHA-256 differs from the recorded one'],
    ])
    expect(findings[1]?.done).toMatch(/^made again from original, byte for byte; the former object is kept as \.lost\//)
    expect(await isSound()).toBe(true)
    const kept = (await bucket.listAll('.lost/')).objects.map(({ key }) => key)
    const contents = await Promise.all(kept.map(contentOf))
    expect(contents.map(String).sort()).toEqual([flipped, Buffer.from('short')].map(String).sort())
    expect((await examine()).findings).toEqual([])
  })

  it('makes a lost original from the source, and corrects the record', async () => {
    const { bucket, store, transparent, keyOf, examine, isSound } = await setUp()
    await bucket.remove(keyOf(transparent, 'original'))
    expect(inShort(await examine({ fix: true }))).toEqual([`variant_missing ${keyOf(transparent, 'original')} mended`])
    expect(await isSound()).toBe(true)
    expect((await listImages(store, 'shop')).map(({ id }) => id)).toContain(transparent)
  })

  it('cannot mend a lost original without a source, and spares the rest', async () => {
    const { bucket, photo, keyOf, examine } = await setUp()
    await bucket.remove(keyOf(photo, 'original'))
    const result = await examine({ fix: true })
    expect(inShort(result)).toEqual([`variant_missing ${keyOf(photo, 'original')} unmendable`])
    expect([result.mended, result.remaining]).toEqual([0, 1])
  })

  it('reports repairs that the credentials may not make, and leaves no file behind', async () => {
    const { engine, bucket, photo, keyOf, examine } = await setUp()
    await bucket.remove(keyOf(photo, 'thumb'))
    const folder = await temporaryFolder()
    vi.stubEnv('TMPDIR', folder)
    onTestFinished(() => void vi.unstubAllEnvs())
    engine.forbidWrites()
    const { findings } = await examine({ fix: true })
    expect(findings.map(({ outcome, done }) => [outcome, done])).toEqual([
      ['failed', expect.stringMatching(/^The credentials may not PUT /)],
    ])
    expect(await readdir(folder)).toEqual([])
  })

  it('names a damaged newest revision', async () => {
    const { bucket, examine } = await setUp()
    const newest = (await bucket.listAll(keys.meta('shop'), { delimiter: '/' })).objects.at(-1)?.key ?? ''
    await bucket.put(newest, '{"damaged')
    // Of a server that reads it.
    await bucket.put(keys.meta('shop') + readerName('other', 1), '')
    expect(inShort(await examine())).toEqual([`revision_damaged ${newest} unmendable`])
  })

  it('names a project without revisions once it is no upload under way', async () => {
    const { engine, bucket, store, examine } = await setUp()
    await Promise.all(Array.from({ length: SEGMENT_LENGTH + 50 }, () => addImage(store, 'many')))
    for (const id of ['shop', 'many'])
      for (const { key } of (await bucket.listAll(keys.meta(id), { delimiter: '/' })).objects) await bucket.remove(key)
    await bucket.put(keys.meta('shop') + readerName('dead', 1), '')
    expect((await examine()).findings).toEqual([])
    engine.advance(HOUR_MS + 2000)
    // Without segments, the pictures may be those of a first upload.
    expect(inShort(await examine({ fix: true }))).toEqual([
      `revisions_gone ${keys.meta('many')} unmendable`,
      'unknown_entry projects/shop/ noted',
    ])
    expect((await bucket.listAll('projects/shop/original/')).objects).toHaveLength(2)
  })

  it('names segments that are missing or damaged', async () => {
    const { bucket, store, examine } = await setUp()
    await Promise.all(Array.from({ length: 2 * SEGMENT_LENGTH + 50 }, () => addImage(store, 'many')))
    const segments = async () =>
      (await store.project('many'))?.images.segments.flatMap(({ stored }) => stored?.id ?? [])
    const [first = '', second = ''] = (await segments()) ?? []
    expect(second).not.toBe('')
    await bucket.remove(keys.segment('many', first))
    await bucket.put(keys.segment('many', second), '[]')
    const found = inShort(await examine({ projectId: 'many' })).filter((line) => line.startsWith('run_'))
    expect(found).toEqual([
      `run_damaged ${keys.segment('many', second)} unmendable`,
      `run_missing ${keys.segment('many', first)} unmendable`,
    ])
  })

  it('removes objects of dead uploads with --fix, and leaves those of the last hour', async () => {
    const { engine, bucket, examine } = await setUp()
    const id = newImageId()
    const stray = `${keys.variants('shop', 'original')}${fileNameOf(id, 'original')}`
    await bucket.put(stray, 'of a dead upload')
    expect((await examine({ fix: true })).findings).toEqual([])
    engine.advance(HOUR_MS + 2000)
    const noted = await examine()
    expect([inShort(noted), noted.remaining]).toEqual([[`stray_variant ${stray} noted`], 0])
    expect(inShort(await examine({ fix: true }))).toEqual([`stray_variant ${stray} mended`])
    expect(engine.keys()).not.toContain(`pictures/store/${stray}`)
    expect((await examine()).findings).toEqual([])
  })

  it('notes what does not belong to the store, and touches nothing of it', async () => {
    const { bucket, examine } = await setUp()
    await bucket.put('projects/note.txt', 'mine')
    expect(inShort(await examine({ fix: true }))).toEqual(['unknown_entry projects/note.txt noted'])
    expect(await bucket.text('projects/note.txt')).toBe('mine')
  })

  it('is run by tintype doctor, with its exit codes', async () => {
    const { bucket, options, photo, keyOf, isSound } = await setUp()
    const doctor = async (store: string, ...flags: string[]) => {
      const env = {
        STORE: store,
        S3_ENDPOINT: options.endpoint,
        AWS_ACCESS_KEY_ID: CEPH_KEYS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CEPH_KEYS.secretAccessKey,
      }
      const run = await runTintype(['doctor', ...flags], { env })
      return { code: await run.ended, stdout: run.stdout(), stderr: run.stderr() }
    }
    const store = 's3://pictures/store'
    expect(await doctor(store)).toMatchObject({
      code: 0,
      stdout: '1 project with 2 images checked: all is well.\n',
      stderr: '',
    })
    await bucket.remove(keyOf(photo, 'thumb'))
    const damaged = await doctor(store, '--json')
    expect([damaged.code, JSON.parse(damaged.stdout)]).toMatchObject([3, { storage: store, result: 'damaged' }])
    expect(await doctor(store, '--fix', '--project', 'shop')).toMatchObject({ code: 2, stderr: '' })
    expect(await isSound()).toBe(true)
    expect(await doctor('s3://pictures/other')).toMatchObject({
      code: 1,
      stderr: 'tintype: Expected a store in s3://pictures/other; it has no projects.\n',
    })
    expect((await doctor(store, '--project', 'none')).code).toBe(1)
  })
})
