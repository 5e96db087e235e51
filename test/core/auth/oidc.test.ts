// Identity providers: their URLs, and the paths that a sign-in leads back to.

import { expect, it } from 'vitest'
import { isOidcIssuer, NEXT_PATH } from '../../../src/core/auth/oidc.ts'

it.each([
  'https://id.example.com',
  'https://id.example.com/realms/pictures/',
  'http://localhost:8080',
  'http://127.0.0.1',
])('%s may be a provider', (text) => {
  expect(isOidcIssuer(text)).toBe(true)
})

it.each([
  '',
  'id.example.com',
  'http://id.example.com',
  'ftp://id.example.com',
  'https://id.example.com/?realm=a',
  'https://id.example.com/?',
  'https://id.example.com/#realm',
  'https://id.example.com/#',
])('"%s" is no provider', (text) => {
  expect(isOidcIssuer(text)).toBe(false)
})

it.each(['/', '/?a=b', '/gallery', '/gallery/demo', '/gallery/a.b-c_d~e%20f', '/projects/demo?page=2&q=a,b'])(
  'a sign-in may lead back to %s',
  (path) => {
    expect(NEXT_PATH.test(path)).toBe(true)
  },
)

it.each([
  '',
  'gallery',
  '//evil.example',
  '/\\evil.example',
  '/a//b',
  '/a/',
  '/.',
  '/..',
  '/a/../b',
  '/a#b',
  '/a b',
  '/?a=/b',
  'https://evil.example/',
  '/a\n',
])('a sign-in does not lead back to %j', (path) => {
  expect(NEXT_PATH.test(path)).toBe(false)
})
