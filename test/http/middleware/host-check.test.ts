// Host check against DNS rebinding, on an open server.

import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { TintypeOptions } from '../../../src/index.ts'
import { createApiKeys } from '../../../src/services/auth/api-keys.ts'
import { createTestApp, listen, problemOf, uploadTo } from '../../support/app.ts'
import { connectRaw } from '../../support/raw-client.ts'
import { LONG_MEMORY, recordsOf } from '../../support/store/here.ts'

const EVIL = 'evil.example:8001'

/** As the page's own browser sends it: to its own origin, as far as it knows. */
const fromPage = { Host: EVIL, Origin: `http://${EVIL}`, 'Sec-Fetch-Site': 'same-origin' }

/** An image, and what both ways of answering say of its thumb under a host. */
const createShop = async (options: TintypeOptions = {}) => {
  const tintype = await createTestApp({ ...LONG_MEMORY, ...options })
  const { image_id } = await uploadTo(tintype.app, 'shop')
  const url = `/projects/shop/images/${image_id}/thumb.jpg`
  return {
    ...tintype,
    url,
    status: async (host: string, path = url) => (await tintype.app.request(path, { headers: { Host: host } })).status,
    isFast: (...hosts: string[]) =>
      tintype.answerFast({
        method: 'GET',
        url,
        rawHeaders: hosts.flatMap((host) => ['Host', host]),
        socket: new Socket(),
      }) !== undefined,
  }
}

describe('an open server on loopback', () => {
  it('refuses reads and changes of a page whose name resolves to this machine (DNS rebinding)', async () => {
    const { app, url, isFast, status } = await createShop({ ownHostsOnly: true })
    const refused = { status: 403, code: 'unexpected_host', received: EVIL }
    expect(await problemOf(app.request('/projects/shop', { method: 'DELETE', headers: fromPage }))).toMatchObject(
      refused,
    )
    for (const path of ['/projects', '/projects/shop/images', '/projects/shop/thumbnail', url, '/docs', '/nowhere'])
      expect(await problemOf(app.request(path, { headers: fromPage }))).toMatchObject(refused)
    expect(isFast(EVIL)).toBe(false)
    expect(isFast('localhost', EVIL)).toBe(false)
    // Nor where the last one who asked was at home.
    expect(isFast('localhost')).toBe(true)
    expect([isFast(EVIL), await status(EVIL)]).toEqual([false, 403])
  })

  it('names the expected hosts and the settings that change them', async () => {
    const { app } = await createShop({ ownHostsOnly: true })
    const { detail } = await problemOf(app.request('/projects', { headers: fromPage }))
    for (const words of ['localhost', '127.0.0.1', EVIL, 'ALLOWED_ORIGINS', 'tintype key create', 'AUTH=none'])
      expect(detail).toContain(words)
  })

  it('accepts the names of this machine, and requests without a host', async () => {
    const { app, url, isFast, status } = await createShop({ ownHostsOnly: true })
    for (const host of ['localhost:8001', '127.0.0.1:8001', '[::1]:8001', 'gallery.localhost'])
      expect(await status(host), host).toBe(200)
    for (const host of ['localhost:8001', '127.0.0.1:8001', 'gallery.localhost']) expect(isFast(host), host).toBe(true)
    expect((await app.request(url)).status).toBe(200)
  })

  it('accepts the hosts of allowed origins, and every host where all origins are allowed', async () => {
    const one = await createShop({ ownHostsOnly: true, allowedOrigins: 'https://img.example.com' })
    expect([await one.status('img.example.com'), one.isFast('img.example.com')]).toEqual([200, true])
    expect([await one.status(EVIL), one.isFast(EVIL)]).toEqual([403, false])
    const all = await createShop({ ownHostsOnly: true, allowedOrigins: '*' })
    expect([await all.status(EVIL), all.isFast(EVIL)]).toEqual([200, true])
  })

  it('reads the host from a target in absolute form instead of Host (RFC 9112 section 3.2.2)', async () => {
    const { app } = await createShop({ ownHostsOnly: true })
    const { port } = await listen(app)
    const status = async (target: string, host: string) => {
      const client = await connectRaw(port)
      client.send(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      return (await client.until('\r\n')).split(' ')[1]
    }
    expect(await status(`http://${EVIL}/projects`, 'localhost')).toBe('403')
    expect(await status(`http://localhost@${EVIL}/projects`, 'localhost')).toBe('403')
    expect(await status('http://localhost:8001/projects', EVIL)).toBe('200')
    expect(await status('/projects', EVIL)).toBe('403')
  })

  it('answers health checks under every host', async () => {
    const { status } = await createShop({ ownHostsOnly: true })
    expect([await status(EVIL, '/health'), await status(EVIL, '/ready')]).toEqual([200, 200])
  })

  it('accepts every host once there is a key', async () => {
    const { storageDir, isFast, status } = await createShop({ ownHostsOnly: true, staleSeconds: 1 })
    expect([isFast(EVIL), await status(EVIL)]).toEqual([false, 403])
    const { keys } = await recordsOf(storageDir)
    await createApiKeys({ keys }).create({ name: 'me', role: 'admin' })
    await expect.poll(async () => [isFast(EVIL), await status(EVIL)]).toEqual([true, 200])
  })
})

it('an embedded app accepts every host by default', async () => {
  const { isFast, status } = await createShop()
  expect([isFast(EVIL), await status(EVIL)]).toEqual([true, 200])
})
