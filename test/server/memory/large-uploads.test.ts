import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { serve } from '../../support/processes/tintype.ts'
import { connectRaw, formBody, postHead, type RawClient } from '../../support/raw-client.ts'

const MB = 1e6
const CHUNK_BYTES = 2 ** 18

/** The most that a process has had in memory so far, in bytes (proc(5), VmHWM). */
const peakMemory = (pid: number | undefined): number => {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) * 1024
}

describe('the memory of the server', () => {
  it.skipIf(!existsSync('/proc/self/status'))(
    'holds no uploads: 32 of 24 MB that come at once need less than 500 MB of memory',
    async () => {
      const service = await serve(['--log-level', 'warn'])
      // A sound photo that is so large because of what follows it, which is not stored: the bytes are what counts here.
      const photo = await smallPhoto()
      const content = new Uint8Array(24 * MB)
      content.set(photo)
      const body = formBody([{ name: 'file', filename: 'photo.jpg', content }])
      // All heads arrive before the first body: a busy machine takes longer to send 768 MB than the server waits for a head.
      const clients = await Promise.all(
        Array.from({ length: 32 }, async () => {
          const client = await connectRaw(Number(new URL(service.url).port))
          await client.send(postHead('/projects/heavy/images', body.length).replace('Host: test', 'Host: localhost'))
          return client
        }),
      )
      const upload = async ({ send, until }: RawClient) => {
        for (let at = 0; at < body.length; at += CHUNK_BYTES) await send(body.subarray(at, at + CHUNK_BYTES))
        return Number((await until('\r\n\r\n')).slice('HTTP/1.1 '.length, 'HTTP/1.1 201'.length))
      }
      const statuses = await Promise.all(clients.map(upload))
      expect(statuses).toEqual(Array(32).fill(201))
      const peak = peakMemory(service.child.pid)
      expect(peak).toBeGreaterThan(20 * MB)
      // Chunks that were written are garbage of V8, which it frees late where all cores are busy: up to 404 MB were seen.
      expect(peak).toBeLessThan(500 * MB)
    },
    300_000,
  )
})
