// What answers an upload: a new image, the answer of its key, an identical file.

import { describe, expect, it } from 'vitest'
import { IDEMPOTENT_MS, outcomeOf, type UploadTerms } from '../../../src/core/project/add-image.ts'
import { applyChange, needsImages } from '../../../src/core/project/changes.ts'
import { imagesOf, listOf, SEGMENT_LENGTH } from '../../../src/core/project/image-list.ts'
import { emptyProject, type ProjectState } from '../../../src/core/project/state.ts'
import { recordOf } from '../../contracts/store.ts'

const NOW = '2026-03-04T05:06:07.890Z'
const later = (ms: number) => new Date(Date.parse(NOW) + ms).toISOString()
const id = (n: number): string => String(n).padStart(20, '0')
const bytes = (letter: string): string => letter.repeat(64)
const KEY = bytes('1')
const upload = (n: number, sha256 = bytes('b')) => ({ ...recordOf(id(n)), sha256 })
const nothing = emptyProject('shop', NOW)

const add = (state: ProjectState, n: number, terms: UploadTerms, options: { sha256?: string; now?: string } = {}) => {
  const image = upload(n, options.sha256)
  const next = applyChange(state, { type: 'add_image', image, terms }, options.now ?? NOW)
  return { next, outcome: outcomeOf(next.images, image, terms, options.now ?? NOW) }
}

const ids = (state: ProjectState) => imagesOf(state.images).map((image) => image.id)

describe('an upload with a key', () => {
  it('is stored, and a second one with the same key changes nothing and gets the first answer', () => {
    const first = add({ ...nothing, revision: 4 }, 0, { idempotencyKey: KEY })
    expect(first.outcome).toMatchObject({ image: { id: id(0) }, answer: undefined, isFirst: true })
    expect(imagesOf(first.next.images)[0]?.answers).toEqual([
      { key: KEY, upload: id(0), at: NOW, revision: 5, is_primary: true },
    ])
    const second = add(first.next, 1, { idempotencyKey: KEY })
    expect(second.next).toBe(first.next)
    expect(second.outcome).toMatchObject({
      image: { id: id(0) },
      answer: { upload: id(0), revision: 5, is_primary: true },
      isFirst: false,
    })
  })

  it('records whether the image became the cover, whatever the cover is later', () => {
    const before = add(nothing, 0, {}).next
    const first = add(before, 1, { idempotencyKey: KEY }, { sha256: bytes('c') })
    const moved = applyChange(first.next, { type: 'set_primary', imageId: id(1) }, NOW)
    const again = add(moved, 2, { idempotencyKey: KEY }, { sha256: bytes('c') })
    expect(again.outcome?.answer).toMatchObject({ is_primary: false })
  })

  it('is refused with other bytes, and accepted with another key', () => {
    const { next } = add(nothing, 0, { idempotencyKey: KEY })
    expect(() => add(next, 1, { idempotencyKey: KEY }, { sha256: bytes('c') })).toThrow(
      expect.objectContaining({
        code: 'idempotency_conflict',
        message: 'The Idempotency-Key came with another file before. Take a new key.',
        details: { field: 'Idempotency-Key' },
      }),
    )
    expect(ids(add(next, 1, { idempotencyKey: bytes('2') }, { sha256: bytes('c') }).next)).toEqual([id(0), id(1)])
  })

  it('is answered from the record for a day, to the millisecond', () => {
    const { next } = add(nothing, 0, { idempotencyKey: KEY })
    const terms = { idempotencyKey: KEY }
    expect(ids(add(next, 1, terms, { now: later(IDEMPOTENT_MS - 1) }).next)).toEqual([id(0)])
    expect(ids(add(next, 1, terms, { now: later(IDEMPOTENT_MS) }).next)).toEqual([id(0), id(1)])
  })

  it('is stored again once its image was deleted', () => {
    const { next } = add(nothing, 0, { idempotencyKey: KEY })
    const deleted = applyChange(next, { type: 'delete_image', imageId: id(0) }, NOW)
    expect(ids(add(deleted, 1, { idempotencyKey: KEY }).next)).toEqual([id(1)])
  })

  it('finds its image in a sealed segment too, with all segments loaded', () => {
    const first = add(nothing, 0, { idempotencyKey: KEY }).next
    const others = Array.from({ length: SEGMENT_LENGTH }, (_, n) => upload(n + 1, bytes('c')))
    const long = { ...first, images: listOf([...imagesOf(first.images), ...others]), image_count: SEGMENT_LENGTH + 1 }
    expect(add(long, 999, { idempotencyKey: KEY }).next).toBe(long)
    const change = { type: 'add_image', image: upload(999) } as const
    expect(needsImages({ ...change, terms: { idempotencyKey: KEY } })).toBe(true)
    expect(needsImages({ ...change, terms: { dedupe: true } })).toBe(true)
    expect(needsImages({ ...change, terms: { maxImages: 3 } })).toBe(false)
    expect(needsImages(change)).toBe(false)
  })
})

describe('a deduplicated upload', () => {
  it('is answered by the image with the same bytes, and stored where there is none', () => {
    const { next } = add(nothing, 0, {})
    const same = add(next, 1, { dedupe: true })
    expect(same.next).toBe(next)
    expect(same.outcome).toMatchObject({ image: { id: id(0) }, answer: undefined, isFirst: false })
    expect(ids(add(next, 1, { dedupe: true }, { sha256: bytes('c') }).next)).toEqual([id(0), id(1)])
  })

  it('with a key is recorded at the image that answered, and conflicts like any other', () => {
    const { next } = add(nothing, 0, {})
    const terms = { idempotencyKey: KEY, dedupe: true }
    const first = add(next, 1, terms)
    expect(ids(first.next)).toEqual([id(0)])
    expect(first.outcome).toMatchObject({ image: { id: id(0) }, answer: { upload: id(1) }, isFirst: true })
    const again = add(first.next, 2, terms)
    expect(again.next).toBe(first.next)
    expect(again.outcome).toMatchObject({ answer: { upload: id(1) }, isFirst: false })
    expect(() => add(first.next, 3, terms, { sha256: bytes('c') })).toThrow(
      expect.objectContaining({ code: 'idempotency_conflict' }),
    )
  })

  it('records at most 64 answers of an image besides the one of its own upload, which stays', () => {
    let state = add(nothing, 0, { idempotencyKey: KEY }).next
    const duplicate = (n: number) => ({ dedupe: true, idempotencyKey: String(n).padEnd(64, '0') })
    for (let n = 100; n < 200; n++) state = add(state, n, duplicate(n)).next
    const uploads = imagesOf(state.images)[0]?.answers?.map((answer) => answer.upload)
    expect(uploads).toEqual([id(0), ...Array.from({ length: 64 }, (_, n) => id(136 + n))])

    // Sent again without ?dedupe=true, the first key is not stored a second time.
    const again = add(state, 300, { idempotencyKey: KEY })
    expect(again.next).toBe(state)
    expect(again.outcome).toMatchObject({ answer: { upload: id(0) }, isFirst: false })
    // And a forgotten one finds the same image.
    const forgotten = add(state, 301, duplicate(100))
    expect(ids(forgotten.next)).toEqual([id(0)])
    expect(forgotten.outcome).toMatchObject({ image: { id: id(0) }, isFirst: true })
  })

  it('does not keep the first answer for longer than a day', () => {
    const first = add(nothing, 0, { idempotencyKey: KEY }).next
    const now = later(IDEMPOTENT_MS)
    const { next } = add(first, 1, { dedupe: true, idempotencyKey: bytes('2') }, { now })
    expect(imagesOf(next.images)[0]?.answers).toMatchObject([{ upload: id(1) }])
  })
})

describe('the most images of a project', () => {
  it('are stored, and not one more; an upload answered by another image does not count', () => {
    const one = add(nothing, 0, { maxImages: 2 }).next
    const two = add(one, 1, { maxImages: 2 }, { sha256: bytes('c') }).next
    expect(two.image_count).toBe(2)
    expect(() => add(two, 2, { maxImages: 2 }, { sha256: bytes('d') })).toThrow(
      expect.objectContaining({
        code: 'quota_exceeded',
        message: 'Expected at most 2 images in project "shop", it has 2. Delete some first.',
        details: { max_images: 2, images: 2 },
      }),
    )
    expect(add(two, 2, { maxImages: 2, dedupe: true }).next).toBe(two)
    const less = applyChange(two, { type: 'delete_image', imageId: id(0) }, NOW)
    expect(add(less, 2, { maxImages: 2 }, { sha256: bytes('d') }).next.image_count).toBe(2)
  })
})

describe('the account of a new project', () => {
  it('has to be the account of the reservation', () => {
    const by = { kind: 'key', id: 'k1', role: 'writer' } as const
    const change = { type: 'add_image', image: upload(0), by } as const
    const made = applyChange(nothing, { ...change, terms: { chargedTo: 'key:k1' } }, NOW)
    expect(made.made_by).toBe('key:k1')
    expect(() => applyChange(nothing, { ...change, terms: { chargedTo: 'nobody' } }, NOW)).toThrow(
      expect.objectContaining({
        code: 'busy',
        message: 'Project "shop" has just been created by another principal.',
        retryAfterSeconds: 1,
      }),
    )
    expect(applyChange(made, { type: 'delete_project' }, NOW)).not.toHaveProperty('made_by')
  })
})
