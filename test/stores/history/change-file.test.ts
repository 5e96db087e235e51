import { describe, expect, it } from 'vitest'
import { decodeChanges, encodeChanges, firstOf, keptAmong } from '../../../src/stores/history/change-file.ts'
import type { ListedEntry } from '../../../src/stores/history/revision.ts'

const entry = (revision: number, others: Partial<ListedEntry> = {}): ListedEntry => ({
  projectId: 'shop',
  revision,
  at: '2026-01-02T03:04:05.678Z',
  commit: `commit${revision}`,
  previousCommit: revision === 1 ? undefined : `commit${revision - 1}`,
  events: [{ type: 'image.added', image_id: `image${revision}` }],
  ...others,
})

const entries = (from: number, to: number): ListedEntry[] =>
  Array.from({ length: to - from + 1 }, (_, at) => entry(from + at))

describe('a file of changes', () => {
  it('is read as it was written', () => {
    for (const written of [entries(1, 32), entries(40, 64), [entry(33, { events: [] })]])
      expect(decodeChanges(encodeChanges(written), 'shop', firstOf(written[0]?.revision ?? 0))).toEqual(written)
  })

  it('is named by the first of its 32 numbers', () => {
    expect([1, 2, 32, 33, 64, 65, 1000].map(firstOf)).toEqual([1, 1, 1, 33, 33, 65, 993])
  })

  it('is refused with any changed byte, and in place of another', () => {
    const text = encodeChanges(entries(33, 64))
    for (let at = 0; at < text.length; at += 97) {
      const changed = `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`
      expect(() => decodeChanges(changed, 'shop', 33), `${at}`).toThrow()
    }
    for (const length of [0, 1, text.length - 1])
      expect(() => decodeChanges(text.slice(0, length), 'shop', 33)).toThrow()
    expect(() => decodeChanges(text, 'other', 33)).toThrow('changes of "shop" from revision 33 on')
    expect(() => decodeChanges(text, 'shop', 1)).toThrow('changes of "shop" from revision 33 on')
  })
})

describe('the changes that are kept', () => {
  const numbers = (kept: readonly ListedEntry[]) => kept.map(({ revision }) => revision)

  it('are all of an unbroken history', () => {
    expect(numbers(keptAmong(entries(1, 4), entry(5)))).toEqual([1, 2, 3, 4])
  })

  it.each([
    ['a gap', [entry(1), entry(2), entry(4)]],
    ['a revision that cannot be read', [entry(2), undefined, entry(4)]],
    ['a revision without events', [entry(2), entry(3, { events: undefined }), entry(4)]],
    ['a number that a stopped writer used again', [entry(2), entry(3, { commit: 'slept' }), entry(4)]],
    [
      'a revision without a commit',
      [entry(2), entry(3, { commit: undefined }), entry(4, { previousCommit: undefined })],
    ],
  ])('are those after %s', (_, found) => {
    expect(numbers(keptAmong(found, entry(5)))).toEqual([4])
  })

  it('are none where the last one is not what the history went on from', () => {
    expect(keptAmong(entries(1, 3), entry(5))).toEqual([])
    expect(keptAmong(entries(1, 4), entry(5, { previousCommit: 'another' }))).toEqual([])
    expect(keptAmong([], entry(5))).toEqual([])
  })
})
