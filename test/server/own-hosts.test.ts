// DNS rebinding against the server as people start it on a laptop, with nothing set up.

import { describe, expect, it } from 'vitest'
import { serve } from '../support/processes/tintype.ts'
import { connectRaw } from '../support/raw-client.ts'
import { upload } from '../support/upload.ts'

/** Status line of an answer on a connection of its own. */
const ask = async (port: number, method: string, path: string, host: string): Promise<string> => {
  const client = await connectRaw(port)
  await client.send(
    `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\nSec-Fetch-Site: same-origin\r\n\r\n`,
  )
  return (await client.until('\r\n')).slice(0, 12)
}

describe('tintype serve on loopback', () => {
  it('refuses pages whose name resolves here (DNS rebinding), before and after pictures are in memory', async () => {
    const { url, port } = await serve()
    await upload(url, 'demo')
    for (let times = 0; times < 2; times++) {
      expect(await ask(port, 'GET', '/projects/demo/thumbnail', `evil.example:${port}`)).toBe('HTTP/1.1 403')
      expect(await ask(port, 'GET', '/projects/demo/thumbnail', `localhost:${port}`)).toBe('HTTP/1.1 200')
    }
    expect(await ask(port, 'DELETE', '/projects/demo', `evil.example:${port}`)).toBe('HTTP/1.1 403')
    expect(await ask(port, 'GET', '/health', `evil.example:${port}`)).toBe('HTTP/1.1 200')
    expect(await ask(port, 'DELETE', '/projects/demo', `127.0.0.1:${port}`)).toBe('HTTP/1.1 200')
  })

  it('checks the host of a target in absolute form instead of the Host header (RFC 9112 section 3.2.2)', async () => {
    const { port } = await serve()
    const local = `127.0.0.1:${port}`
    const foreign = `evil.example:${port}`
    expect(await ask(port, 'GET', `http://${foreign}/projects`, local)).toBe('HTTP/1.1 403')
    expect(await ask(port, 'DELETE', `http://${foreign}/projects/demo`, local)).toBe('HTTP/1.1 403')
    expect(await ask(port, 'GET', `http://${local}/projects`, local)).toBe('HTTP/1.1 200')
  })

  it.each([
    ['--auth', 'none'],
    ['--api-keys', 'sixteen-letters!'],
    ['--allowed-origins', 'https://img.example.com'],
  ])('answers under a public name with %s %s', async (flag, value) => {
    const { port } = await serve([flag, value])
    expect(await ask(port, 'GET', '/projects', 'img.example.com')).toBe('HTTP/1.1 200')
  })
})
