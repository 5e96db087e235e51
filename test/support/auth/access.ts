// Principals and projects of each kind, for tests of authorization.

import type { z } from 'zod'
import { signedInSchema } from '../../../src/http/schemas/accounts.ts'
import { uploadSchema } from '../../../src/http/schemas/images/images.ts'
import type { TintypeOptions } from '../../../src/index.ts'
import { createTestApp, type TestApp } from '../app.ts'
import { smallPhoto } from '../pictures/pictures.ts'
import { formOf } from '../upload.ts'

export const ADMIN = 'admin-of-all-the-shop'
export const WRITER = 'writer-of-all-the-shop'
export const READER = 'reader-of-all-the-shop'

/** Headers that authenticate a principal. */
export type Who = Record<string, string>

export interface AccessApp extends TestApp {
  ask(who: Who, method: string, path: string, body?: unknown): Promise<Response>
  /** Uploads a photo as a principal. @throws Error where it is refused */
  upload(who: Who, projectId: string): Promise<z.infer<typeof uploadSchema>>
  /** A new user. */
  join(name: string): Promise<{ id: string; who: Who }>
}

export const keyOf = (key: string): Who => ({ 'X-API-Key': key })

/** An app with a key of each role and open registration. */
export const createAccessApp = async (options: TintypeOptions = {}): Promise<AccessApp> => {
  const apiKeys = [`admin:${ADMIN}`, `writer:${WRITER}`, `reader:${READER}`]
  const tintype = await createTestApp({ registration: 'open', apiKeys, ...options })
  const photo = await smallPhoto()

  const ask: AccessApp['ask'] = async (who, method, path, body) =>
    tintype.app.request(
      path,
      body === undefined
        ? { method, headers: who }
        : body instanceof FormData
          ? { method, headers: who, body }
          : { method, headers: { ...who, 'Content-Type': 'application/json' }, body: JSON.stringify(body) },
    )

  const json = async <T>(response: Response, schema: z.ZodType<T>): Promise<T> => {
    if (!response.ok) throw new Error(`answered ${response.status}: ${await response.text()}`)
    return schema.parse(await response.json())
  }

  return {
    ...tintype,
    ask,
    upload: async (who, projectId) =>
      json(await ask(who, 'POST', `/projects/${projectId}/images`, formOf(photo)), uploadSchema),
    async join(name) {
      const account = { email: `${name}@example.com`, password: 'correct horse battery staple' }
      const { user, access_token } = await json(await ask({}, 'POST', '/auth/register', account), signedInSchema)
      return { id: user.id, who: { Authorization: `Bearer ${access_token}` } }
    },
  }
}

export interface Cast extends AccessApp {
  people: Record<string, Who>
  ids: Record<string, string>
  /** An image of each project. */
  images: Record<string, string>
}

/** Two projects of one owner, with an editor and a viewer, and one without an owner. */
export const createCast = async (options: TintypeOptions = {}): Promise<Cast> => {
  const app = await createAccessApp(options)
  const [owner, editor, viewer, stranger] = await Promise.all(['owner', 'editor', 'viewer', 'stranger'].map(app.join))
  if (!owner || !editor || !viewer || !stranger) throw new Error('expected four users')
  const images: Record<string, string> = {}
  for (const project of ['open', 'closed']) {
    images[project] = (await app.upload(owner.who, project)).image_id
    const members = { [editor.id]: 'editor', [viewer.id]: 'viewer' }
    const visibility = project === 'open' ? 'public' : 'private'
    const edited = await app.ask(owner.who, 'PATCH', `/projects/${project}`, { visibility, members })
    if (!edited.ok) throw new Error(await edited.text())
  }
  images.plain = (await app.upload(keyOf(ADMIN), 'plain')).image_id
  const people = {
    anonymous: {},
    admin: keyOf(ADMIN),
    writer: keyOf(WRITER),
    reader: keyOf(READER),
    owner: owner.who,
    editor: editor.who,
    viewer: viewer.who,
    stranger: stranger.who,
  }
  return {
    ...app,
    people,
    ids: { owner: owner.id, editor: editor.id, viewer: viewer.id, stranger: stranger.id },
    images,
  }
}
