// The environment of commands that work on buckets.

import { expect, it } from 'vitest'
import { readBucketEnv, readFallbackEnv } from '../../src/config/bucket-env.ts'

const KEY = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' }

it('has defaults for all of it', () => {
  expect(readBucketEnv('', { S3_REGION: '' })).toEqual({
    endpoint: undefined,
    region: 'us-east-1',
    isPathStyle: undefined,
    create: false,
    credentials: undefined,
  })
})

it('takes S3_REGION before AWS_REGION, and variables with a prefix before others', () => {
  const env = {
    ...KEY,
    AWS_REGION: 'a',
    S3_ENDPOINT: 'http://one',
    SOURCE_S3_ENDPOINT: 'http://two',
    S3_PATH_STYLE: 'true',
  }
  expect(readBucketEnv('', env)).toMatchObject({ endpoint: 'http://one', region: 'a', isPathStyle: true })
  expect(readBucketEnv('SOURCE_', { ...env, S3_REGION: 'b' })).toMatchObject({ endpoint: 'http://two', region: 'b' })
  expect(readBucketEnv('', { ...env, S3_CREATE_BUCKET: 'true' }).create).toBe(true)
})

it('never mixes the halves of two keys', () => {
  const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' }
  expect(readBucketEnv('SOURCE_', KEY).credentials).toEqual(credentials)
  const other = { SOURCE_AWS_ACCESS_KEY_ID: 'other', SOURCE_AWS_SECRET_ACCESS_KEY: 'own', AWS_SESSION_TOKEN: 'token' }
  expect(readBucketEnv('SOURCE_', { ...KEY, ...other }).credentials).toEqual({
    accessKeyId: 'other',
    secretAccessKey: 'own',
  })
  expect(readBucketEnv('', { ...KEY, AWS_SESSION_TOKEN: 'token' }).credentials).toEqual({
    ...credentials,
    sessionToken: 'token',
  })
  expect(() => readBucketEnv('SOURCE_', { ...KEY, SOURCE_AWS_ACCESS_KEY_ID: 'other' })).toThrow('expected both or none')
})

it('names the bucket of a fallback', () => {
  expect(readFallbackEnv({ FALLBACK: 's3://pictures/shop' })).toEqual({ bucket: 'pictures', prefix: 'shop/' })
  expect([readFallbackEnv({}), readFallbackEnv({ FALLBACK: '' })]).toEqual([undefined, undefined])
  expect(() => readFallbackEnv({ FALLBACK: './copy' })).toThrow('FALLBACK: expected s3://bucket or s3://bucket/prefix')
})

it.each([
  [{ S3_ENDPOINT: 'ceph:7480' }, 'S3_ENDPOINT: expected an http or https URL'],
  [{ S3_ENDPOINT: 'http://ceph/path' }, 'S3_ENDPOINT: expected an http or https URL'],
  [{ S3_PATH_STYLE: 'yes' }, 'S3_PATH_STYLE: expected true or false, got "yes"'],
  [{ S3_CREATE_BUCKET: '1' }, 'S3_CREATE_BUCKET: expected true or false, got "1"'],
  [{ AWS_ACCESS_KEY_ID: 'id' }, 'expected both or none, got one'],
])('refuses %o', (env, message) => {
  expect(() => readBucketEnv('', env)).toThrow(message)
})
