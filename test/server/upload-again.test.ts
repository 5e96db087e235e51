// Uploads with a key, sent again to a server that was killed in between.

import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../support/disk/folder.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { serve } from '../support/processes/tintype.ts'
import { formOf } from '../support/upload.ts'

const send = async (url: string): Promise<Response> =>
  fetch(`${url}/projects/shop/images`, {
    method: 'POST',
    body: formOf(await smallPhoto()),
    headers: { 'Idempotency-Key': 'order-1' },
  })

it('an acknowledged upload is answered again after a kill -9; one under way is stored', async () => {
  const storage = join(await temporaryFolder(), 'storage')
  const begin = () => serve(['--storage', storage])

  // Begun and never finished: its key is in use when the server dies.
  const first = await begin()
  const socket = connect({ port: first.port, host: '127.0.0.1' })
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  socket.write(
    'POST /projects/shop/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n' +
      'Content-Length: 5000\r\nIdempotency-Key: order-1\r\n\r\n--x\r\n' +
      'Content-Disposition: form-data; name="file"; filename="photo.jpg"\r\n\r\n',
  )
  await expect.poll(() => readdir(join(storage, '.running')).catch(() => []), { timeout: 60_000 }).toHaveLength(1)
  expect((await send(first.url)).status).toBe(409)
  first.child.kill('SIGKILL')
  await once(socket, 'close')

  const second = await begin()
  // Swept at the start, whether its key ever comes again or not.
  await expect.poll(() => readdir(join(storage, '.running')), { timeout: 60_000 }).toEqual([])
  const answer = await send(second.url)
  expect([answer.status, answer.headers.get('idempotent-replay')]).toEqual([201, null])
  const body = await answer.json()
  second.child.kill('SIGKILL')
  await second.ended

  const third = await begin()
  const again = await send(third.url)
  expect([again.status, again.headers.get('idempotent-replay')]).toEqual([201, 'true'])
  expect(await again.json()).toEqual(body)
})
