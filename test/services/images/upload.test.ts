// Uploads beyond HTTP: the order of checks, and that nothing of a failed upload remains.

import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { SIZES, type Size } from '../../../src/core/names.ts'
import type { EncodeJob } from '../../../src/image/encoder.ts'
import { createUploader, type UploaderOptions } from '../../../src/services/images/upload.ts'
import { fileStoreFixture } from '../../support/store/file-store.ts'

async function* fileOf(text: string) {
  yield new TextEncoder().encode(text)
}

/** An uploader on a real store. The encoder writes the first letter of each size. */
const setUp = async (options: Partial<UploaderOptions> = {}) => {
  const { store, leftovers } = await fileStoreFixture()
  const encoders = {
    assertRoom: vi.fn<() => void>(),
    encode: vi.fn<(job: EncodeJob) => Promise<Awaited<ReturnType<UploaderOptions['encoders']['encode']>>>>(
      async ({ source, targets }) => {
        for (const size of SIZES) await writeFile(targets[size], size.slice(0, 1))
        const variant = (size: Size) => ({
          ...{ width: 1, height: 1, bytes: 1 },
          sha256: createHash('sha256').update(size.slice(0, 1)).digest('hex'),
        })
        return {
          type: 'image/jpeg',
          sha256: createHash('sha256')
            .update(await readFile(source))
            .digest('hex'),
          sizes: {
            original: variant('original'),
            medium: variant('medium'),
            thumb: variant('thumb'),
            game: variant('game'),
          },
          placeholder: 'AAAA',
          color: '#000000',
        }
      },
    ),
  }
  const variants = { preload: vi.fn<UploaderOptions['variants']['preload']>(async () => {}), forget: vi.fn() }
  const upload = createUploader({ store, encoders, variants, ...options })
  const images = async () => (await store.project('game'))?.image_count ?? 0
  return { store, leftovers, encoders, variants, upload, images }
}

describe('an upload', () => {
  it('caches the variants of a new image, and none for an image that was stored before', async () => {
    const { upload, variants, encoders, images } = await setUp()
    const first = await upload('game', fileOf('a'), { dedupe: true })
    expect(first).toMatchObject({ isNew: true, isReplay: false })
    const second = await upload('game', fileOf('a'), { dedupe: true })
    expect(second).toMatchObject({ isNew: false, isReplay: false, image: { id: first.image.id } })
    expect(variants.preload).toHaveBeenCalledTimes(1)
    expect(encoders.encode).toHaveBeenCalledTimes(1)
    expect(await images()).toBe(1)
  })

  it('is refused before its first byte where the project is full or the queue has no room', async () => {
    const { upload, encoders, images } = await setUp({ maxImages: 1 })
    await upload('game', fileOf('a'))
    const read = vi.fn<() => void>()
    const watched = async function* () {
      read()
      yield* fileOf('b')
    }
    await expect(upload('game', watched())).rejects.toMatchObject({ code: 'quota_exceeded' })
    encoders.assertRoom.mockImplementationOnce(() => {
      throw new Error('no room')
    })
    await expect(upload('shop', watched())).rejects.toThrow('no room')
    expect(read).not.toHaveBeenCalled()
    expect(await images()).toBe(1)
  })

  it('of no bytes is refused, and leaves no project', async () => {
    const { upload, store, encoders } = await setUp()
    await expect(upload('game', fileOf(''))).rejects.toMatchObject({
      code: 'empty_file',
      message: 'Expected an image in field "file", it has 0 bytes.',
    })
    expect(encoders.encode).not.toHaveBeenCalled()
    expect(await store.project('game')).toBeUndefined()
  })

  it('stores nothing where it fails at the encoder, or at the second authorization', async () => {
    const { upload, store, encoders, leftovers } = await setUp()
    await upload('game', fileOf('a'))
    const before = (await leftovers()).sort()
    encoders.encode.mockImplementationOnce(() => Promise.reject(new Error('damaged')))
    await expect(upload('game', fileOf('b'))).rejects.toThrow('damaged')
    await expect(upload('game', fileOf('b'), { confirm: () => Promise.reject(new Error('lost')) })).rejects.toThrow(
      'lost',
    )
    expect((await leftovers()).sort()).toEqual(before)
    expect((await store.project('game'))?.image_count).toBe(1)
  })

  it('is authorized again before an answer without a commit', async () => {
    const { upload } = await setUp()
    await upload('game', fileOf('a'), { dedupe: true })
    const confirm = () => Promise.reject(new Error('lost'))
    await expect(upload('game', fileOf('a'), { dedupe: true, confirm })).rejects.toThrow('lost')
  })
})

describe('an upload with an idempotency key', () => {
  it('is answered by the first response, for 24 hours and for its principal alone', async () => {
    const start = Date.parse('2026-01-01T00:00:00Z')
    const { upload, images } = await setUp()
    vi.useFakeTimers({ now: start, toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const options = { idempotencyKey: 'k', by: { kind: 'key', id: 'one', role: 'admin' } } as const
    const first = await upload('game', fileOf('a'), options)
    vi.setSystemTime(start + 86_400_000 - 1)
    const replay = await upload('game', fileOf('a'), options)
    expect(replay).toMatchObject({ isNew: true, isReplay: true, image: { id: first.image.id } })
    expect(replay.project.revision).toBe(first.project.revision)
    await upload('game', fileOf('a'), { ...options, by: { kind: 'key', id: 'two', role: 'admin' } })
    expect(await images()).toBe(2)
    vi.setSystemTime(start + 86_400_000)
    expect(await upload('game', fileOf('a'), options)).toMatchObject({ isNew: true, isReplay: false })
    expect(await images()).toBe(3)
  })

  it('is refused while the first one runs, and its mark is released also by a failure', async () => {
    const held = new Set<string>()
    const marks: NonNullable<UploaderOptions['marks']> = {
      sweep: async () => {},
      async take(name) {
        if (held.has(name)) return undefined
        held.add(name)
        return { release: async () => void held.delete(name) }
      },
    }
    const { upload } = await setUp({ marks })
    const options = { idempotencyKey: 'k' }
    await expect(
      upload('game', fileOf('a'), {
        ...options,
        confirm: async () => void (await upload('game', fileOf('a'), options)),
      }),
    ).rejects.toMatchObject({
      code: 'idempotency_running',
      message: 'The first upload with this Idempotency-Key is still running. Retry in a moment.',
      retryAfterSeconds: 1,
    })
    expect(held.size).toBe(0)
    expect(await upload('game', fileOf('a'), options)).toMatchObject({ isReplay: false })
    expect(held.size).toBe(0)
  })
})
