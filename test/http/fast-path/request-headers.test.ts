// Raw request headers: those that the fast path reads, and those that the app has to answer.

import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { readRequest } from '../../../src/http/fast-path/request-headers.ts'

const socket = new Socket()

const read = (...headers: readonly string[]) =>
  readRequest({ method: 'GET', url: '/a?b', rawHeaders: headers, socket }, false)

it('a request with two hosts is left to the server, which refuses it', () => {
  expect(read('Host', 'a', 'host', 'a')).toBeUndefined()
})

describe('a plain request', () => {
  it('is parsed into its method, target and connection', () => {
    expect(read('Host', 'a.example')).toMatchObject({
      method: 'GET',
      target: '/a?b',
      conditions: 0,
      noneMatch: undefined,
      requestId: undefined,
      hasCredentials: false,
    })
    expect(read('Host', 'a.example')?.socket).toBe(socket)
  })

  it('returns any header by its lower-case name, repeated ones as one list', () => {
    const view = read('Host', 'a', 'ACCEPT', 'image/avif', 'X-Long-Unknown-Header', '1', 'accept', '*/*')
    expect(view?.header('accept')).toBe('image/avif, */*')
    expect(view?.header('x-long-unknown-header')).toBe('1')
    expect(view?.header('cookie')).toBeUndefined()
  })

  it('has its repeated request ids as one list', () => {
    expect(read('Host', 'a', 'X-Request-ID', 'one')?.requestId).toBe('one')
    expect(read('Host', 'a', 'X-Request-ID', 'one', 'x-request-id', 'two')?.requestId).toBe('one, two')
  })

  it('counts conditions, and has the value of If-None-Match', () => {
    expect(read('Host', 'a', 'if-none-match', '"x"')).toMatchObject({ conditions: 1, noneMatch: '"x"' })
    for (const name of ['If-Match', 'If-Modified-Since', 'If-Unmodified-Since'])
      expect(read('Host', 'a', name, 'x', 'If-None-Match', '"x"')).toMatchObject({ conditions: 2, noneMatch: '"x"' })
  })

  it('has credentials by an API key or a token, but not by a cookie', () => {
    expect(read('Host', 'a', 'X-API-Key', 'k')?.hasCredentials).toBe(true)
    expect(read('Host', 'a', 'AUTHORIZATION', 'Bearer t')?.hasCredentials).toBe(true)
    expect(read('Host', 'a', 'Cookie', 'tintype_session=t')?.hasCredentials).toBe(false)
  })
})

describe('a request for the app', () => {
  it.each(['Range', 'Content-Length', 'Transfer-Encoding', 'Expect', 'UPGRADE'])('has the header %s', (name) => {
    expect(read('Host', 'a', name, '0')).toBeUndefined()
  })

  it('has no host', () => {
    expect(read()).toBeUndefined()
    expect(read('Accept', '*/*')).toBeUndefined()
  })

  it('has a host of an unusual form', () => {
    for (const host of ['a', 'A-b_c.example', '127.0.0.1:1', 'a:9999', 'a:10000', 'a:59999'])
      expect([host, read('Host', host) !== undefined]).toEqual([host, true])
    for (const host of ['', 'a b', '[::1]', 'a:', 'a:0', 'a:080', 'a:60000', 'a@b', 'a/b', 'é'])
      expect([host, read('Host', host)]).toEqual([host, undefined])
  })
})
