import { describe, expect, it } from 'vitest'
import {
  isBelow,
  isObjectKey,
  parseSourceUrl,
  parseSourceUrls,
  sourceUrlOf,
} from '../../../src/core/sources/source-url.ts'

describe('the URL of a prefix', () => {
  it.each([
    ['s3://photos', { bucket: 'photos', prefix: '' }],
    ['s3://photos/', { bucket: 'photos', prefix: '' }],
    ['s3://photos/2026', { bucket: 'photos', prefix: '2026/' }],
    ['s3://photos/2026/', { bucket: 'photos', prefix: '2026/' }],
    ['s3://my.photos/a b/ü+%20', { bucket: 'my.photos', prefix: 'a b/ü+%20/' }],
    ['s3://photos//a', { bucket: 'photos', prefix: '/a/' }],
  ])('%s is read as it is, with a slash at the end', (text, url) => {
    expect(parseSourceUrl(text)).toEqual(url)
  })

  it.each(['', 'photos', 's3://', 's3://Photos', 's3:///a', 's3://photos/..', 's3://photos/a/./b', 's3://photos/a\nb'])(
    '%j is none',
    (text) => {
      expect(parseSourceUrl(text)).toBeUndefined()
    },
  )
})

it('the URL of a prefix, and of an object below it, is not encoded', () => {
  expect(sourceUrlOf({ bucket: 'photos', prefix: '' })).toBe('s3://photos/')
  expect(sourceUrlOf({ bucket: 'photos', prefix: 'a b/' }, 'c/ü.jpg')).toBe('s3://photos/a b/c/ü.jpg')
})

describe('a prefix', () => {
  const below = (text: string, ...others: string[]) => {
    const [prefix, ...rest] = [text, ...others].flatMap((url) => parseSourceUrl(url) ?? [])
    return prefix !== undefined && isBelow(prefix, rest)
  }

  it('is below another one of its bucket that begins it, part by part', () => {
    expect(below('s3://photos/shop/in', 's3://other', 's3://photos/shop')).toBe(true)
    expect(below('s3://photos/shop', 's3://photos/shop')).toBe(true)
    expect(below('s3://photos/shop', 's3://photos')).toBe(true)
  })

  it('is not below one beside or below it, or in another bucket', () => {
    expect(below('s3://photos/shopping', 's3://photos/shop')).toBe(false)
    expect(below('s3://photos/shop', 's3://photos/shop/in')).toBe(false)
    expect(below('s3://photos/shop', 's3://other/shop')).toBe(false)
    expect(below('s3://photos/shop')).toBe(false)
  })
})

it('a list of prefixes is separated by commas, and is none where one of them is not valid', () => {
  expect(parseSourceUrls('')).toEqual([])
  expect(parseSourceUrls('s3://photos/a, s3://other')).toEqual([
    { bucket: 'photos', prefix: 'a/' },
    { bucket: 'other', prefix: '' },
  ])
  expect(parseSourceUrls('s3://photos/a, other')).toBeUndefined()
})

describe('the key of an object', () => {
  it.each(['a', 'a/b.jpg', '/a', 'a//b', 'a/..b', 'a/...', '%2e%2e/a', ' ', 'ü'.repeat(512)])(
    '%j can be requested',
    (key) => {
      expect(isObjectKey(key)).toBe(true)
    },
  )

  it.each(['', '.', '..', 'a/../b', 'a/.', './a', 'a\0', 'a\u007f', '\ud800', `${'ü'.repeat(512)}a`])(
    '%j cannot be requested',
    (key) => {
      expect(isObjectKey(key)).toBe(false)
    },
  )
})
