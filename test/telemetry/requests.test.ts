// The line of a request: made by hand, and the same as pino's.

import { readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createLogger } from '../../src/telemetry/logger.ts'
import { createRequestLines, type RequestEntry } from '../../src/telemetry/requests.ts'
import { temporaryFolder } from '../support/disk/folder.ts'

const from = () => '2001:db8::1'
const ENTRY: RequestEntry = { id: 'abc-1', method: 'GET', path: '/projects', status: 200, ms: 1.26, bytes: 512, from }

/** What a logger of ours, whose lines go to a file, wrote. */
const linesOf = async (write: (log: ReturnType<typeof createLogger>) => void, level = 'info'): Promise<string[]> => {
  const path = join(await temporaryFolder(), 'log')
  const file = await open(path, 'w')
  try {
    const log = createLogger({ fd: file.fd, level })
    write(log)
    // Lines are written together: what fills the buffer pushes all of them out.
    log.fatal('x'.repeat(10_000))
    return readFileSync(path, 'utf8').split('\n').slice(0, -2)
  } finally {
    await file.close()
  }
}

const withoutTime = (line: string): string =>
  line.replace(/"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/, '"time":""')

describe('the line of a request', () => {
  it.each([
    ['a plain one', ENTRY],
    ['the slowest', { ...ENTRY, ms: 123456.04, status: 507, bytes: 0 }],
    ['a path of quotes and signs', { ...ENTRY, path: '/a"b\\c\n\u2028é%20{}' }],
    ['one without a connection', { ...ENTRY, from: () => undefined }],
    ['an odd method', { ...ENTRY, method: 'M-SEARCH"' }],
  ])('equals the output of pino: %s', async (_, entry) => {
    const [byHand = '', byPino = ''] = await linesOf((log) => {
      createRequestLines(log)(entry)
      log.info({ ...entry, ms: Math.round(entry.ms * 10) / 10, from: entry.from() }, 'request')
    })
    expect(withoutTime(byHand)).toBe(withoutTime(byPino))
    expect(JSON.parse(byHand)).toMatchObject({ path: entry.path, method: entry.method })
  })

  it('has the time of its writing, in milliseconds', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const times = [
      '2031-05-06T07:08:09.000Z',
      '2031-05-06T07:08:09.007Z',
      '2031-05-06T07:08:09.999Z',
      '2031-05-06T07:08:10.040Z',
      '2031-05-06T07:08:09.500Z',
    ]
    const lines = await linesOf((log) => {
      const write = createRequestLines(log)
      for (const time of times) {
        vi.setSystemTime(time)
        write(ENTRY)
      }
    })
    expect(lines.map((line) => JSON.parse(line).time)).toEqual(times)
  })

  it('keeps its order among other lines', async () => {
    const lines = await linesOf((log) => {
      const write = createRequestLines(log)
      for (const name of ['a', 'b']) {
        write({ ...ENTRY, id: name })
        log.warn({ id: name }, 'after')
      }
    })
    expect(lines.map((line) => JSON.parse(line)).map(({ id, msg }) => `${id} ${msg}`)).toEqual([
      'a request',
      'a after',
      'b request',
      'b after',
    ])
  })

  it('is not written below the level of the log', async () => {
    expect(await linesOf((log) => createRequestLines(log)(ENTRY), 'warn')).toEqual([])
    expect(await linesOf((log) => createRequestLines(log)(ENTRY), 'info')).toHaveLength(1)
  })

  it('is written by the logger of an embedding program, with its fields', () => {
    const lines: string[] = []
    const log = pino({ base: { service: 'shop' } }, { write: (line) => void lines.push(line) })
    createRequestLines(log)(ENTRY)
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ ...ENTRY, ms: 1.3, from: from(), service: 'shop', msg: 'request' }),
    ])
  })
})

describe('the log', () => {
  it('never contains a secret, whatever object is logged', async () => {
    const headers = { Authorization: 'Bearer s3cret', cookie: 'sid=s3cret', 'x-api-key': 's3cret', accept: '*/*' }
    const lines = await linesOf((log) => {
      log.info({ headers }, 'one')
      log.info({ req: { headers } }, 'two')
      log.info(headers, 'three')
      log.info({ password: 's3cret', signingKeys: ['s3cret'] }, 'four')
    })
    expect(lines).toHaveLength(4)
    expect(lines.join()).not.toContain('s3cret')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ headers: { accept: '*/*', cookie: '[secret]' } })
  })

  it('contains the error', async () => {
    const [line = ''] = await linesOf((log) => log.warn({ error: new Error('the disk is gone') }, 'could not sweep'))
    expect(JSON.parse(line)).toMatchObject({ error: { message: 'the disk is gone' }, msg: 'could not sweep' })
  })
})
