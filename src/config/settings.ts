// Every setting: its names, its default, what it takes and what it means.

import { z } from 'zod'
import { MIN_KEY_LENGTH } from '../core/transform/signature.ts'
import {
  anyText,
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
import { accountSettings } from './settings-accounts.ts'
import { limitSettings } from './settings-limits.ts'

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']
const LOG_FORMATS = ['auto', 'json', 'pretty']

export const configSchema = z.object({
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
    doc: 'Folder of all pictures; made where it is missing',
  }),
  workers: setting(numberOrCores(128), {
    env: 'WORKERS',
    flag: 'workers',
    unit: 'processes',
    initial: '1',
    doc: 'Server processes that share the port; cores means one per core',
  }),
  encoders: setting(numberOrCores(128), {
    env: 'ENCODERS',
    flag: 'encoders',
    unit: 'processes',
    initial: 'cores',
    doc: 'Processes that make the variants, for the whole machine; every worker has at least one',
  }),
  maxUploadBytes: setting(byteCount, {
    env: 'MAX_UPLOAD_BYTES',
    flag: 'max-upload-bytes',
    unit: 'bytes',
    initial: '25MiB',
    doc: 'Largest upload; kB, MB, GB, KiB, MiB and GiB can follow the number',
  }),
  maxPixels: setting(pixelCount, {
    env: 'MAX_PIXELS',
    flag: 'max-pixels',
    unit: 'pixels',
    initial: '100MP',
    doc: 'Most pixels of an uploaded picture; MP (million) can follow the number',
  }),
  background: setting(matching(/^#[0-9a-f]{6}$/i, 'a colour as #rrggbb, such as #ffffff'), {
    env: 'BACKGROUND',
    flag: 'background',
    unit: '#rrggbb',
    initial: '#ffffff',
    doc: 'Colour behind transparent pictures',
  }),
  maxWaiting: setting(wholeNumber(0, 100_000), {
    env: 'MAX_WAITING',
    flag: 'max-waiting',
    unit: 'uploads',
    initial: '64',
    doc: 'Uploads of one worker that may wait for an encoder; more get 503 with Retry-After',
  }),
  encodeDeadlineMs: setting(wholeNumber(100, 3_600_000), {
    env: 'ENCODE_DEADLINE_MS',
    flag: 'encode-deadline-ms',
    unit: 'ms',
    initial: '30000',
    doc: 'Time that one picture may take; then its encoder is ended and the upload gets 422',
  }),
  lockStaleMs: setting(wholeNumber(2000, 600_000), {
    env: 'LOCK_STALE_MS',
    flag: 'lock-stale-ms',
    unit: 'ms',
    initial: '10000',
    doc: 'Age at which the lock of a dead process is taken over; the same for all that share a storage folder',
  }),
  minFreeBytes: setting(byteCountOrNone, {
    env: 'MIN_FREE_BYTES',
    flag: 'min-free-bytes',
    unit: 'bytes',
    initial: '64MiB',
    doc: 'Free room on the disk below which uploads get 507 before they begin; 0 asks for none',
  }),
  cacheBytes: setting(byteCountOrNone, {
    env: 'CACHE_BYTES',
    flag: 'cache-bytes',
    unit: 'bytes',
    initial: '64MiB',
    doc: 'Memory of each worker for small pictures; 0 keeps none',
  }),
  accelRedirect: setting(matching(/^(?:off|\/[\w./~-]*)$/, 'off, or a path such as /stored'), {
    env: 'ACCEL_REDIRECT',
    flag: 'accel-redirect',
    unit: 'path',
    initial: 'off',
    doc: 'Path of the nginx location that holds the storage folder; nginx sends stored pictures then',
  }),
  diskCacheBytes: setting(byteCountOrNone, {
    env: 'DISK_CACHE_BYTES',
    flag: 'disk-cache-bytes',
    unit: 'bytes',
    initial: '2GiB',
    doc: 'Room on disk for pictures made from originals (transforms, WebP, AVIF); 0 keeps none',
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
    doc: 'Made of each upload ahead of need, when nothing else waits: thumb.webp,medium.avif or names of presets',
  }),
  signingKeys: setting(signingKeys, {
    env: 'SIGNING_KEYS',
    flag: 'signing-keys',
    unit: 'keys',
    initial: '',
    doc: `Keys of signed URLs, ${MIN_KEY_LENGTH} characters or more, separated by commas; the first signs, all are accepted`,
    isSecret: true,
  }),
  ...accessSettings,
  ...accountSettings,
  ...limitSettings,
  logLevel: setting(oneOf(LOG_LEVELS), {
    env: 'LOG_LEVEL',
    flag: 'log-level',
    unit: 'level',
    initial: 'info',
    doc: `Least important lines that are logged: ${LOG_LEVELS.join(', ')}`,
  }),
  logFormat: setting(oneOf(LOG_FORMATS), {
    env: 'LOG_FORMAT',
    flag: 'log-format',
    unit: 'format',
    initial: 'auto',
    doc: 'json, one object a line; pretty, for people; auto is pretty on a terminal and json elsewhere',
  }),
})
