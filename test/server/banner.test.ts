// What is printed at the start.

import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { bannerOf } from '../../src/server/banner.ts'

const banner = (host: string, port = 8001, isReadOnly = false) =>
  bannerOf(loadConfig({ flags: { '--host': host }, env: {}, envFile: false }).config, { port, isReadOnly })

describe('the banner', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:8001\n'],
    ['::1', 'http://[::1]:8001\n'],
    ['pictures.example', 'http://pictures.example:8001\n'],
    ['0.0.0.0', 'http://127.0.0.1:8001, and every other address of this machine\n'],
    ['::', 'http://[::1]:8001, and every other address of this machine\n'],
  ])('for host %s has an address that a browser accepts', (host, address) => {
    expect(banner(host)).toContain(`address   ${address}`)
  })

  it('has the chosen port where PORT is 0', () => {
    expect(banner('127.0.0.1', 43_210)).toContain('curl -F file=@photo.jpg http://127.0.0.1:43210/projects/demo/images')
  })

  it('says that the server takes no changes, and names a request that works', () => {
    const text = banner('127.0.0.1', 8001, true)
    expect(text).toMatch(/^ {2}files {5}\/.* \(read-only: changes are refused\)$/m)
    expect(text).toMatch(/^ {2}try {7}curl http:\/\/127\.0\.0\.1:8001\/projects$/m)
  })
})
