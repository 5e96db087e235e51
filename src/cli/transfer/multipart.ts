// Multipart form of one upload (RFC 7578), with a length that is known before it is sent.

import { randomBytes } from 'node:crypto'
import type { RequestBody } from './remote.ts'

export interface FormFile {
  name: string
  bytes: number
  open(): AsyncIterable<Uint8Array>
}

/** @param fields text fields by name; undefined ones are left out */
export const formBody = (file: FormFile, fields: Readonly<Record<string, string | undefined>>): RequestBody => {
  const boundary = `tintype-${randomBytes(16).toString('hex')}`
  const texts = Object.entries(fields).flatMap(([name, text]) =>
    text === undefined ? [] : [`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`],
  )
  const disposition = `Content-Disposition: form-data; name="file"; filename="${quoted(file.name)}"`
  const head = Buffer.from(
    `${texts.join('')}--${boundary}\r\n${disposition}\r\nContent-Type: application/octet-stream\r\n\r\n`,
  )
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: head.length + file.bytes + tail.length,
    async *open() {
      yield head
      let bytes = 0
      for await (const piece of file.open()) {
        bytes += piece.byteLength
        if (bytes > file.bytes) break
        yield piece
      }
      if (bytes !== file.bytes) throw new Error(`the file has ${bytes} bytes now, it had ${file.bytes}`)
      yield tail
    },
  }
}

/** As browsers write file names (WHATWG HTML, multipart/form-data encoding algorithm). */
const quoted = (name: string): string => name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22')
