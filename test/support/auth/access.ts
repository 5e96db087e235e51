// Principals and projects of each kind, for tests of authorization.

import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { z } from 'zod'
import { signedInSchema } from '../../../src/http/schemas/accounts.ts'
import { uploadSchema } from '../../../src/http/schemas/images/images.ts'
import type { TintypeOptions } from '../../../src/index.ts'
import { createTestApp, openApp, type TestApp } from '../app.ts'
import { temporaryFolder } from '../disk/folder.ts'
import { smallPhoto } from '../pictures/pictures.ts'
import { copyStoreOf } from '../store/here.ts'
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

/** A key of each role, and open registration. */
const ACCESS = {
  registration: 'open',
  apiKeys: [`admin:${ADMIN}`, `writer:${WRITER}`, `reader:${READER}`],
} satisfies TintypeOptions

/** An app with a key of each role and open registration. */
export const createAccessApp = async (options: TintypeOptions = {}): Promise<AccessApp> =>
  accessTo(await createTestApp({ ...ACCESS, ...options }))

const accessTo = (tintype: TestApp): AccessApp => {
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
      json(await ask(who, 'POST', `/projects/${projectId}/images`, formOf(await smallPhoto())), uploadSchema),
    async join(name) {
      const account = { email: `${name}@example.com`, password: 'correct horse battery staple' }
      const { user, access_token } = await json(await ask({}, 'POST', '/auth/register', account), signedInSchema)
      return { id: user.id, who: { Authorization: `Bearer ${access_token}` } }
    },
  }
}

interface Roles {
  people: Record<string, Who>
  ids: Record<string, string>
  /** An image of each project. */
  images: Record<string, string>
}

export interface Cast extends AccessApp, Roles {}

/** Options that change nothing of what the cast leaves in its store. */
const OF_ANSWERS = new Set<string>([
  'log',
  'signInLimit',
  'signingKeys',
  'presets',
  'maxAtlasImages',
  'sources',
  's3Endpoint',
  's3Credentials',
] satisfies (keyof TintypeOptions)[])

/** Two projects of one owner, with an editor and a viewer, and one without an owner. */
export const createCast = async (options: TintypeOptions = {}): Promise<Cast> => {
  if (!Object.keys(options).every((name) => OF_ANSWERS.has(name))) {
    const app = await createAccessApp(options)
    return { ...app, ...(await fillRoles(app)) }
  }
  const { folder, roles } = await storeOfRoles()
  const storageDir = await temporaryFolder()
  await copyStoreOf(folder, storageDir)
  return { ...(await createAccessApp({ ...options, storageDir })), ...structuredClone(roles) }
}

/** Seconds after which the store is made anew: access tokens are valid for 15 minutes. */
const LASTING_SECONDS = 300

let made: { store: ReturnType<typeof makeStore>; uptime: number } | undefined

/** A store with the cast that no app has open. Made once for many tests: making it takes several times as long as a copy. */
const storeOfRoles = (): ReturnType<typeof makeStore> => {
  if (made === undefined || process.uptime() - made.uptime > LASTING_SECONDS) {
    const store = makeStore()
    made = { store, uptime: process.uptime() }
    store.catch(() => {
      made = undefined
    })
  }
  return made.store
}

const makeStore = async (): Promise<{ folder: string; roles: Roles }> => {
  // Removed behind the last test.
  const folder = await mkdtemp(join(tmpdir(), 'tintype-cast-'))
  const tintype = await openApp(folder, ACCESS)
  try {
    return { folder, roles: await fillRoles(accessTo({ ...tintype, storageDir: folder })) }
  } finally {
    await tintype.close()
  }
}

const fillRoles = async (app: AccessApp): Promise<Roles> => {
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
  return { people, ids: { owner: owner.id, editor: editor.id, viewer: viewer.id, stranger: stranger.id }, images }
}
