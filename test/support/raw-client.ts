// A client that writes its own bytes to a socket, to do what a well-behaved one never would.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished, type TestContext } from 'vitest'

export interface RawClient {
  socket: Socket
  /** Resolves when all of it has been handed to the kernel, or when the connection is gone. */
  send(bytes: string | Uint8Array): Promise<void>
  /** Everything that came so far. */
  received(): string
  /** Resolves when this much of an answer has come. */
  until(text: string): Promise<string>
  /** Everything that came, once the server has closed the connection; rejects where it was reset. */
  end: Promise<string>
}

/** @param test the context of a test that runs beside others: they have to say which one it is that ends */
export const connectRaw = async (port: number, test?: TestContext): Promise<RawClient> => {
  const socket = connect({ port, host: '127.0.0.1' })
  await once(socket, 'connect')
  let received = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text
  })
  const end = new Promise<string>((resolve, reject) => {
    socket.once('end', () => resolve(received)).once('error', reject)
  })
  // A test that does not look at the end of its connection does not care how it ended.
  end.catch(() => {})
  const whenFinished = test?.onTestFinished ?? onTestFinished
  whenFinished(() => {
    socket.destroy()
  })
  return {
    socket,
    send: (bytes) =>
      new Promise((resolve) => {
        socket.write(bytes, () => resolve())
      }),
    received: () => received,
    until: async (text) => {
      while (!received.includes(text)) {
        if (socket.destroyed || socket.readableEnded) throw new Error(`the connection ended before "${text}" came`)
        await Promise.race([once(socket, 'data'), once(socket, 'close')])
      }
      return received
    },
    end,
  }
}

/** The head of a POST; without a length the body goes in chunks. */
export const postHead = (path: string, bytes?: number): string =>
  [
    `POST ${path} HTTP/1.1`,
    'Host: test',
    `Content-Type: multipart/form-data; boundary=${BOUNDARY}`,
    bytes === undefined ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes}`,
    '\r\n',
  ].join('\r\n')

/** One chunk of a chunked body. */
export const chunk = (bytes: string | Uint8Array): Buffer => {
  const content = Buffer.from(bytes)
  return Buffer.concat([Buffer.from(`${content.length.toString(16)}\r\n`), content, Buffer.from('\r\n')])
}

export const LAST_CHUNK = '0\r\n\r\n'

const BOUNDARY = 'XboundaryX'

export interface Part {
  /** Without one the part has no name. */
  name?: string
  /** Without one the part is a text field. */
  filename?: string
  content: string | Uint8Array
  headers?: string[]
}

/** The beginning of a part, up to its content. */
export const partHead = ({ name, filename, headers = [] }: Omit<Part, 'content'>): string => {
  const disposition = ['Content-Disposition: form-data']
  if (name !== undefined) disposition.push(`name="${name}"`)
  if (filename !== undefined) disposition.push(`filename="${filename}"`)
  return [`--${BOUNDARY}`, disposition.join('; '), ...headers, '\r\n'].join('\r\n')
}

export const FORM_END = `\r\n--${BOUNDARY}--\r\n`

/** A whole form. */
export const formBody = (parts: readonly Part[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap((part, at) => [Buffer.from((at > 0 ? '\r\n' : '') + partHead(part)), Buffer.from(part.content)]),
    Buffer.from(FORM_END),
  ])

/** What `app.request` needs to send such a form, or a text that should have been one. */
export const rawForm = (body: Buffer | string, contentType = `multipart/form-data; boundary=${BOUNDARY}`) => ({
  method: 'POST',
  body: new Uint8Array(Buffer.from(body)),
  headers: { 'Content-Type': contentType },
})
