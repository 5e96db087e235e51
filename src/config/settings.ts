// The table of settings: names, defaults, parsers and documentation.

import { KEEP_SOURCE } from '../core/keep-source.ts'
import { MIN_KEY_LENGTH } from '../core/transform/signature.ts'
import {
  anyText,
  booleanOrAuto,
  byteCount,
  byteCountOrNone,
  folder,
  matching,
  numberOrCores,
  oneOf,
  pixelCount,
  presets,
  signingKeys,
  wholeNumber,
} from './parsers.ts'
import { setting } from './setting.ts'
import { accessSettings } from './settings-access.ts'

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']
const LOG_FORMATS = ['auto', 'json', 'pretty']

export const settings = {
  port: setting(wholeNumber(0, 65_535), {
    env: 'PORT',
    flag: 'port',
    unit: 'port',
    initial: '8001',
    doc: 'Port to listen on; 0 takes a free one',
  }),
  host: setting(matching(/^[\w.:%-]+$/, 'an address or a host name, such as 127.0.0.1, 0.0.0.0 or ::1'), {
    env: 'HOST',
    flag: 'host',
    unit: 'address',
    initial: '127.0.0.1',
    doc: 'Address to listen on; 0.0.0.0 is every IPv4 address of the machine',
  }),
  storageDir: setting(folder, {
    env: 'STORAGE_DIR',
    flag: 'storage',
    unit: 'folder',
    initial: './storage',
    doc: 'Folder of the store; created where it is missing',
  }),
  readOnly: setting(booleanOrAuto, {
    env: 'READ_ONLY',
    flag: 'read-only',
    unit: 'mode',
    initial: 'auto',
    isSwitch: true,
    doc: 'Serve a snapshot or a mounted backup: true writes nothing and answers changes 503; auto does so where the folder cannot be written; false refuses to start there',
  }),
  workers: setting(numberOrCores(128), {
    env: 'WORKERS',
    flag: 'workers',
    unit: 'processes',
    initial: '1',
    doc: 'Server processes that share the port; cores is one per core',
  }),
  encoders: setting(numberOrCores(128), {
    env: 'ENCODERS',
    flag: 'encoders',
    unit: 'processes',
    initial: 'cores',
    doc: 'Encoder processes of all workers together, at least one for each; cores is one per core',
  }),
  maxUploadBytes: setting(byteCount, {
    env: 'MAX_UPLOAD_BYTES',
    flag: 'max-upload-bytes',
    unit: 'bytes',
    initial: '25MiB',
    doc: 'Largest upload; the number can have a unit: kB, MB, GB, KiB, MiB, GiB',
  }),
  maxPixels: setting(pixelCount, {
    env: 'MAX_PIXELS',
    flag: 'max-pixels',
    unit: 'pixels',
    initial: '100MP',
    doc: 'Most pixels of an uploaded picture; the number can have the unit MP (million)',
  }),
  background: setting(matching(/^#[0-9a-f]{6}$/i, 'a colour as #rrggbb, such as #ffffff'), {
    env: 'BACKGROUND',
    flag: 'background',
    unit: '#rrggbb',
    initial: '#ffffff',
    doc: 'Colour behind transparent pictures in JPEG files',
  }),
  keepSource: setting(oneOf(KEEP_SOURCE), {
    env: 'KEEP_SOURCE',
    flag: 'keep-source',
    unit: 'uploads',
    initial: 'transparent',
    doc: 'Uploads kept as lossless PNG too, for renders: transparent, always (all but plain JPEG files) or never',
  }),
  maxWaiting: setting(wholeNumber(0, 100_000), {
    env: 'MAX_WAITING',
    flag: 'max-waiting',
    unit: 'uploads',
    initial: '64',
    doc: 'Uploads of one worker that may wait for an encoder; further ones get 503 with Retry-After',
  }),
  encodeDeadlineMs: setting(wholeNumber(100, 3_600_000), {
    env: 'ENCODE_DEADLINE_MS',
    flag: 'encode-deadline-ms',
    unit: 'ms',
    initial: '30000',
    doc: 'Longest work on one picture; then its encoder is killed and the upload gets 422',
  }),
  lockStaleMs: setting(wholeNumber(2000, 600_000), {
    env: 'LOCK_STALE_MS',
    flag: 'lock-stale-ms',
    unit: 'ms',
    initial: '10000',
    doc: 'Age at which a lock counts as stale; equal in every process that shares the storage folder',
  }),
  minFreeBytes: setting(byteCountOrNone, {
    env: 'MIN_FREE_BYTES',
    flag: 'min-free-bytes',
    unit: 'bytes',
    initial: '64MiB',
    doc: 'Free disk space below which uploads get 507 before they begin; 0 is no limit',
  }),
  cacheBytes: setting(byteCountOrNone, {
    env: 'CACHE_BYTES',
    flag: 'cache-bytes',
    unit: 'bytes',
    initial: '64MiB',
    doc: 'Memory of each worker for small pictures and lists; 0 caches none',
  }),
  accelRedirect: setting(matching(/^(?:off|\/[\w./~-]*)$/, 'off, or a path such as /stored'), {
    env: 'ACCEL_REDIRECT',
    flag: 'accel-redirect',
    unit: 'path',
    initial: 'off',
    doc: 'Path of the nginx location of the storage folder, so that nginx sends stored pictures; or off',
  }),
  diskCacheBytes: setting(byteCountOrNone, {
    env: 'DISK_CACHE_BYTES',
    flag: 'disk-cache-bytes',
    unit: 'bytes',
    initial: '2GiB',
    doc: 'Disk space for renders (transforms, WebP, AVIF, PNG); 0 caches none',
  }),
  presets: setting(presets, {
    env: 'PRESETS',
    flag: 'presets',
    unit: 'presets',
    initial: '',
    doc: 'Transforms that need no signature, such as card:w=320,h=180,fit=cover;hero:w=1600,format=auto',
  }),
  prefetch: setting(anyText, {
    env: 'PREFETCH',
    flag: 'prefetch',
    unit: 'names',
    initial: '',
    doc: 'Renders made after each upload, while encoders are idle: thumb.webp,medium.avif or names of presets',
  }),
  signingKeys: setting(signingKeys, {
    env: 'SIGNING_KEYS',
    flag: 'signing-keys',
    unit: 'keys',
    initial: '',
    doc: `Keys of signed URLs, of ${MIN_KEY_LENGTH} characters or more, separated by commas; the first signs, all are accepted`,
    isSecret: true,
  }),
  ...accessSettings,
  logLevel: setting(oneOf(LOG_LEVELS), {
    env: 'LOG_LEVEL',
    flag: 'log-level',
    unit: 'level',
    initial: 'info',
    doc: `Least level of log lines: ${LOG_LEVELS.join(', ')}`,
  }),
  logFormat: setting(oneOf(LOG_FORMATS), {
    env: 'LOG_FORMAT',
    flag: 'log-format',
    unit: 'format',
    initial: 'auto',
    doc: 'json (one object a line) or pretty (for people); auto is pretty on a terminal and json elsewhere',
  }),
}
