import { describe, expect, it } from 'vitest'
import { isObjectKey, parseSourceUrl } from '../../../src/core/sources/source-url.ts'

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
