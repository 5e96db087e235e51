// Settings of a store in a bucket, and those that it excludes.

import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'

const STORE = 's3://pictures/shop'
const load = (env: Record<string, string>) => loadConfig({ env, envFile: false }).config

describe('STORE', () => {
  it('names a bucket, a prefix and their engine', () => {
    const { bucket } = load({
      STORE,
      S3_ENDPOINT: 'http://127.0.0.1:9000',
      S3_PATH_STYLE: 'false',
      S3_CREATE_BUCKET: 'true',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token',
      AWS_REGION: 'eu-west-1',
      BUCKET_CACHE_DIR: '/var/cache/tintype',
      BUCKET_CACHE_BYTES: '1GiB',
      STALE_SECONDS: '7',
    })
    expect(bucket).toEqual({
      bucket: 'pictures',
      prefix: 'shop/',
      endpoint: 'http://127.0.0.1:9000',
      region: 'eu-west-1',
      isPathStyle: false,
      create: true,
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' },
      cacheDir: '/var/cache/tintype',
      cacheBytes: 2 ** 30,
      staleMs: 7000,
    })
  })

  it.each([
    ['s3://abc', { bucket: 'abc', prefix: '' }],
    ['s3://abc/', { bucket: 'abc', prefix: '' }],
    ['s3://abc/d/e/', { bucket: 'abc', prefix: 'd/e/' }],
  ])('is taken as %s', (text, parts) => {
    expect(load({ STORE: text }).bucket).toMatchObject({ ...parts, region: 'us-east-1', create: false })
  })

  it('prefers S3_REGION to AWS_REGION', () => {
    expect(load({ STORE, S3_REGION: 'a-1', AWS_REGION: 'b-1' }).bucket?.region).toBe('a-1')
  })

  it.each(['s3:/abc', 's3://ab', 's3://Abc', 's3://abc//d', 's3://abc/../d', 's3://abc/./d', 'https://abc', './store'])(
    'is refused as %s',
    (text) => {
      expect(() => load({ STORE: text })).toThrow(`STORE: expected s3://bucket or s3://bucket/prefix, got "${text}"`)
    },
  )

  it.each([
    [{ STORAGE_DIR: '/srv/pictures' }, 'STORAGE_DIR: expected no value with STORE'],
    [{ ACCEL_REDIRECT: '/stored' }, 'ACCEL_REDIRECT: expected off with STORE'],
    [{ ENCODERS: '0', QUEUE: 'amqp://127.0.0.1' }, 'ENCODERS: expected at least 1 with STORE'],
    [{ AWS_ACCESS_KEY_ID: 'key' }, 'AWS_SECRET_ACCESS_KEY: expected a value'],
    [{ AWS_SECRET_ACCESS_KEY: 'secret' }, 'AWS_ACCESS_KEY_ID: expected a value'],
    [{ STALE_SECONDS: '0' }, 'STALE_SECONDS: expected a whole number from 1 to 60, got "0"'],
    [{ STALE_SECONDS: '61' }, 'STALE_SECONDS: expected a whole number from 1 to 60, got "61"'],
    [{ S3_ENDPOINT: 'http://host/path' }, 'S3_ENDPOINT: expected an http or https URL without a path'],
  ])('is refused with %j', (env, message) => {
    expect(() => load({ STORE, ...env })).toThrow(message)
  })

  it.each([
    ['S3_ENDPOINT', 'http://127.0.0.1:9000'],
    ['S3_REGION', 'eu-west-1'],
    ['S3_PATH_STYLE', 'true'],
    ['S3_CREATE_BUCKET', 'true'],
    ['BUCKET_CACHE_DIR', '/var/cache/tintype'],
    ['BUCKET_CACHE_BYTES', '1GiB'],
    ['REDIRECT_TO_BUCKET', 'true'],
    ['STALE_SECONDS', '6'],
  ])('is missing for %s', (name, value) => {
    expect(() => load({ [name]: value })).toThrow(`${name}: expected no value without STORE`)
  })

  it('may redirect to the bucket, if told to', () => {
    expect(load({ STORE }).redirectToBucket).toBe(false)
    expect(load({ STORE, REDIRECT_TO_BUCKET: 'true' }).redirectToBucket).toBe(true)
  })

  it('is not needed by what other programs set too', () => {
    const env = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1' }
    expect(load(env).bucket).toBeUndefined()
  })
})

describe('FALLBACK', () => {
  const FALLBACK = 's3://pictures/shop'

  it('names a bucket beside a folder, and its engine', () => {
    const env = { S3_ENDPOINT: 'http://127.0.0.1:9000', S3_CREATE_BUCKET: 'true', AWS_REGION: 'eu-west-1' }
    const { bucket, fallback } = load({ FALLBACK, STORAGE_DIR: '/srv/pictures', ...env })
    expect(bucket).toBeUndefined()
    expect(fallback).toEqual({
      ...{ bucket: 'pictures', prefix: 'shop/', region: 'eu-west-1', create: true },
      ...{ endpoint: 'http://127.0.0.1:9000', takeOver: false, localBytes: 0 },
    })
    expect(load({ FALLBACK, TAKE_OVER: 'true' }).fallback?.takeOver).toBe(true)
    expect(load({}).fallback).toBeUndefined()
  })

  it.each([
    ['1', 1],
    ['20GiB', 20 * 2 ** 30],
    [String(2 ** 50), 2 ** 50],
  ])('bounds originals in the folder: LOCAL_BYTES=%s', (text, bytes) => {
    expect(load({ FALLBACK, LOCAL_BYTES: text }).fallback?.localBytes).toBe(bytes)
  })

  it.each([
    [{ FALLBACK, STORE: 's3://pictures/store' }, 'FALLBACK: expected no value with STORE'],
    [{ FALLBACK, READ_ONLY: 'true' }, 'READ_ONLY: expected auto or false with FALLBACK, got true'],
    [{ FALLBACK, AWS_ACCESS_KEY_ID: 'key' }, 'AWS_SECRET_ACCESS_KEY: expected a value'],
    [{ FALLBACK, REDIRECT_TO_BUCKET: 'true' }, 'REDIRECT_TO_BUCKET: expected no value without STORE'],
    [{ FALLBACK, STALE_SECONDS: '6' }, 'STALE_SECONDS: expected no value without STORE'],
    [{ FALLBACK: './copy' }, 'FALLBACK: expected s3://bucket or s3://bucket/prefix, got "./copy"'],
    [{ FALLBACK, LOCAL_BYTES: String(2 ** 50 + 1) }, 'LOCAL_BYTES: expected a size in bytes'],
    [{ FALLBACK, LOCAL_BYTES: '-1' }, 'LOCAL_BYTES: expected a size in bytes'],
    [{ LOCAL_BYTES: '1' }, 'LOCAL_BYTES: expected no value without FALLBACK, got one'],
    [{ STORE: 's3://pictures/store', LOCAL_BYTES: '1' }, 'LOCAL_BYTES: expected no value without FALLBACK, got one'],
    [{ TAKE_OVER: 'true' }, 'TAKE_OVER: expected no value without FALLBACK'],
  ])('is refused with %j', (env, message) => {
    expect(() => load(env)).toThrow(message)
  })
})

describe('SOURCES', () => {
  it('names prefixes, and shares the engine', () => {
    const env = { S3_ENDPOINT: 'http://127.0.0.1:9000', AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' }
    expect(load({ SOURCES: 's3://photos/a b, s3://shop', ...env }).sources).toEqual({
      prefixes: [
        { bucket: 'photos', prefix: 'a b/' },
        { bucket: 'shop', prefix: '' },
      ],
      access: {
        endpoint: 'http://127.0.0.1:9000',
        region: 'us-east-1',
        create: false,
        credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      },
    })
    expect(load({}).sources).toBeUndefined()
    expect(load({ STORE, SOURCES: 's3://photos' }).bucket).toMatchObject({ bucket: 'pictures' })
  })

  it.each([
    [{ SOURCES: 's3://photos,shop' }, 'SOURCES: expected prefixes separated by commas'],
    [{ SOURCES: 's3://photos/..' }, 'SOURCES: expected prefixes separated by commas'],
    [{ SOURCES: 's3://photos', AWS_ACCESS_KEY_ID: 'key' }, 'AWS_SECRET_ACCESS_KEY: expected a value'],
    [{ SOURCES: 's3://photos', STALE_SECONDS: '6' }, 'STALE_SECONDS: expected no value without STORE'],
  ])('is refused with %j', (env, message) => {
    expect(() => load(env)).toThrow(message)
  })
})
