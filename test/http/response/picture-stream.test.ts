// Large pictures whose files change while they are sent, on a real socket.

import { appendFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, it, vi } from 'vitest'
import { createTestApp, listen, uploadTo } from '../../support/app.ts'
import { connectRaw } from '../../support/raw-client.ts'
import { PATIENCE } from '../../support/vitest/patience.ts'

/** More than the kernel keeps for a client that does not read. */
const BYTES = 16 * 2 ** 20

it('a picture that is shortened while it is sent ends the connection, and is one line in the log', async () => {
  const lines: Record<string, unknown>[] = []
  const log = pino({ level: 'warn' }, { write: (line) => void lines.push(JSON.parse(line)) })
  const { app, storageDir } = await createTestApp({ log })
  const { image_id } = await uploadTo(app, 'shop')
  const file = join(storageDir, 'projects', 'shop', 'original', `${image_id}.jpg`)
  await appendFile(file, Buffer.alloc(BYTES))
  const printed = [vi.spyOn(console, 'error'), vi.spyOn(console, 'info')]

  const { port } = await listen(app)
  const path = `/projects/shop/images/${image_id}`
  const client = await connectRaw(port)
  client.socket.pause()
  await client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\nX-Request-Id: short\r\n\r\n`)
  await vi.waitFor(() => expect(client.socket.readableLength + client.socket.bytesRead).toBeGreaterThan(0), PATIENCE)
  await truncate(file, 1000)
  client.socket.resume()
  const text = await client.end.catch(() => client.received())

  expect(text).toMatch(/^HTTP\/1\.1 200 OK/)
  expect(text.length).toBeLessThan(BYTES)
  expect(lines).toEqual([
    expect.objectContaining({ level: 50, id: 'short', path, msg: expect.stringContaining('closing the connection') }),
  ])
  for (const print of printed) expect(print).not.toHaveBeenCalled()
})
