// What there is to attack: a user with a public and a private project, pictures in both, and files beside the store.

import type { Dirent } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { signUrl } from '../../../src/core/transform/signature.ts'
import { signedInSchema } from '../../../src/http/schemas/accounts.ts'
import { uploadSchema } from '../../../src/http/schemas/images/images.ts'
import { photo } from '../pictures/pictures.ts'
import { formOf } from '../upload.ts'
import { type AttackedServer, SIGNING_KEY, startServer } from './attacked-server.ts'

export interface Target extends AttackedServer {
  /** Owns both projects. */
  ada: Person
  /** An image of the public project. */
  open: string
  /** An image of the private one. */
  closed: string
  /** A path of the private image that anybody may ask for. */
  signed: string
}

export interface Person {
  id: string
  email: string
  accessToken: string
  refreshToken: string
  /** Headers of a request of theirs. */
  who: Record<string, string>
}

export const PASSWORD = 'correct horse battery staple'

/** Lies beside the store; no answer may hold it. */
export const SECRET = 'The secret that lies beside the store.'

export const keyHeader = (key: string): Record<string, string> => ({ 'X-API-Key': key })

export const postJson = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

export const register = async ({ ask }: Pick<AttackedServer, 'ask'>, name: string): Promise<Person> => {
  const email = `${name}@example.com`
  const answer = await ask('/auth/register', postJson({ email, password: PASSWORD }))
  const { user, access_token = '', refresh_token = '' } = signedInSchema.parse(await answer.json())
  const who = { Authorization: `Bearer ${access_token}` }
  return { id: user.id, email, accessToken: access_token, refreshToken: refresh_token, who }
}

/** @param env more settings of the server */
export const createTarget = async (env?: Record<string, string>): Promise<Target> => {
  const server = await startServer(env)
  return furnish(server).catch(async (error: unknown) => {
    await server.end()
    throw error
  })
}

const furnish = async (server: AttackedServer): Promise<Target> => {
  await mkdir(join(server.folder, 'beside'))
  await writeFile(join(server.folder, 'beside', 'secret.jpg'), SECRET)
  const ada = await register(server, 'ada')

  const upload = async (projectId: string): Promise<string> => {
    const body = formOf(await photo({ width: 600, height: 400 }))
    const answer = await server.ask(`/projects/${projectId}/images`, { method: 'POST', headers: ada.who, body })
    return uploadSchema.parse(await answer.json()).image_id
  }

  const [open, closed] = [await upload('open'), await upload('closed')]
  const init = { ...postJson({ visibility: 'private' }, ada.who), method: 'PATCH' }
  const hidden = await server.ask('/projects/closed', init)
  if (!hidden.ok) throw new Error(`the project could not be made private: ${await hidden.text()}`)
  return { ...server, ada, open, closed, signed: signedPath(`/projects/closed/images/${closed}?size=thumb`) }
}

/** @param validMs how long, from now; a URL of the past with a negative number */
export const signedPath = (path: string, validMs = 600_000, key = SIGNING_KEY): string =>
  signUrl(path, { keys: [key], expiresAt: new Date(Date.now() + validMs) })

/** Every file, folder and link beside the store, with what is in it: one line each. */
export const besideStore = async ({ folder, storageDir }: Target): Promise<string[]> => {
  const entries = await entriesBeside(folder, storageDir)
  const paths = entries.map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
  const lines = paths
    .filter(({ path }) => !`${path}/`.startsWith(`${storageDir}/`))
    .map(async ({ entry, path }) => {
      const content = entry.isFile() ? await readFile(path, 'latin1') : ''
      return `${relative(folder, path)} ${entry.isDirectory() ? 'folder' : 'file'} ${content}`
    })
  return (await Promise.all(lines)).sort()
}

/** The store itself is left out from the start: what is in it comes and goes. */
const entriesBeside = async (folder: string, storageDir: string): Promise<Dirent[]> => {
  const entries = await readdir(folder, { withFileTypes: true })
  const others = entries.filter(({ parentPath, name }) => join(parentPath, name) !== storageDir)
  const below = others.map((entry) =>
    entry.isDirectory() ? entriesBeside(join(entry.parentPath, entry.name), storageDir) : [],
  )
  return [...others, ...(await Promise.all(below)).flat()]
}
