// The settings of limits: how much one client may ask for and store, and whose word about clients counts.

import { byteCountOrNone, type Kind, origins, proxies, wholeNumber } from './parsers.ts'
import { setting } from './setting.ts'

const number = wholeNumber(0, 1_000_000_000)

const numberOrAuto: Kind<number | 'auto'> = {
  expected: `${number.expected}, or the word auto`,
  read: (text) => (text === 'auto' ? text : number.read(text)),
}

export const limitSettings = {
  rateLimit: setting(number, {
    env: 'RATE_LIMIT',
    flag: 'rate-limit',
    unit: 'requests',
    initial: '0',
    doc: 'Most reading requests of one key, user or address in RATE_LIMIT_WINDOW, for all workers together; 0 is no limit',
  }),
  rateLimitWrites: setting(numberOrAuto, {
    env: 'RATE_LIMIT_WRITES',
    flag: 'rate-limit-writes',
    unit: 'requests',
    initial: 'auto',
    doc: 'Most requests that change something; auto is a quarter of RATE_LIMIT, 0 is no limit',
  }),
  rateLimitWindow: setting(wholeNumber(1, 86_400), {
    env: 'RATE_LIMIT_WINDOW',
    flag: 'rate-limit-window',
    unit: 'seconds',
    initial: '60',
    doc: 'Length of the window in which requests are counted',
  }),
  signInLimit: setting(number, {
    env: 'SIGN_IN_LIMIT',
    flag: 'sign-in-limit',
    unit: 'requests',
    initial: '10',
    doc: 'Most attempts of one address to sign in or to register in RATE_LIMIT_WINDOW; 0 is no limit',
  }),
  trustProxy: setting(proxies, {
    env: 'TRUST_PROXY',
    flag: 'trust-proxy',
    unit: 'addresses',
    initial: '',
    doc: 'Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses, networks (10.0.0.0/8), loopback',
  }),
  allowedOrigins: setting(origins, {
    env: 'ALLOWED_ORIGINS',
    flag: 'allowed-origins',
    unit: 'origins',
    initial: '',
    doc: 'Other sites whose pages may use the API (CORS), such as https://shop.example; * is all, without cookies',
  }),
  maxImagesPerProject: setting(number, {
    env: 'MAX_IMAGES_PER_PROJECT',
    flag: 'max-images-per-project',
    unit: 'images',
    initial: '0',
    doc: 'Most images of a project; 0 is no limit',
  }),
  maxBytesPerOwner: setting(byteCountOrNone, {
    env: 'MAX_BYTES_PER_OWNER',
    flag: 'max-bytes-per-owner',
    unit: 'bytes',
    initial: '0',
    doc: 'Most bytes in all projects of one user or key, or of nobody; 0 is no limit. The same in every process',
  }),
}
