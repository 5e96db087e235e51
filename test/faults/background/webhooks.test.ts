// Webhooks while processes are killed and the receiver is away: every acknowledged image arrives, in order.

import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { newSecret } from '../../../src/core/webhooks/model.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { isMissing } from '../../support/needs.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { send } from '../../support/processes/processes.ts'
import { createServer, type Server } from '../../support/processes/server-tree.ts'
import { formOf } from '../../support/upload.ts'
import { openReceiver } from '../../support/webhooks/receiver.ts'
import { ARRIVAL_MS, expectOrder, messagesOf, missingImages } from './messages.ts'

const ROUNDS = 6
const UPLOADS_A_ROUND = 6
const PROJECTS = ['one', 'two']
const uploadedSchema = z.object({ image_id: z.string() })
describe.skipIf(isMissing({ fault: 'kill -9' }))('webhooks', () => {
  it('lose nothing where workers, all processes and the receiver fail', async () => {
    const { received, receiver, url } = await openReceiver()
    const env = {
      LOCK_STALE_MS: '2000',
      WEBHOOK_URL: url,
      WEBHOOK_SECRET: newSecret(),
      WEBHOOK_ALLOW: '127.0.0.1',
    }
    const server = await createServer({ storageDir: join(await temporaryFolder(), 'storage'), workers: 2, env })
    await server.start()
    const photo = await smallPhoto()
    const acknowledged: string[] = []
    const upload = async (projectId: string): Promise<void> => {
      const answer = await server
        .request(`/projects/${projectId}/images`, { method: 'POST', body: formOf(photo) })
        .catch(() => undefined)
      if (answer?.status === 201) acknowledged.push(uploadedSchema.parse(await answer.json()).image_id)
    }

    for (let round = 0; round < ROUNDS; round++) {
      // One alone: after a second one in a row, the next attempt is five minutes away.
      if (round === 1) receiver.refusals = 1
      const uploads = Array.from({ length: UPLOADS_A_ROUND }, (_, n) => upload(PROJECTS[n % 2] ?? 'one'))
      // The others are under way, or behind their commit and before their message.
      await Promise.race(uploads)
      await sleep(randomInt(300))
      await fail(server, round)
      await Promise.all(uploads)
    }

    const missing = () => missingImages(messagesOf(received), acknowledged)
    await vi.waitFor(() => expect(missing()).toEqual([]), { timeout: ARRIVAL_MS, interval: 200 })
    expect(acknowledged.length).toBeGreaterThan(0)
    expect(received.some(({ status }) => status === 500)).toBe(true)
    expectOrder(messagesOf(received))
  })
})

/** One worker, or all processes, which are started again. */
const fail = async (server: Server, round: number): Promise<void> => {
  if (round % 2 === 0) {
    const [worker] = server.workers()
    if (worker !== undefined) send([worker], 'SIGKILL')
    return server.ready()
  }
  await server.kill()
  await server.start()
}
