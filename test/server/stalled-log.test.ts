// A server whose log is not read: a full pipe.

import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createFifo } from '../support/disk/fifo.ts'
import { serve } from '../support/processes/tintype.ts'

/** Lines of 8,000 characters: the pipe holds 8 of them, a process about 130 more. */
const PATH = `/${'x'.repeat(8000)}`
const REQUESTS = 300

/** Sends requests on one connection, all at once. @returns the number of answers */
const sendAll = async (port: number, path: string, count: number): Promise<number> => {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1')
  await once(socket, 'connect')
  let answers = 0
  let sent = 0
  const send = () => socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  for (; sent < 50; sent++) send()
  for await (const text of socket) {
    const more = String(text).split('HTTP/1.1 404').length - 1
    answers += more
    for (let n = 0; n < more && sent < count; n++, sent++) send()
    if (answers >= count) break
  }
  socket.destroy()
  return answers
}

describe('a log that nobody reads', () => {
  it.each([
    ['1', 'json'],
    ['2', 'pretty'],
  ])(
    'lets %s worker(s) answer every request, and says how many lines it lost once it is read (%s)',
    async (workers, format) => {
      const { writer, read, endReading } = await createFifo()
      const flags = ['--workers', workers, '--log-format', format]
      const service = await serve(flags, { log: writer })
      expect(await sendAll(service.port, PATH, REQUESTS)).toBe(REQUESTS)
      expect(await sendAll(service.port, PATH, REQUESTS)).toBe(REQUESTS)

      let log = ''
      const report = /lines were dropped/
      await expect
        .poll(
          () => {
            log += read()
            return report.test(log)
          },
          { timeout: 60_000, interval: 5 },
        )
        .toBe(true)
      const metrics = await (await fetch(`${service.url}/metrics`)).text()
      const counted = Number(/^tintype_log_lines_dropped_total (\d+)$/m.exec(metrics)?.[1])
      expect(counted).toBeGreaterThan(100)
      const lines = log.split('\n').filter((line) => line.includes(PATH)).length
      expect(lines + counted).toBeGreaterThanOrEqual(workers === '1' ? 2 * REQUESTS : REQUESTS)
      expect(lines).toBeLessThan(2 * REQUESTS)

      // Nor does a reader that has ended, or stalls at the end, keep the server from anything.
      if (workers === '1') endReading()
      expect(await sendAll(service.port, PATH, 300)).toBe(300)
      expect(await service.stop()).toBe(0)
    },
  )
})
