// The real thing in a temporary folder: the app for requests without a socket, and a server for those that need one.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { onTestFinished } from 'vitest'
import { problemSchema, uploadSchema } from '../../src/http/schemas/images.ts'
import { createTintype, type Tintype, type TintypeOptions } from '../../src/index.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { temporaryFolder } from './disk/folder.ts'
import { heldToDocument } from './documented.ts'
import { smallPhoto } from './upload-photo.ts'

export interface TestApp extends Tintype {
  storageDir: string
}

/**
 * An open store with one encoder, closed and removed at the end of the test. An answer that isn't in the OpenAPI document
 * fails the test.
 */
export const createTestApp = async (options: TintypeOptions = {}): Promise<TestApp> => {
  const storageDir = await temporaryFolder()
  const tintype = createTintype({ storageDir, encoders: 1, log: createLogger({ level: 'silent' }), ...options })
  onTestFinished(() => tintype.close())
  await tintype.ready
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

/** A form with one file. */
export const formOf = (bytes: Uint8Array, field = 'file'): FormData => {
  const form = new FormData()
  form.set(field, new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), 'photo.jpg')
  return form
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
