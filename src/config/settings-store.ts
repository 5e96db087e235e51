// Settings of a store in a bucket, of the bucket that a store in a folder is copied to, and of foreign buckets.

import { parseStoreUrl, STORE_URL_RULE } from '../core/bucket-settings.ts'
import { type BucketPrefix, parseSourceUrls, SOURCE_URL_RULE } from '../core/sources/source-url.ts'
import {
  anyText,
  boolean,
  booleanOrAuto,
  byteCountOrNone,
  folder,
  matching,
  type Parser,
  wholeNumber,
} from './parsers.ts'
import { setting } from './setting.ts'

const storeUrl: Parser<string> = {
  expected: STORE_URL_RULE,
  parse: (text) => (text === '' || parseStoreUrl(text) ? text : undefined),
}

const sourceUrls: Parser<readonly BucketPrefix[]> = {
  expected: `prefixes separated by commas, each ${SOURCE_URL_RULE}`,
  parse: parseSourceUrls,
}

const endpoint: Parser<string> = {
  expected: 'an http or https URL without a path, such as https://s3.example.com',
  parse: (text) => (text === '' || /^https?:\/\/[^/?#@\s]+\/?$/.test(text) ? text : undefined),
}

export const storeSettings = {
  store: setting(storeUrl, {
    env: 'STORE',
    flag: 'store',
    unit: 'URL',
    initial: '',
    doc: 'Bucket that holds the store in place of STORAGE_DIR, for any number of servers: s3://bucket or s3://bucket/prefix',
  }),
  fallback: setting(storeUrl, {
    env: 'FALLBACK',
    flag: 'fallback',
    unit: 'URL',
    initial: '',
    doc: 'Bucket to which everything in STORAGE_DIR is copied in the background: s3://bucket or s3://bucket/prefix',
  }),
  takeOver: setting(boolean, {
    env: 'TAKE_OVER',
    flag: 'take-over',
    unit: 'boolean',
    initial: 'false',
    isSwitch: true,
    doc: 'At this start, take FALLBACK over from another store, which then copies nothing to it any more',
  }),
  sources: setting(sourceUrls, {
    env: 'SOURCES',
    flag: 'sources',
    unit: 'URLs',
    initial: '',
    doc: 'Prefixes in foreign buckets whose pictures projects may show, separated by commas: s3://bucket or s3://bucket/prefix',
  }),
  localBytes: setting(byteCountOrNone, {
    env: 'LOCAL_BYTES',
    flag: 'local-bytes',
    unit: 'bytes',
    initial: '0',
    doc: 'With FALLBACK, most bytes of originals in STORAGE_DIR; least recently used ones that FALLBACK has go first; 0 for no limit',
  }),
  s3Endpoint: setting(endpoint, {
    env: 'S3_ENDPOINT',
    flag: 's3-endpoint',
    unit: 'URL',
    initial: '',
    doc: 'URL of the engine of STORE, FALLBACK and SOURCES; without it, that of AWS',
  }),
  s3Region: setting(matching(/^[\w-]*$/, 'a region such as eu-central-1'), {
    env: 'S3_REGION',
    flag: 's3-region',
    unit: 'region',
    initial: '',
    doc: 'Region of the bucket; without it AWS_REGION, else us-east-1',
  }),
  s3PathStyle: setting(booleanOrAuto, {
    env: 'S3_PATH_STYLE',
    flag: 's3-path-style',
    unit: 'mode',
    initial: 'auto',
    isSwitch: true,
    doc: 'true for https://host/bucket/key, false for https://bucket.host/key; auto is true with S3_ENDPOINT',
  }),
  s3CreateBucket: setting(boolean, {
    env: 'S3_CREATE_BUCKET',
    flag: 's3-create-bucket',
    unit: 'boolean',
    initial: 'false',
    isSwitch: true,
    doc: 'Create the bucket where it is missing',
  }),
  awsRegion: setting(matching(/^[\w-]*$/, 'a region such as eu-central-1'), {
    env: 'AWS_REGION',
    flag: 'aws-region',
    unit: 'region',
    initial: '',
    doc: 'Region of the bucket where S3_REGION is not set',
  }),
  awsAccessKeyId: setting(anyText, {
    env: 'AWS_ACCESS_KEY_ID',
    flag: 'aws-access-key-id',
    unit: 'id',
    initial: '',
    doc: 'Key of the bucket; without it, the shared files, web identity or role that AWS tools find',
  }),
  awsSecretAccessKey: setting(anyText, {
    env: 'AWS_SECRET_ACCESS_KEY',
    flag: 'aws-secret-access-key',
    unit: 'secret',
    initial: '',
    doc: 'Secret of that key',
    isSecret: true,
  }),
  awsSessionToken: setting(anyText, {
    env: 'AWS_SESSION_TOKEN',
    flag: 'aws-session-token',
    unit: 'token',
    initial: '',
    doc: 'Token of a temporary key',
    isSecret: true,
  }),
  bucketCacheDir: setting(folder, {
    env: 'BUCKET_CACHE_DIR',
    flag: 'bucket-cache-dir',
    unit: 'folder',
    initial: './bucket-cache',
    doc: 'With STORE, local folder for uploads under way and for copies of pictures; it may be deleted while no server runs',
  }),
  bucketCacheBytes: setting(byteCountOrNone, {
    env: 'BUCKET_CACHE_BYTES',
    flag: 'bucket-cache-bytes',
    unit: 'bytes',
    initial: '10GiB',
    doc: 'With STORE, most bytes of the local copies, of each worker; least recently used ones go first',
  }),
  redirectToBucket: setting(boolean, {
    env: 'REDIRECT_TO_BUCKET',
    flag: 'redirect-to-bucket',
    unit: 'boolean',
    initial: 'false',
    isSwitch: true,
    doc: 'With STORE, answer originals by a redirect to the bucket, which clients must reach at S3_ENDPOINT',
  }),
  staleSeconds: setting(wholeNumber(1, 60), {
    env: 'STALE_SECONDS',
    flag: 'stale-seconds',
    unit: 'seconds',
    initial: '5',
    doc: 'With STORE, longest time for which a picture that another server deleted, or a key that it revoked, still works here',
  }),
}
