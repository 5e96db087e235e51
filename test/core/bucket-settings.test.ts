// Buckets: their URLs, and how settings become the way to reach them.

import { describe, expect, it } from 'vitest'
import {
  type BucketValues,
  bucketSettingsOf,
  fallbackSettingsOf,
  parseStoreUrl,
  sourceSettingsOf,
  storeUrlOf,
} from '../../src/core/bucket-settings.ts'

describe('the URL of a bucket', () => {
  it.each([
    ['s3://pictures', 'pictures', ''],
    ['s3://pictures/', 'pictures', ''],
    ['s3://my.pictures-2/shop', 'my.pictures-2', 'shop/'],
    ['s3://pictures/a/b_c/(d)!.e-f/', 'pictures', 'a/b_c/(d)!.e-f/'],
    ['s3://pictures/.hidden/...', 'pictures', '.hidden/.../'],
    [`s3://${'a'.repeat(63)}`, 'a'.repeat(63), ''],
    ['s3://abc', 'abc', ''],
  ])('%s names a bucket and a prefix', (text, bucket, prefix) => {
    expect(parseStoreUrl(text)).toEqual({ bucket, prefix })
    expect(storeUrlOf({ bucket, prefix })).toBe(text.replace(/\/$/, ''))
  })

  it.each([
    '',
    'pictures',
    's3:/pictures',
    'https://pictures',
    'x s3://pictures',
    's3://',
    's3://ab',
    `s3://${'a'.repeat(64)}`,
    's3://Pictures',
    's3://-pictures',
    's3://pictures-',
    's3://pictures//a',
    's3://pictures/a//',
    's3://pictures/a b',
    's3://pictures/a%20b',
    's3://pictures/.',
    's3://pictures/a/../b',
    's3://pictures/..',
    's3://pictures/./a',
  ])('is not "%s"', (text) => {
    expect(parseStoreUrl(text)).toBeUndefined()
  })
})

const VALUES: BucketValues = {
  store: 's3://pictures/shop',
  bucketCacheDir: '/var/cache/pictures',
  bucketCacheBytes: 4096,
  staleSeconds: 2,
  s3Endpoint: '',
  s3Region: '',
  s3PathStyle: 'auto',
  s3CreateBucket: false,
  awsAccessKeyId: '',
  awsSecretAccessKey: '',
  awsSessionToken: '',
}

describe('the settings of a store in a bucket', () => {
  it('are none where the store is a folder', () => {
    expect(bucketSettingsOf({ ...VALUES, store: '' })).toBeUndefined()
  })

  it('leave to the client what is not set, with AWS’s first region', () => {
    expect(bucketSettingsOf(VALUES)).toStrictEqual({
      bucket: 'pictures',
      prefix: 'shop/',
      region: 'us-east-1',
      create: false,
      cacheDir: '/var/cache/pictures',
      cacheBytes: 4096,
      staleMs: 2000,
    })
  })

  it('contain endpoint, region, path style and the making of the bucket as they are set', () => {
    const set = { ...VALUES, s3Endpoint: 'http://127.0.0.1:9000', s3Region: 'eu-central-1', s3CreateBucket: true }
    const access = { endpoint: 'http://127.0.0.1:9000', region: 'eu-central-1', create: true }
    expect(bucketSettingsOf(set)).toMatchObject(access)
    for (const s3PathStyle of [true, false])
      expect(bucketSettingsOf({ ...set, s3PathStyle })).toMatchObject({ ...access, isPathStyle: s3PathStyle })
  })

  it('have static keys where both of them are set, with a token where there is one', () => {
    const credentialsOf = (values: Partial<BucketValues>) => bucketSettingsOf({ ...VALUES, ...values })?.credentials
    const keys = { awsAccessKeyId: 'id', awsSecretAccessKey: 'secret' }
    expect(credentialsOf(keys)).toStrictEqual({ accessKeyId: 'id', secretAccessKey: 'secret' })
    expect(credentialsOf({ ...keys, awsSessionToken: 'token' })).toStrictEqual({
      accessKeyId: 'id',
      secretAccessKey: 'secret',
      sessionToken: 'token',
    })
    for (const half of [{ awsAccessKeyId: 'id' }, { awsSecretAccessKey: 'secret' }, { awsSessionToken: 'token' }])
      expect(bucketSettingsOf({ ...VALUES, ...half })).not.toHaveProperty('credentials')
  })
})

describe('the settings of a copy in a bucket', () => {
  const { store: _, bucketCacheDir: __, bucketCacheBytes: ___, staleSeconds: ____, ...reached } = VALUES

  it('are none without a URL', () => {
    expect(fallbackSettingsOf({ ...reached, fallback: '', takeOver: true, localBytes: 1 })).toBeUndefined()
  })

  it('say whether it takes the bucket over, and how many bytes stay in the folder', () => {
    expect(fallbackSettingsOf({ ...reached, fallback: 's3://copy', takeOver: true, localBytes: 7 })).toStrictEqual({
      bucket: 'copy',
      prefix: '',
      region: 'us-east-1',
      create: false,
      takeOver: true,
      localBytes: 7,
    })
  })
})

describe('the settings of foreign buckets', () => {
  const prefixes = [{ bucket: 'photos', prefix: 'shop/' }]

  it('are none without a prefix', () => {
    expect(sourceSettingsOf({ ...VALUES, sources: [] })).toBeUndefined()
  })

  it('reach all of them in one way', () => {
    expect(sourceSettingsOf({ ...VALUES, s3Region: 'eu-west-1', s3PathStyle: true, sources: prefixes })).toStrictEqual({
      prefixes,
      access: { region: 'eu-west-1', create: false, isPathStyle: true },
    })
  })
})
