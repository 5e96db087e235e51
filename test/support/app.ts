// The real thing in a temporary folder: the app for requests without a socket, and a server for those that need one.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { onTestFinished } from 'vitest'
import { compose } from '../../src/compose/compose.ts'
import { parseOptions } from '../../src/compose/parse-options.ts'
import { uploadSchema } from '../../src/http/schemas/images/images.ts'
import { problemSchema } from '../../src/http/schemas/problem.ts'
import type { Tintype, TintypeOptions } from '../../src/index.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { cheapPasswords } from './auth/passwords.ts'
import { temporaryFolder } from './disk/folder.ts'
import { sharedEncoders } from './encoders/shared.ts'
import { heldToDocument } from './openapi/answers.ts'
import { smallPhoto } from './pictures/pictures.ts'
import { storeOptions } from './store/here.ts'
import { formOf } from './upload.ts'

export interface TestApp extends Tintype {
  storageDir: string
}

/** Options that need encoder processes of their own. */
const OF_ENCODERS = ['encoders', 'maxPixels', 'background', 'keepSource', 'encodeDeadlineMs', 'maxWaiting'] as const

/**
 * The API in the process of the test, closed by the caller. Encoders are shared unless an option is about them, and
 * passwords are cheap to hash.
 *
 * @param storageDir undefined with options of a bucket
 */
export const openApp = async (storageDir: string | undefined, options: TintypeOptions = {}): Promise<Tintype> => {
  const { storageDir: _, ...rest } = options
  const store = storageDir === undefined ? {} : await storeOptions(storageDir)
  const given = { log: createLogger({ level: 'silent' }), ...store, ...rest }
  const hasOwnEncoders = OF_ENCODERS.some((name) => options[name] !== undefined)
  const passwords = cheapPasswords()
  const tintype = hasOwnEncoders
    ? compose(parseOptions({ encoders: 1, ...given }), { passwords })
    : compose(parseOptions(given), { passwords, encoders: sharedEncoders() })
  await tintype.ready
  return tintype
}

/**
 * The API on an open store with one encoder, closed at the end of the test. An answer that is not in the OpenAPI
 * document fails the test.
 *
 * @param options.storageDir a folder that another app may have open too. @default a temporary folder
 */
export const createTestApp = async (options: TintypeOptions = {}): Promise<TestApp> => {
  const storageDir = options.storageDir ?? (await temporaryFolder())
  const tintype = await openApp(storageDir, options)
  onTestFinished(() => tintype.close())
  return { ...tintype, app: heldToDocument(tintype.app), storageDir }
}

/** Whatever answers requests: an app of ours, or one that mounts it. */
export interface Answering {
  fetch(request: Request, env?: unknown): Response | Promise<Response>
  request(path: string, init?: RequestInit): Response | Promise<Response>
}

/** A server on a free port of this machine, ended at the end of the test. */
export const listen = async (app: Answering): Promise<{ port: number; url: string }> => {
  const server = serve({ fetch: (request, env) => app.fetch(request, env), port: 0, hostname: '127.0.0.1' })
  await once(server, 'listening')
  onTestFinished(async () => {
    const closed = once(server, 'close')
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
    await closed
  })
  const { port } = addressOf(server.address())
  return { port, url: `http://127.0.0.1:${port}` }
}

/** Uploads a photo of 640 x 480, or what is given, and returns the answer's body. */
export const uploadTo = async (app: Answering, projectId: string, bytes?: Uint8Array) => {
  const body = formOf(bytes ?? (await smallPhoto()))
  const response = await app.request(`/projects/${projectId}/images`, { method: 'POST', body })
  if (response.status !== 201) throw new Error(`the upload was answered ${response.status}: ${await response.text()}`)
  return uploadSchema.parse(await response.json())
}

/** What a refused request was answered, checked for the form of a problem document. */
export const problemOf = async (answer: Response | Promise<Response>) => {
  const response = await answer
  const problem = problemSchema.parse(await response.json())
  if (response.headers.get('content-type') !== 'application/problem+json' || problem.status !== response.status)
    throw new Error(`expected a problem document of status ${response.status}`)
  return { response, ...problem }
}

const addressOf = (address: AddressInfo | string | null): AddressInfo => {
  if (typeof address !== 'object' || address === null) throw new Error('expected a TCP server')
  return address
}
