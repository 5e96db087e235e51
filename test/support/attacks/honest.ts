// Client that uses the server as it is meant during attacks, and checks every answer.

import { setTimeout as sleep } from 'node:timers/promises'
import { uploadSchema } from '../../../src/http/schemas/images/images.ts'
import { noisePicture, sha256Of } from '../pictures/pictures.ts'
import { formOf } from '../upload.ts'
import { KEYS } from './attacked-server.ts'
import { keyHeader, type Target } from './target.ts'

export interface Honest {
  /** Requests that were answered as they should be. */
  done(): number
  /** One line for each that was not. */
  failures(): string[]
  /** The most memory that the server was seen with, in bytes. */
  mostMemory(): number
  /** Resolves after this many more good answers. @throws Error where one fails */
  goesOn(requests: number): Promise<void>
  stop(): Promise<void>
}

/** Between two rounds, in milliseconds. */
const PAUSE_MS = 20

/** Rounds of an upload, reads of what anybody may see and of what few may, a list and a deletion. */
export const startHonest = (target: Target): Honest => {
  const { ask, ada, open, signed } = target
  const failures: string[] = []
  let [done, mostMemory, running] = [0, 0, true]

  /** @returns the body of an answer with the status that is expected */
  const expectAnswer = async (what: string, path: string, status: number, init?: RequestInit) => {
    const answer = await ask(path, init)
    const body = Buffer.from(await answer.arrayBuffer())
    if (answer.status !== status) throw new Error(`${what}: ${answer.status} ${body.toString('utf8', 0, 300)}`)
    done++
    return body
  }

  const first = new Map<string, string>()
  /** A stored picture never changes. */
  const expectSame = async (what: string, path: string, headers: Record<string, string> = {}) => {
    const sha256 = sha256Of(await expectAnswer(what, path, 200, { headers }))
    if ((first.get(path) ?? sha256) !== sha256) throw new Error(`${what}: other bytes than before`)
    first.set(path, sha256)
  }

  const round = async (): Promise<void> => {
    const body = formOf((await noisePicture()).bytes)
    const headers = keyHeader(KEYS.writer)
    const uploaded = await expectAnswer('upload', '/projects/honest/images', 201, { method: 'POST', headers, body })
    const { image_id } = uploadSchema.parse(JSON.parse(uploaded.toString()))
    await expectSame('icon', `/projects/honest/images/${image_id}?size=game`)
    await expectSame('public picture', `/projects/open/images/${open}`)
    await expectSame('signed picture', signed)
    await expectSame('private picture', '/projects/closed/thumbnail', ada.who)
    await expectAnswer('list', '/projects/closed/images', 200, { headers: ada.who })
    await expectAnswer('delete', `/projects/honest/images/${image_id}`, 200, { method: 'DELETE', headers })
  }

  const run = async (): Promise<void> => {
    while (running) {
      await round().catch((error: unknown) => failures.push(String(error)))
      mostMemory = Math.max(mostMemory, target.memory())
      await sleep(PAUSE_MS)
    }
  }
  const ended = run()

  return {
    done: () => done,
    failures: () => failures,
    mostMemory: () => mostMemory,
    async goesOn(requests) {
      const [enough, failed] = [done + requests, failures.length]
      while (done < enough) {
        if (failures.length > failed) throw new Error(failures.at(-1))
        await sleep(PAUSE_MS)
      }
    },
    async stop() {
      running = false
      await ended
    },
  }
}
