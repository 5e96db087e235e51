// What a pull writes, keeps, compares and refuses.

import { describe, expect, it } from 'vitest'
import { planOf } from '../../../../src/cli/transfer/pull/pull-plan.ts'
import type { PulledFile } from '../../../../src/cli/transfer/pull/pull-state.ts'
import type { Found } from '../../../../src/cli/transfer/target-folder.ts'

const NEW = 'n'.repeat(20)
const OLD = 'o'.repeat(20)

const file = (sha256: string): Found => ({ sha256, bytes: 3 })
const owned = (image: string, sha256: string | null, next?: string | null): PulledFile => ({
  image,
  sha256,
  bytes: 3,
  ...(next === undefined ? {} : { next }),
})

const stepOf = async (sha256: string | null, found: Found, before?: PulledFile) => {
  const wanted = { name: 'a', path: 'a.jpg', contentId: NEW, width: 1, height: 1, sha256, source: { path: '/a' } }
  const [planned] = await planOf(
    { find: async () => found },
    [wanted],
    new Map(before === undefined ? [] : [['a.jpg', before]]),
  )
  return planned?.step
}

describe('a stored file', () => {
  it.each<[string, Found, PulledFile | undefined, string]>([
    ['nothing', 'nothing', undefined, 'write'],
    ['nothing, where an earlier pull wrote', 'nothing', owned(NEW, 'new'), 'write'],
    ['the picture', file('new'), owned(NEW, 'new'), 'keep'],
    ['the picture, which no pull wrote', file('new'), undefined, 'keep'],
    ['the picture, of a pull that was killed', file('new'), owned(NEW, 'old', 'new'), 'keep'],
    ['the replaced picture', file('old'), owned(OLD, 'old'), 'write'],
    ['the replaced picture, of a pull that was killed', file('old'), owned(NEW, 'old', 'new'), 'write'],
    ['a picture between, of a pull that was killed', file('between'), owned(OLD, 'old', 'between'), 'write'],
    ['the file of an earlier pull, changed since', file('edited'), owned(OLD, 'old'), 'refuse'],
    ['a foreign file', file('foreign'), undefined, 'refuse'],
    ['a link or a folder', 'other', owned(NEW, 'new'), 'refuse'],
  ])('in whose place is %s', async (_, found, before, step) => {
    expect(await stepOf('new', found, before)).toBe(step)
  })
})

describe('a rendered file, whose hash is not known', () => {
  it.each<[string, Found, PulledFile | undefined, string]>([
    ['nothing', 'nothing', undefined, 'write'],
    ['the picture', file('new'), owned(NEW, 'new'), 'keep'],
    ['the replaced picture', file('old'), owned(OLD, 'old'), 'write'],
    ['the replaced picture, of a pull that was killed', file('old'), owned(NEW, 'old', null), 'write'],
    ['another file, of a pull that was killed', file('new'), owned(NEW, 'old', null), 'compare'],
    ['another file, of the first pull, which was killed', file('new'), owned(NEW, null, null), 'compare'],
    ['the file of an earlier pull, changed since', file('edited'), owned(NEW, 'new'), 'refuse'],
    ['a file that no pull wrote', file('foreign'), undefined, 'compare'],
    ['a link or a folder', 'other', undefined, 'refuse'],
  ])('in whose place is %s', async (_, found, before, step) => {
    expect(await stepOf(null, found, before)).toBe(step)
  })
})

it('refuses a file below what is no folder, with the reason', async () => {
  const wanted = {
    name: 'a/b',
    path: 'a/b.jpg',
    contentId: NEW,
    width: 1,
    height: 1,
    sha256: null,
    source: { path: '/a' },
  }
  const find = () => Promise.reject(new Error('a is no folder'))
  expect(await planOf({ find }, [wanted], new Map())).toEqual([
    { file: wanted, step: 'refuse', reason: 'a is no folder' },
  ])
})
