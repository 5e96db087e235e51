// Clients that take their time: thousands that say nothing, that send a byte a second, or that never read.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import sharp from 'sharp'
import { expect, it, onTestFinished } from 'vitest'
import { uploadSchema } from '../../src/http/schemas/images/images.ts'
import { KEYS } from '../support/attacks/attacked-server.ts'
import { rawHead, sendRaw } from '../support/attacks/raw.ts'
import { keyHeader } from '../support/attacks/target.ts'
import { describeAttacks } from '../support/attacks/under-attack.ts'
import { sha256Of } from '../support/pictures/pictures.ts'
import { until } from '../support/processes/processes.ts'
import { partHead, rawForm } from '../support/raw-client.ts'
import { formOf } from '../support/upload.ts'

const IDLE = 2000
const SLOW = 100
/** Fewer than wait to be accepted (511): the kernel forgets those beyond, and the client does not hear of it. */
const BATCH = 200

const HEAD = rawHead('POST', '/projects/slow/images', {
  ...keyHeader(KEYS.writer),
  'Content-Type': rawForm('').headers['Content-Type'],
  'Content-Length': '1000000',
})

describeAttacks('slow clients', (attacked) => {
  /** Connections that are still open. */
  const openConnections = async (count: number): Promise<Set<Socket>> => {
    const { ask, port } = attacked().target
    const left = new Set<Socket>()
    onTestFinished(() => {
      for (const socket of left) socket.destroy()
    })
    while (left.size < count) {
      const sockets = Array.from({ length: Math.min(BATCH, count - left.size) }, () => connect(port, '127.0.0.1'))
      for (const socket of sockets) {
        left.add(socket)
        // One that is hung up on while it writes is closed like the others.
        socket.on('error', () => {}).once('close', () => left.delete(socket))
        socket.resume()
      }
      await Promise.all(sockets.map((socket) => once(socket, 'connect')))
      // An answer to a later connection shows that all before it are accepted.
      await ask('/health', { headers: { Connection: 'close' } })
    }
    return left
  }

  /** Sends a byte a second to each, until the test ends. */
  const drip = (sockets: ReadonlySet<Socket>, text: string): void => {
    let at = 0
    const send = () => {
      for (const socket of sockets) socket.write(text.charAt(at % text.length))
      at++
    }
    send()
    const timer = setInterval(send, 1000)
    onTestFinished(() => clearInterval(timer))
  }

  it('that are idle, or never finish their request, delay no other client', async () => {
    const { honest, target } = attacked()
    await openConnections(IDLE)
    const heads = await openConnections(SLOW)
    drip(heads, HEAD.slice(0, HEAD.indexOf('\r\n\r\n')))
    const bodies = await openConnections(SLOW)
    for (const socket of bodies) socket.write(HEAD + partHead({ name: 'file', filename: 'a.jpg' }))
    drip(bodies, '\xff')
    await honest.goesOn(21)
    expect((await target.ask('/ready')).status).toBe(200)
    expect(bodies.size).toBe(SLOW)
  })

  it('that do not read their response cost no memory, and receive all of it once they read', async () => {
    const { honest, target } = attacked()
    const side = 1200
    const noise = Buffer.from(Uint8Array.from({ length: side * side * 3 }, (_, at) => Math.imul(at, 2654435761) >>> 24))
    const jpeg = await sharp(noise, { raw: { width: side, height: side, channels: 3 } })
      .jpeg({ quality: 95 })
      .toBuffer()
    const headers = keyHeader(KEYS.writer)
    const uploaded = await target.ask('/projects/slow/images', { method: 'POST', headers, body: formOf(jpeg) })
    const { image_id } = uploadSchema.parse(await uploaded.json())
    const path = `/projects/slow/images/${image_id}`
    const whole = sha256Of(Buffer.from(await (await target.ask(path)).arrayBuffer()))

    const readers = await openConnections(SLOW)
    for (const socket of readers) socket.pause().write(rawHead('GET', path, { Connection: 'close' }))
    // Small ones from memory, and large ones, requested repeatedly before the first is read.
    const greedy = await openConnections(40)
    for (const [at, socket] of [...greedy].entries())
      socket.pause().write(rawHead('GET', at % 2 === 0 ? path : `${path}?size=thumb`).repeat(5000))
    await honest.goesOn(21)

    const [first] = readers
    if (!first) throw new Error('expected a reader')
    const received: Buffer[] = []
    first.on('data', (piece: Buffer) => received.push(piece)).resume()
    await once(first, 'end')
    const answer = Buffer.concat(received)
    expect(sha256Of(answer.subarray(answer.indexOf('\r\n\r\n') + 4))).toBe(whole)
    await honest.goesOn(7)
  })

  it('that pipeline 100 requests are answered; with more, the connection is closed', async () => {
    const { port } = attacked().target
    const answersTo = async (requests: number) => {
      const text = rawHead('GET', '/health').repeat(requests - 1) + rawHead('GET', '/health', { Connection: 'close' })
      return (await sendRaw(port, text)).text.match(/HTTP\/1\.1 200 /g)?.length ?? 0
    }
    expect(await answersTo(101)).toBe(101)
    expect(await answersTo(2000)).toBeLessThan(101)
  })

  it('that disconnect in the middle leave no file and no connection open', async () => {
    const { honest } = attacked()
    const bodies = await openConnections(SLOW)
    for (const socket of bodies) socket.write(`${HEAD}${partHead({ name: 'file', filename: 'a.jpg' })}\xff\xd8\xff`)
    await honest.goesOn(7)
    for (const socket of [...bodies]) socket.resetAndDestroy()
    await until(() => bodies.size === 0)
    await honest.goesOn(7)
  })
})
