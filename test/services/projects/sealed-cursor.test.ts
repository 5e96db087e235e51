// Sealed cursors: ids and their lengths are hidden, and only cursors of this store are opened.

import { describe, expect, it } from 'vitest'
import { createSealedCursors } from '../../../src/services/projects/sealed-cursor.ts'

const withSecret = (byte: number) => {
  const secret = () => Promise.resolve(Buffer.alloc(32, byte))
  return createSealedCursors({ secret, ensureSecret: secret })
}

const cursors = withSecret(1)
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

  it('is equal each time, so that a list keeps its ETag', async () => {
    expect(await withSecret(1).seal('shop')).toBe(await cursors.seal('shop'))
  })

  it('is not opened with another secret, nor before there is one', async () => {
    const cursor = await cursors.seal('shop')
    expect(await withSecret(2).open(cursor)).toBeUndefined()
    const none = createSealedCursors({
      secret: () => Promise.resolve(undefined),
      ensureSecret: () => Promise.resolve(Buffer.alloc(32, 1)),
    })
    expect(await none.open(cursor)).toBeUndefined()
  })

  it('is sealed by the fallback where no secret can be stored, and opened after one was', async () => {
    const fallback = () => Promise.resolve(Buffer.alloc(32, 9))
    const unwritable = createSealedCursors({
      secret: () => Promise.resolve(undefined),
      ensureSecret: () => Promise.reject(new Error('read-only')),
      fallback,
    })
    const cursor = await unwritable.seal('shop')
    expect(await unwritable.open(cursor)).toBe('shop')
    const secret = () => Promise.resolve(Buffer.alloc(32, 1))
    const later = createSealedCursors({ secret, ensureSecret: secret, fallback })
    expect(await later.open(cursor)).toBe('shop')
    expect(await later.open(await cursors.seal('shop'))).toBe('shop')
    expect(await cursors.open(cursor)).toBeUndefined()
  })

  it('is not opened once nonce, text or tag were changed, nor with another length', async () => {
    const cursor = await cursors.seal('shop')
    const changed = (at: number) => `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`
    for (const at of [0, 15, 16, 60, 100, 101, 102, 121]) expect(await cursors.open(changed(at))).toBeUndefined()
    for (const wrong of ['', 'shop', cursor.slice(1), `${cursor}A`, 'A'.repeat(123)])
      expect(await cursors.open(wrong)).toBeUndefined()
  })
})
