// Model of the change feed: writers, listeners and killed workers of the built server. Whatever is killed, every listener has
// heard in the end what the project lists: each event once, in order, none left out.

import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { changesSchema, type EventView, eventSchema } from '../../../src/http/schemas/events.ts'
import { newChance } from '../../support/chance.ts'
import { type ReadStream, readStream } from '../../support/event-stream.ts'
import { serve } from '../../support/processes/tintype.ts'
import { skipWithout } from '../../support/skip.ts'
import { upload } from '../../support/upload.ts'
import { PATIENCE } from '../../support/vitest/patience.ts'

const PROJECTS: readonly string[] = ['one', 'two']
const WRITERS = 4
const EDITS_OF_A_WRITER = 25
const LISTENERS = 9
const KILLS = 2

/** A connection that was on its way to a worker when that was killed is never answered. */
const LONGEST_ANSWER_MS = 10_000

/** A connection of its own, which goes to the next worker; again where its worker was killed. */
const ask = async (url: string, init: RequestInit = {}): Promise<Response> => {
  const headers = { Connection: 'close', 'Content-Type': 'application/json', ...init.headers }
  for (;;) {
    const end = new AbortController()
    const timer = setTimeout(() => end.abort(), LONGEST_ANSWER_MS)
    const response = await fetch(url, { ...init, headers, signal: end.signal }).catch(() => undefined)
    clearTimeout(timer)
    if (response?.ok) return response
    await sleep(20)
  }
}

/** Follows the projects from their start, and goes on where it was after each lost connection. */
const newListener = (url: string) => {
  const heard: EventView[] = []
  const faults: string[] = []
  let position: string = PROJECTS.map(() => '0').join('.')
  let isEnding = false
  let stream: ReadStream | undefined

  const connect = async (): Promise<void> => {
    const response = await ask(`${url}/events?projects=${PROJECTS}`, { headers: { 'Last-Event-ID': position } })
    stream = readStream(response)
    if (isEnding) await stream.cancel()
    await stream.ended
    const known = (stream.lastEventId() || position).split('.').map(Number)
    for (const { type, data } of stream.events) {
      if (type === 'reset') {
        faults.push(data)
        continue
      }
      const event = eventSchema.parse(JSON.parse(data))
      const at = PROJECTS.indexOf(event.project_id)
      // The rest of a revision that was cut off comes again, whole.
      if (event.revision <= (known[at] ?? 0)) heard.push(event)
    }
    position = known.join('.')
  }

  const run = async (): Promise<void> => {
    while (!isEnding) await connect()
  }
  const running = run()
  return {
    heard,
    faults,
    position: () => (stream?.lastEventId() || position).split('.').map(Number),
    async end() {
      isEnding = true
      await stream?.cancel()
      await running
    },
  }
}

describe('the changes of several workers', () => {
  it('reach every listener once and in order, whichever worker is killed', async (context) => {
    const chance = newChance()
    const { url, child } = await serve(['--workers', '3', '--lock-stale-ms', '2000', '--log-level', 'silent'])
    const children = `/proc/${child.pid}/task/${child.pid}/children`
    if (!existsSync(children)) skipWithout(context, 'a /proc that names child processes')
    for (const id of PROJECTS) expect((await upload(url, id)).status).toBe(201)
    const listeners = Array.from({ length: LISTENERS }, () => newListener(url))

    const write = async (writer: number): Promise<void> => {
      for (let n = 0; n < EDITS_OF_A_WRITER; n++) {
        const id = PROJECTS[chance.number(PROJECTS.length)] ?? 'one'
        await ask(`${url}/projects/${id}`, { method: 'PATCH', body: JSON.stringify({ title: `${writer} ${n}` }) })
      }
    }
    const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)))
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(300 + chance.number(300))
      const workers = readFileSync(children, 'utf8').match(/\d+/g) ?? []
      const killed = Number(workers[chance.number(workers.length)])
      if (killed > 1) process.kill(killed, 'SIGKILL')
    }
    await writing

    const truth: EventView[][] = []
    for (const id of PROJECTS)
      truth.push(changesSchema.parse(await (await ask(`${url}/projects/${id}/changes?since=0`)).json()).events)
    expect(truth.flat().length).toBeGreaterThan(WRITERS * EDITS_OF_A_WRITER)
    const ends = truth.map((events) => events.at(-1)?.revision)
    // The streams are read to their ends only once they are cut, so that the last events have arrived by then.
    for (const { position } of listeners) await vi.waitFor(() => expect(position()).toEqual(ends), PATIENCE)
    await Promise.all(listeners.map((listener) => listener.end()))
    for (const { heard, faults } of listeners) {
      expect(faults).toEqual([])
      for (const [at, id] of PROJECTS.entries())
        expect(heard.filter(({ project_id }) => project_id === id)).toEqual(truth[at])
    }
  })

  it('reach the listeners of another worker in order', async () => {
    const { url } = await serve(['--workers', '2', '--log-level', 'silent'])
    expect((await upload(url, 'one')).status).toBe(201)
    // Of any two connections in a row, one is to the worker that does not make the change.
    const streams = await Promise.all(
      Array.from({ length: 4 }, async () => readStream(await ask(`${url}/projects/one/events`))),
    )
    await vi.waitFor(
      () => expect(streams.map((stream) => stream.lastEventId())).toEqual(['1', '1', '1', '1']),
      PATIENCE,
    )
    for (let n = 0; n < 5; n++)
      await ask(`${url}/projects/one`, { method: 'PATCH', body: JSON.stringify({ title: `${n}` }) })
    for (const stream of streams) {
      await stream.until(5)
      expect(stream.events.map(({ lastEventId }) => lastEventId)).toEqual(['2', '3', '4', '5', '6'])
      await stream.cancel()
    }
  })
})
