// URLs of the keys of token issuers.

import { expect, it } from 'vitest'
import { isKeyUrl, KEY_URL_RULE } from '../../../src/core/auth/issuer.ts'

it.each([
  'https://id.example.com/keys',
  'https://id.example.com:8443/keys?set=1',
  'https://10.0.0.1/keys',
  'http://127.0.0.1/keys',
  'http://127.0.0.1:9000/keys',
  'http://localhost:9000/keys',
  'http://LOCALHOST/keys',
  'http://[::1]:9000/keys',
])('keys may come from %s', (url) => {
  expect(isKeyUrl(url)).toBe(true)
})

it.each([
  ['', 'an empty text'],
  ['id.example.com/keys', 'no scheme'],
  ['/keys', 'a path'],
  ['http://id.example.com/keys', 'an unencrypted network'],
  ['http://10.0.0.1/keys', 'another machine'],
  ['http://127.0.0.2/keys', 'another loopback address'],
  ['http://localhost.example.com/keys', 'a host that begins like this machine'],
  ['http://[::2]/keys', 'another IPv6 address'],
  ['ftp://127.0.0.1/keys', 'another scheme'],
  ['file:///etc/keys', 'a file'],
  ['https://user@id.example.com/keys', 'a user name'],
  ['https://:secret@id.example.com/keys', 'a password'],
  ['https://user:secret@id.example.com/keys', 'credentials'],
  ['http://user@localhost/keys', 'a user name for this machine'],
])('keys do not come from "%s": %s', (url) => {
  expect(isKeyUrl(url)).toBe(false)
})

it('the rule names both schemes', () => {
  expect(KEY_URL_RULE).toBe('an https URL, or an http one of this machine')
})
