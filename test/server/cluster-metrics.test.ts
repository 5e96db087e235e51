// Metrics and logs of the built server: all workers in one answer, and lines for machines or people.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../support/disk/folder.ts'
import { until } from '../support/processes/processes.ts'
import { serve } from '../support/processes/tintype.ts'
import { skipWithout } from '../support/skip.ts'
import { upload } from '../support/upload.ts'

/** A connection of its own, which goes to the next worker. */
const get = (url: string): Promise<Response> => fetch(url, { headers: { Connection: 'close' } })

const metricIn = (text: string, name: string): number => {
  const line = text.split('\n').find((line) => line.startsWith(`${name} `))
  return line === undefined ? 0 : Number(line.slice(name.length + 1))
}

const HEALTH = 'tintype_http_requests_total{method="GET",route="/health",status="200"}'

const metricsOf = async (url: string): Promise<string> => {
  const response = await get(`${url}/metrics`)
  expect(response.status).toBe(200)
  return response.text()
}

/** Prefixes of request ids: each worker has its own. */
const workersThatAnswered = async (url: string, count: number): Promise<Set<string>> => {
  const answers = await Promise.all(Array.from({ length: count }, () => get(`${url}/health`)))
  return new Set(answers.map(({ headers }) => (headers.get('x-request-id') ?? '').split('-')[0] ?? ''))
}

describe('/metrics of two workers', () => {
  it('sums both workers, and a killed one, whichever worker answers', async (context) => {
    const service = await serve(['--workers', '2', '--log-format', 'json'])
    expect((await upload(service.url, 'demo')).status).toBe(201)
    expect((await workersThatAnswered(service.url, 20)).size).toBe(2)
    for (let n = 0; n < 4; n++) {
      const text = await metricsOf(service.url)
      expect(metricIn(text, HEALTH)).toBe(20)
      expect(metricIn(text, 'tintype_revisions_committed_total')).toBe(1)
      expect(metricIn(text, 'tintype_encoder_jobs_total{kind="encode",outcome="done"}')).toBe(1)
      expect(text.match(/^tintype_info/gm)).toHaveLength(1)
      expect(text.match(/^# TYPE tintype_http_requests_total counter$/gm)).toHaveLength(1)
    }

    const many = await Promise.all(Array.from({ length: 30 }, () => metricsOf(service.url)))
    expect(new Set(many.map((text) => metricIn(text, HEALTH)))).toEqual(new Set([20]))
    expect(service.stderr()).not.toContain('Warning')

    const died = 'worker died; starting another one'
    const children = `/proc/${service.child.pid}/task/${service.child.pid}/children`
    if (!existsSync(children)) skipWithout(context, 'a /proc that names child processes')
    process.kill(Number.parseInt(readFileSync(children, 'utf8'), 10), 'SIGKILL')
    while (!service.stderr().includes(died)) await sleep(20)
    const after = await metricsOf(service.url)
    expect(metricIn(after, HEALTH)).toBe(20)
    expect(metricIn(after, 'tintype_revisions_committed_total')).toBe(1)

    service.child.kill('SIGTERM')
    expect(await service.ended).toBe(0)
  })
})

describe('the log', () => {
  it.each([
    ['json', ['--log-format', 'json']],
    ['json without a terminal', []],
  ])('is %s', async (_, flags) => {
    const service = await serve(flags)
    await get(`${service.url}/health?token=s3cret`)
    service.child.kill('SIGTERM')
    expect(await service.ended).toBe(0)
    const lines = service.stderr().trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toContainEqual({
      level: 30,
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      id: expect.stringMatching(/^[0-9a-f]{12}-/),
      method: 'GET',
      path: '/health',
      status: 200,
      ms: expect.any(Number),
      bytes: expect.any(Number),
      from: '127.0.0.1',
      msg: 'request',
    })
    expect(service.stderr()).not.toContain('s3cret')
  })

  it('is readable on request', async () => {
    const service = await serve(['--log-format', 'pretty'])
    const answer = await get(`${service.url}/health?token=s3cret`)
    const id = answer.headers.get('x-request-id')
    const { byteLength } = await answer.arrayBuffer()
    service.child.kill('SIGTERM')
    expect(await service.ended).toBe(0)
    expect(service.stderr()).toMatch(
      new RegExp(
        `^\\[\\d\\d:\\d\\d:\\d\\d\\] INFO: GET /health 200 [\\d.]+ ms ${byteLength} B \\{"id":"${id}","from":"127.0.0.1"\\}$`,
        'm',
      ),
    )
    expect(service.stderr()).not.toContain('s3cret')
  })

  it('is readable on a terminal by default', async (context) => {
    const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
    const storage = await temporaryFolder()
    const command = `${process.execPath} ${main} serve --port 0 --encoders 1 --storage ${storage}`
    // It runs the command on a terminal of its own, which it passes on.
    const terminal = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'] })
    const ended = once(terminal, 'close')
    let shown = ''
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text
    })
    if (await Promise.race([once(terminal, 'spawn').then(() => false), once(terminal, 'error').then(() => true)]))
      skipWithout(context, 'script (Debian: bsdutils)')
    onTestFinished(async () => {
      terminal.kill('SIGTERM')
      await ended
    })
    await until(() => shown.includes('Ctrl-C'))
    await get(`${/address +(\S+)/.exec(shown)?.[1]}/health`)
    await until(() => stripVTControlCharacters(shown).includes('INFO: GET /health 200 '))
    expect(shown).not.toContain('"level"')
  })
})
