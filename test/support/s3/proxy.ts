// A proxy between one server and the engine, which plays the faults of networks, engines and the server itself.

import { Agent, createServer, type IncomingMessage, request as send } from 'node:http'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { Chance } from '../chance.ts'
import { listening } from './engine.ts'
import { errorBody } from './memory-engine.mjs'

/** What happens to a request, in this order. Without any of it, the engine answers. */
export interface Fault {
  /** In the proxy, before the engine hears of the request. @default 0 */
  delayMs?: number
  /** False where the engine never hears of it. @default true */
  isCarriedOut?: boolean
  /** Between the engine's answer and the server, such as the death of the server. @default nothing */
  call?(): Promise<void>
  /** Answers in place of the engine by a status, or breaks the connection. @default the engine's answer */
  answer?: number | 'lost'
}

/** @param nth number of the request at this proxy, from 1 */
export type Decide = (request: { nth: number; method: string; path: string }) => Fault | undefined

export interface Proxy {
  endpoint: string
  /** Requests so far. */
  count(): number
  /** Methods and paths of these. */
  requests(): string[]
  /** Replaces what decides on the faults of later requests. @default none has one */
  decideBy(decide: Decide): void
  /** Resolves when nothing of a server that has ended is on its way to the engine any more. */
  emptied(): Promise<void>
}

/** A proxy that ends with the test. @param engine its URL */
export const startProxy = async (engine: string): Promise<Proxy> => {
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  let decide: Decide = () => undefined
  const requests: string[] = []
  const underWay = new Set<Promise<void>>()
  const connections = new Set<Socket>()

  /** Sends a request with the same bytes and headers, as its signature has them. */
  const forward = (request: IncomingMessage, body: Buffer) =>
    new Promise<{ head: IncomingMessage; content: Buffer }>((resolve, reject) => {
      const { method, url, headers } = request
      const sent = send(engine + url, { agent, method, headers }, (head) => {
        buffer(head).then((content) => resolve({ head, content }), reject)
      })
      sent.once('error', reject).end(body)
    })

  const server = createServer((request, response) => {
    const work = async (): Promise<void> => {
      const body = await buffer(request)
      requests.push(`${request.method} ${request.url}`)
      const fault = decide({ nth: requests.length, method: request.method ?? '', path: request.url ?? '' }) ?? {}
      await setTimeout(fault.delayMs ?? 0)
      const answered = fault.isCarriedOut === false ? undefined : await forward(request, body)
      await fault.call?.()
      if (typeof fault.answer === 'number')
        response.writeHead(fault.answer, { date: answered?.head.headers.date }).end(errorBody('SlowDown'))
      else if (fault.answer === 'lost' || !answered) request.socket.destroy()
      else response.writeHead(answered.head.statusCode ?? 0, answered.head.headers).end(answered.content)
    }
    // The server, or the engine, has broken the connection.
    const ended = work()
      .catch(() => request.socket.destroy())
      .then(() => void underWay.delete(ended))
    underWay.add(ended)
  })
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })

  return {
    endpoint: await listening(server),
    count: () => requests.length,
    requests: () => [...requests],
    decideBy(next) {
      decide = next
    },
    async emptied() {
      // What the server had sent is read before its connections close. Two turns: some may not be accepted yet.
      for (let turns = 0; turns < 2; turns = connections.size + underWay.size > 0 ? 0 : turns + 1) {
        await Promise.all(underWay)
        await setImmediate()
      }
    },
  }
}

export interface AtRandomOptions {
  chance: Chance
  /** Requests of a hundred that have a fault. */
  percent: number
  /** @default 30 */
  mostDelayMs?: number
  /** Counts the faults by kind. */
  played?: Map<string, number>
}

/** Faults at random: refusals, lost requests and answers, delays. A store repeats each request until one comes through. */
export const atRandom = ({ chance, percent, mostDelayMs = 30, played }: AtRandomOptions): Decide => {
  const kinds: Record<string, () => Fault> = {
    'refused with 503': () => ({ isCarriedOut: false, answer: 503 }),
    'refused with 500': () => ({ isCarriedOut: false, answer: 500 }),
    'refused with 409': () => ({ isCarriedOut: false, answer: 409 }),
    'carried out, then 500': () => ({ answer: 500 }),
    'request lost': () => ({ isCarriedOut: false, answer: 'lost' }),
    'answer lost': () => ({ answer: 'lost' }),
    'request delayed': () => ({ delayMs: chance.number(mostDelayMs) }),
    'answer delayed': () => ({ call: () => setTimeout(chance.number(mostDelayMs)) }),
  }
  const names = Object.keys(kinds)
  return () => {
    if (chance.number(100) >= percent) return undefined
    const name = names[chance.number(names.length)] ?? ''
    played?.set(name, (played.get(name) ?? 0) + 1)
    return kinds[name]?.()
  }
}
