import { describe, expect, it } from 'vitest'
import { createOwnHosts, isLoopback } from '../../../src/core/request/hosts.ts'

describe('loopback', () => {
  it.each(['127.0.0.1', '::1', 'LOCALHOST', '::ffff:127.0.0.1', '::1%lo'])('is %s', (host) =>
    expect(isLoopback(host)).toBe(true),
  )
  it.each(['0.0.0.0', '::', '10.0.0.1', '127.evil.example', '127.1', 'localhost.evil.example', '::ffff:10.0.0.1'])(
    'is not %s',
    (host) => expect(isLoopback(host)).toBe(false),
  )
  it.each(['1::ffff:27.0.0.1', 'local::ffff:host', ''])('is not what is in the middle of %s', (host) =>
    expect(isLoopback(host)).toBe(false),
  )
})

describe('a Host header', () => {
  const isOwn = createOwnHosts(['img.example.com'])

  it.each([
    'localhost',
    'LocalHost:8001',
    'localhost.',
    'gallery.localhost:8001',
    '127.0.0.1:8001',
    '127.8.9.1',
    '[::1]:8001',
    '[::1]',
    'img.example.com',
    'IMG.example.com:8443',
    'img.example.com.:443',
  ])('names this machine: %s', (host) => expect(isOwn(host)).toBe(true))

  it.each([
    '',
    ':8001',
    'evil.example:8001',
    'localhost.evil.example',
    'evillocalhost',
    '127.0.0.1.evil.example',
    'evil.example:localhost',
    'evil.example@localhost:8001',
    'localhost:8001:8001',
    '[::1].evil.example',
    '[local]host',
    'local[host]',
    'a.img.example.com',
    '10.0.0.1',
    '0.0.0.0:8001',
  ])('names another one, or nothing: %s', (host) => expect(isOwn(host)).toBe(false))
})
