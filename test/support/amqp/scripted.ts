// An AMQP broker in this process that does what a test scripts: fan-out exchanges and queues in memory, publisher confirms
// that it holds back, methods that it refuses or never answers. Only what Tintype uses of AMQP 0-9-1.

import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface ScriptedBroker {
  readonly url: string
  /** Bodies of the messages that were published to an exchange, in their order. */
  published(exchange: string): unknown[]
  /** Names of the queues that have a consumer. */
  consumed(): string[]
  /** Channels that are open on all connections. */
  openChannels(): number
  /** Publishes a message as another client does. */
  publish(exchange: string, body: string): void
  /** Holds confirms back; sends them all once it does no longer. */
  holdConfirms(isHeld: boolean): void
  /** Answers a method by closing its channel. @param method such as {@link METHODS}.declareExchange */
  refuse(method: string): void
  /** Ends all connections, and takes none until it is called again. */
  stop(isStopped: boolean): void
}

/** Methods that clients send, as `<class>.<method>`. All others are never answered. */
export const METHODS = { declareExchange: '40.10', purgeQueue: '50.30' } as const

const METHOD = 1
const HEADER = 2
const BODY = 3
const FRAME_END = 0xce

/** Replies to methods that say nothing. */
const REPLIES: Record<string, Buffer> = {
  // Connection: tune (100 channels, frames of 128 KiB, no heartbeat), open, close.
  '10.11': methodOf(10, 30, short(100), long(131_072), short(0)),
  '10.40': methodOf(10, 41, shortText('')),
  '10.50': methodOf(10, 51),
  // Channel: open, close.
  '20.10': methodOf(20, 11, long(0)),
  '20.40': methodOf(20, 41),
  [METHODS.declareExchange]: methodOf(40, 11),
  // Queue: bind.
  '50.20': methodOf(50, 21),
  // Basic: prefetch.
  '60.10': methodOf(60, 11),
  // Confirm: select.
  '85.10': methodOf(85, 11),
}

interface Consumer {
  socket: Socket
  channel: number
  tag: string
}

/** Ends with its test. */
export const scriptedBroker = async (): Promise<ScriptedBroker> => {
  const sockets = new Set<Socket>()
  const open = new Set<string>()
  const bindings = new Map<string, Set<string>>()
  const consumers = new Map<string, Consumer>()
  const bodies = new Map<string, unknown[]>()
  const refused = new Set<string>()
  let held: (() => void)[] | undefined
  let isAway = false
  let connections = 0
  let deliveries = 0

  const route = (exchange: string, body: Buffer): void => {
    for (const queue of bindings.get(exchange) ?? []) {
      const consumer = consumers.get(queue)
      if (!consumer) continue
      const { socket, channel, tag } = consumer
      const deliver = methodOf(60, 60, shortText(tag), longLong(++deliveries), Buffer.of(0), shortText(exchange))
      socket.write(frame(METHOD, channel, Buffer.concat([deliver, shortText('')])))
      socket.write(frame(HEADER, channel, Buffer.concat([short(60), short(0), longLong(body.length), short(0)])))
      socket.write(frame(BODY, channel, body))
    }
  }

  const confirm = (socket: Socket, channel: number, tag: number): void => {
    const send = () => void socket.write(frame(METHOD, channel, methodOf(60, 80, longLong(tag), Buffer.of(0))))
    if (held) held.push(send)
    else send()
  }

  const serve = (socket: Socket): void => {
    const id = ++connections
    /** By channel: messages that were published, and the exchange of the one that arrives. */
    const counts = new Map<number, number>()
    const arriving = new Map<number, string>()

    /** The answer to a method; undefined where there is none. */
    const replyTo = (name: string, channel: number, [first, second]: [string, string]): Buffer | undefined => {
      if (refused.has(name)) return methodOf(20, 40, short(403), shortText('ACCESS_REFUSED'), short(0), short(0))
      switch (name) {
        case '50.10':
          return methodOf(50, 11, shortText(first), long(0), long(0))
        case '60.20': {
          const tag = `${id}.${channel}.${first}`
          consumers.set(first, { socket, channel, tag })
          return methodOf(60, 21, shortText(tag))
        }
        default:
          if (name === '20.10') open.add(`${id}.${channel}`)
          if (name === '20.40') open.delete(`${id}.${channel}`)
          if (name === '50.20') bindings.set(second, (bindings.get(second) ?? new Set()).add(first))
          if (name === '60.40') arriving.set(channel, first)
          return REPLIES[name]
      }
    }

    const onMethod = (channel: number, payload: Buffer): void => {
      const name = `${payload.readUInt16BE(0)}.${payload.readUInt16BE(2)}`
      // Behind the ids and a reserved number.
      const reply = replyTo(name, channel, textsAt(payload, 6))
      if (reply) socket.write(frame(METHOD, channel, reply))
    }

    const onBody = (channel: number, body: Buffer): void => {
      const exchange = arriving.get(channel) ?? ''
      bodies.set(exchange, [...(bodies.get(exchange) ?? []), JSON.parse(body.toString())])
      route(exchange, body)
      const count = (counts.get(channel) ?? 0) + 1
      counts.set(channel, count)
      confirm(socket, channel, count)
    }

    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => {
      sockets.delete(socket)
      for (const name of open) if (name.startsWith(`${id}.`)) open.delete(name)
      for (const [queue, consumer] of consumers) if (consumer.socket === socket) consumers.delete(queue)
    })
    let rest = Buffer.alloc(0)
    let hasGreeted = false
    socket.on('data', (data) => {
      rest = Buffer.concat([rest, data])
      if (!hasGreeted && rest.length >= 8) {
        hasGreeted = true
        rest = rest.subarray(8)
        // Version, no properties, mechanisms, locales.
        const start = [Buffer.of(0, 9), long(0), longText('PLAIN'), longText('en_US')]
        socket.write(frame(METHOD, 0, methodOf(10, 10, ...start)))
      }
      while (hasGreeted && rest.length >= 8 && rest.length >= rest.readUInt32BE(3) + 8) {
        const [type, channel, size] = [rest.readUInt8(0), rest.readUInt16BE(1), rest.readUInt32BE(3)]
        const payload = rest.subarray(7, 7 + size)
        rest = rest.subarray(8 + size)
        if (type === METHOD) onMethod(channel, payload)
        if (type === BODY) onBody(channel, payload)
      }
    })
  }

  const server = createServer((socket) => (isAway ? socket.destroy() : serve(socket)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })

  return {
    url: `amqp://127.0.0.1:${port}`,
    published: (exchange) => bodies.get(exchange) ?? [],
    consumed: () => [...consumers.keys()],
    openChannels: () => open.size,
    publish: (exchange, body) => route(exchange, Buffer.from(body)),
    holdConfirms(isHeld) {
      const before = held ?? []
      held = isHeld ? [] : undefined
      for (const send of before) send()
    },
    refuse: (method) => void refused.add(method),
    stop(isStopped) {
      isAway = isStopped
      if (isAway) for (const socket of sockets) socket.destroy()
    },
  }
}

function frame(type: number, channel: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type), short(channel), long(payload.length), payload, Buffer.of(FRAME_END)])
}

function methodOf(classId: number, methodId: number, ...fields: Buffer[]): Buffer {
  return Buffer.concat([short(classId), short(methodId), ...fields])
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

function long(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function longLong(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

function shortText(text: string): Buffer {
  return Buffer.concat([Buffer.of(text.length), Buffer.from(text)])
}

function longText(text: string): Buffer {
  return Buffer.concat([long(text.length), Buffer.from(text)])
}

/** Two short texts in a row, as far as they are there. */
function textsAt(payload: Buffer, at: number): [string, string] {
  const first = textAt(payload, at)
  return [first, textAt(payload, at + 1 + first.length)]
}

function textAt(payload: Buffer, at: number): string {
  const length = payload[at] ?? 0
  return payload.toString('latin1', at + 1, at + 1 + length)
}
