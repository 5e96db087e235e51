// Sealed cursors: ids and their lengths are hidden, and only cursors of this store are opened.

import { describe, expect, it } from 'vitest'
import { MAX_POSITION_BYTES } from '../../../src/core/project-query.ts'
import { createSealedCursors } from '../../../src/services/projects/sealed-cursor.ts'

const fallback = () => Promise.resolve(Buffer.alloc(32, 9))

const withSecret = (byte: number) => {
  const secret = () => Promise.resolve(Buffer.alloc(32, byte))
  return createSealedCursors({ secret, fallback })
}

const cursors = withSecret(1)
const withoutSecret = createSealedCursors({ secret: async () => undefined, fallback })
const IDS = ['a', 'b', 'Shop_1.x-', '-', 'a'.repeat(63), 'a'.repeat(64)]

describe('a sealed cursor', () => {
  it('opens to the id that was sealed, in every process of the store', async () => {
    for (const id of IDS) expect(await withSecret(1).open(await cursors.seal(id))).toBe(id)
  })

  it('has one length for all ids, does not contain them, and differs for each', async () => {
    const sealed = await Promise.all(IDS.map((id) => cursors.seal(id)))
    for (const cursor of sealed) {
      expect(cursor).toMatch(/^[\w-]{123}$/)
      expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toContain('aaa')
    }
    expect(new Set(sealed).size).toBe(IDS.length)
    expect(new Set(sealed.map((cursor) => cursor.slice(0, 16))).size).toBe(IDS.length)
  })

  it('has one length for all positions of other orders, and opens to each', async () => {
    const longest = `updated\0${'😀'.repeat(40)}\0${'z'.repeat(64)}`
    for (const text of ['title\0\0a', 'title\0 \0a', 'updated\u00001732790000123\0shop', longest]) {
      const cursor = await cursors.seal(text)
      expect(cursor).toMatch(/^[\w-]{360}$/)
      expect(await withSecret(1).open(cursor)).toBe(text)
      expect(await cursors.open(`${cursor.slice(0, 200)}${cursor[200] === 'A' ? 'B' : 'A'}${cursor.slice(201)}`)).toBe(
        undefined,
      )
    }
    expect(Buffer.byteLength(longest)).toBe(MAX_POSITION_BYTES)
  })

  it('is equal each time, so that a list keeps its ETag', async () => {
    expect(await withSecret(1).seal('shop')).toBe(await cursors.seal('shop'))
  })

  it('is not opened with another secret, nor before there is one', async () => {
    const cursor = await cursors.seal('shop')
    expect(await withSecret(2).open(cursor)).toBeUndefined()
    expect(await withoutSecret.open(cursor)).toBeUndefined()
  })

  it('is sealed by the secret of the boot while there is no other, and stays valid when there is one', async () => {
    const early = await withoutSecret.seal('shop')
    expect([await withoutSecret.open(early), await cursors.open(early)]).toEqual(['shop', 'shop'])
    expect(await cursors.seal('shop')).not.toBe(early)
  })

  it('is not opened once nonce, text or tag were changed, nor with another length', async () => {
    const cursor = await cursors.seal('shop')
    const changed = (at: number) => `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`
    for (const at of [0, 15, 16, 60, 100, 101, 102, 121]) expect(await cursors.open(changed(at))).toBeUndefined()
    // The last letter in another form of the same bytes.
    const spare = String.fromCharCode(cursor.charCodeAt(122) + 1)
    for (const wrong of ['', 'shop', cursor.slice(1), `${cursor}A`, cursor.slice(0, -1) + spare, 'A'.repeat(123)])
      expect(await cursors.open(wrong)).toBeUndefined()
  })
})
