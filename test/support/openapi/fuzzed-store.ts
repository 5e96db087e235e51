// A store for generated requests, with principals of each kind. It is made once and copied for each test.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signedInSchema } from '../../../src/http/schemas/accounts.ts'
import { uploadSchema } from '../../../src/http/schemas/images/images.ts'
import { openApp } from '../app.ts'
import { ADMIN, keyOf, READER, type Who, WRITER } from '../auth/access.ts'
import { ADA } from '../auth/accounts.ts'
import { cookieHeader, cookiesOf } from '../auth/sessions.ts'
import { smallPhoto } from '../pictures/pictures.ts'
import { copyStoreOf } from '../store/here.ts'
import { formOf } from '../upload.ts'

export const PRINCIPALS = ['admin', 'writer', 'reader', 'bearer', 'session', 'anonymous'] as const

export type Principal = (typeof PRINCIPALS)[number]

export interface FuzzedStore {
  /** Headers of each principal. The bearer and the session are of one user, an editor of `demo` and a stranger to `closed`. */
  principals: Readonly<Record<Principal, Who>>
  /** The image of each project. */
  imageIds: Readonly<Record<'demo' | 'closed', string>>
  copyTo(storageDir: string): Promise<void>
  remove(): Promise<void>
}

/** Makes the public project `demo` and the private project `closed`, with an image each. */
export const makeFuzzedStore = async (): Promise<FuzzedStore> => {
  const storageDir = await mkdtemp(join(tmpdir(), 'tintype-test-'))
  const tintype = await openApp(storageDir, { registration: 'open', signInLimit: 0, apiKeys: [`admin:${ADMIN}`] })
  const send = async (who: Who, method: string, path: string, body: unknown): Promise<Response> => {
    const headers = { ...who, 'Content-Type': 'application/json' }
    const response = await tintype.app.request(path, { method, headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${method} ${path} is answered ${response.status}: ${await response.text()}`)
    return response
  }
  try {
    const admin = keyOf(ADMIN)
    const { access_token, user } = signedInSchema.parse(await (await send({}, 'POST', '/auth/register', ADA)).json())
    const signedIn = await send({}, 'POST', '/auth/login', { ...ADA, cookie: true })
    const cookies = cookiesOf(signedIn)
    const upload = async (project: string): Promise<string> => {
      const form = { method: 'POST', headers: admin, body: formOf(await smallPhoto()) }
      const response = await tintype.app.request(`/projects/${project}/images`, form)
      return uploadSchema.parse(await response.json()).image_id
    }
    const imageIds = { demo: await upload('demo'), closed: await upload('closed') }
    await send(admin, 'PATCH', '/projects/demo', { members: { [user.id]: 'editor' } })
    await send(admin, 'PATCH', '/projects/closed', { visibility: 'private' })
    return {
      principals: {
        admin,
        writer: keyOf(WRITER),
        reader: keyOf(READER),
        bearer: { Authorization: `Bearer ${access_token}` },
        session: { ...cookieHeader(cookies), 'X-CSRF-Token': cookies.tintype_csrf ?? '' },
        anonymous: {},
      },
      imageIds,
      copyTo: (target) => copyStoreOf(storageDir, target),
      remove: () => rm(storageDir, { recursive: true, force: true, maxRetries: 3 }),
    }
  } finally {
    await tintype.close()
  }
}
