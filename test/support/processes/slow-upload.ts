// An upload that is under way until the test finishes it.

import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { smallPhoto } from '../pictures/pictures.ts'

/** Sends all but the last bytes to project `slow`; `finish` sends them and resolves with the answer. */
export const beginUpload = async (port: number): Promise<{ finish(): Promise<string> }> => {
  const head =
    '--edge\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
  const body = Buffer.concat([Buffer.from(head), await smallPhoto(), Buffer.from('\r\n--edge--\r\n')])
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => {
    socket.destroy()
  })
  await once(socket, 'connect')
  socket.write(
    'POST /projects/slow/images HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n' +
      `Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: ${body.length}\r\n\r\n`,
  )
  // The server has taken the request when it says "continue".
  await once(socket, 'data')
  socket.write(body.subarray(0, -100))
  return {
    finish() {
      const answer = text(socket)
      socket.write(body.subarray(-100))
      return answer
    },
  }
}

/** Resolves when the server accepts no more connections, that is, when it has begun to end. */
export const untilRefused = async (port: number): Promise<void> => {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (!open) return
  }
}
