import { describe, expect, it } from 'vitest'
import { MAX_NEXT_LENGTH, NEXT_PATH } from '../../../src/core/auth/oidc.ts'
import { SIGNED_IN, signInUrl } from '../../../src/gallery/account/sign-in-url.ts'

const nextOf = (base: string, pathname: string, search: string): string => {
  const url = new URL(signInUrl(base, { pathname, search }), 'http://localhost')
  expect(url.pathname).toBe(`${base}/auth/oidc`)
  return url.searchParams.get('next') ?? ''
}

describe('the address of a sign-in', () => {
  it.each([
    ['', '/', '', '/?'],
    ['', '/g/demo', '?q=sea', '/g/demo?q=sea&'],
    ['/pictures', '/pictures', '', '/?'],
    ['/pictures', '/pictures/g/demo', '?q=a/b@c$d é', '/g/demo?q=a%2Fb%40c%24d+%C3%A9&'],
  ])('leads back below "%s" from %s%s', (base, pathname, search, expected) => {
    const next = nextOf(base, pathname, search)
    expect(next).toBe(`${expected}sign-in=${SIGNED_IN}`)
    expect(next).toMatch(NEXT_PATH)
  })

  it('leaves out a query that is too long for the server, and no other', () => {
    const rest = `/g/demo?q=&sign-in=${SIGNED_IN}`.length
    const longest = nextOf('', '/g/demo', `?q=${'a'.repeat(MAX_NEXT_LENGTH - rest)}`)
    expect(longest).toHaveLength(MAX_NEXT_LENGTH)
    expect(nextOf('', '/g/demo', `?q=${'a'.repeat(MAX_NEXT_LENGTH - rest + 1)}`)).toBe(`/g/demo?sign-in=${SIGNED_IN}`)
  })
})
