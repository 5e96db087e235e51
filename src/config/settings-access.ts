// Settings of access: authentication, accounts, rate limits, quotas, proxies and origins.

import { ROLES, VISIBILITIES } from '../core/auth/access.ts'
import { REGISTRATIONS } from '../core/auth/account.ts'
import { MIN_SECRET_LENGTH } from '../core/auth/api-key.ts'
import { AUTH_MODES } from '../core/auth/auth-mode.ts'
import { isOidcIssuer, OIDC_ISSUER_RULE } from '../core/auth/oidc.ts'
import {
  apiKeys,
  boolean,
  byteCountOrNone,
  keyUrl,
  matching,
  oneOf,
  origins,
  type Parser,
  proxies,
  redisUrl,
  wholeNumber,
} from './parsers.ts'
import { setting } from './setting.ts'

const count = wholeNumber(0, 1_000_000_000)

const countOrAuto: Parser<number | 'auto'> = {
  expected: `${count.expected}, or the word auto`,
  parse: (text) => (text === 'auto' ? text : count.parse(text)),
}

const oidcIssuer: Parser<string> = {
  expected: OIDC_ISSUER_RULE,
  parse: (text) => (text === '' || isOidcIssuer(text) ? text : undefined),
}

export const accessSettings = {
  auth: setting(oneOf(AUTH_MODES), {
    env: 'AUTH',
    flag: 'auth',
    unit: 'mode',
    initial: 'auto',
    doc: 'Authentication: auto (for changes and private projects, once there are keys or users), required (always for those) or none',
  }),
  apiKeys: setting(apiKeys, {
    env: 'API_KEYS',
    flag: 'api-keys',
    unit: 'keys',
    initial: '',
    doc: `API keys, separated by commas: role:secret (${ROLES.join(', ')}) or a secret alone (admin), ${MIN_SECRET_LENGTH} characters or more`,
    isSecret: true,
  }),
  newVisibility: setting(oneOf(VISIBILITIES), {
    env: 'NEW_VISIBILITY',
    flag: 'new-visibility',
    unit: 'visibility',
    initial: 'public',
    doc: 'Visibility of new projects: public (readable by all) or private (readable by their members)',
  }),
  galleryIndex: setting(boolean, {
    env: 'GALLERY_INDEX',
    flag: 'gallery-index',
    unit: 'mode',
    initial: 'false',
    doc: 'Search engines may list the front page of the gallery and its pages of public projects: true or false',
  }),
  registration: setting(oneOf(REGISTRATIONS), {
    env: 'REGISTRATION',
    flag: 'registration',
    unit: 'mode',
    initial: 'closed',
    doc: 'Registration of accounts: open (to all), invite (with a code of `tintype user invite`) or closed',
  }),
  oidcIssuer: setting(oidcIssuer, {
    env: 'OIDC_ISSUER',
    flag: 'oidc-issuer',
    unit: 'URL',
    initial: '',
    doc: 'Identity provider by which people sign in (OpenID Connect); needs OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and PUBLIC_URL',
  }),
  oidcClientId: setting(matching(/^[ -~]{0,1000}$/, 'an id of at most 1000 printable ASCII characters'), {
    env: 'OIDC_CLIENT_ID',
    flag: 'oidc-client-id',
    unit: 'id',
    initial: '',
    doc: 'Id of this server at that provider; its redirect URI there is PUBLIC_URL/auth/oidc/callback',
  }),
  oidcClientSecret: setting(matching(/^[ -~]{0,1000}$/, 'a secret of at most 1000 printable ASCII characters'), {
    env: 'OIDC_CLIENT_SECRET',
    flag: 'oidc-client-secret',
    unit: 'secret',
    initial: '',
    doc: 'Secret of this server at that provider',
    isSecret: true,
  }),
  oidcName: setting(matching(/^[^\p{Cc}]{0,100}$/u, 'a name of at most 100 characters'), {
    env: 'OIDC_NAME',
    flag: 'oidc-name',
    unit: 'name',
    initial: '',
    doc: 'Name of that provider for people; without it, its host',
  }),
  jwksUrl: setting(keyUrl, {
    env: 'JWKS_URL',
    flag: 'jwks-url',
    unit: 'URL',
    initial: '',
    doc: 'URL of the keys of an identity provider whose access tokens are accepted; needs JWKS_ISSUER and JWKS_AUDIENCE',
  }),
  jwksIssuer: setting(matching(/^.{0,1000}$/, 'an issuer of at most 1000 characters'), {
    env: 'JWKS_ISSUER',
    flag: 'jwks-issuer',
    unit: 'issuer',
    initial: '',
    doc: 'Issuer of those tokens (their `iss`)',
  }),
  jwksAudience: setting(matching(/^.{0,1000}$/, 'an audience of at most 1000 characters'), {
    env: 'JWKS_AUDIENCE',
    flag: 'jwks-audience',
    unit: 'audience',
    initial: '',
    doc: 'Audience of the tokens that are for this server (their `aud`)',
  }),
  rateLimit: setting(count, {
    env: 'RATE_LIMIT',
    flag: 'rate-limit',
    unit: 'requests',
    initial: '0',
    doc: 'Most reading requests of one key, user or address in RATE_LIMIT_WINDOW, in all workers together; 0 is no limit',
  }),
  rateLimitWrites: setting(countOrAuto, {
    env: 'RATE_LIMIT_WRITES',
    flag: 'rate-limit-writes',
    unit: 'requests',
    initial: 'auto',
    doc: 'Most changing requests of one key, user or address; auto is a quarter of RATE_LIMIT, 0 is no limit',
  }),
  rateLimitWindow: setting(wholeNumber(1, 86_400), {
    env: 'RATE_LIMIT_WINDOW',
    flag: 'rate-limit-window',
    unit: 'seconds',
    initial: '60',
    doc: 'Length of the window in which requests are counted',
  }),
  signInLimit: setting(count, {
    env: 'SIGN_IN_LIMIT',
    flag: 'sign-in-limit',
    unit: 'requests',
    initial: '10',
    doc: 'Most attempts of one address to sign in or register in RATE_LIMIT_WINDOW; 0 is no limit',
  }),
  rateLimitRedis: setting(redisUrl, {
    env: 'RATE_LIMIT_REDIS',
    flag: 'rate-limit-redis',
    unit: 'URL',
    initial: '',
    doc: 'Redis in which servers on several machines count requests and sign-ins together, such as redis://user:password@127.0.0.1:6379/0; without it, each machine counts by itself',
    isSecret: true,
  }),
  trustProxy: setting(proxies, {
    env: 'TRUST_PROXY',
    flag: 'trust-proxy',
    unit: 'addresses',
    initial: '',
    doc: 'Trusted proxies (X-Forwarded-For and -Proto): addresses, networks (10.0.0.0/8), loopback',
  }),
  allowedOrigins: setting(origins, {
    env: 'ALLOWED_ORIGINS',
    flag: 'allowed-origins',
    unit: 'origins',
    initial: '',
    doc: 'Origins whose pages may use the API (CORS), such as https://shop.example; * is all, without cookies',
  }),
  maxImagesPerProject: setting(count, {
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
    doc: 'Most bytes in all projects of one user or key, or without an owner; 0 is no limit. Equal in every process',
  }),
}
