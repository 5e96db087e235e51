// A store that is served read-only, such as a snapshot of a server that was killed in the middle of its work.

import { lstat, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { signedInSchema } from '../../src/http/schemas/accounts.ts'
import { createPaths } from '../../src/stores/file/paths.ts'
import { createTestApp, openApp, problemOf, uploadTo } from '../support/app.ts'
import { temporaryFolder } from '../support/disk/folder.ts'
import { plainJpeg, smallPhoto } from '../support/pictures/pictures.ts'
import { formOf } from '../support/upload.ts'

const KEY = { 'X-API-Key': 'a-key-for-this-test' }
const OPTIONS = { apiKeys: `admin:${KEY['X-API-Key']}`, presets: 'card:w=20', registration: 'open' } as const
const ADA = { email: 'ada@example.org', password: 'correct horse battery' }
const STRAY = '00000000000000000000'

const sent = (method: string, body: object) => ({
  method,
  body: JSON.stringify(body),
  headers: { ...KEY, 'Content-Type': 'application/json' },
})

/** A store with a session and an image, and the remains of a process that was killed. */
const prepare = async () => {
  const storageDir = join(await temporaryFolder(), 'storage')
  const { app, close } = await openApp(storageDir, OPTIONS)
  const uploader = { request: (path: string, init?: RequestInit) => app.request(path, { ...init, headers: KEY }) }
  const { image_id } = await uploadTo({ fetch: app.fetch, ...uploader }, 'shop', await smallPhoto())
  const signedIn = signedInSchema.parse(await (await app.request('/auth/register', sent('POST', ADA))).json())
  await (await app.request('/projects/shop/cover.webp?size=game')).arrayBuffer()
  await close()

  const paths = createPaths(storageDir)
  const work = join(paths.tmp, 'deadowner000', `${STRAY}@shop`)
  for (const folder of [work, paths.lock('shop'), paths.running]) await mkdir(folder, { recursive: true })
  await writeFile(join(paths.tmp, 'deadowner000', 'owner.json'), '')
  await writeFile(join(work, 'upload'), 'half of')
  await writeFile(join(paths.running, 'abc'), '')
  await writeFile(paths.variant('shop', STRAY, 'original'), await plainJpeg(8, 8))
  return { storageDir, image_id, signedIn }
}

/** Every file and folder with its size and times but the last access. */
const treeOf = async (folder: string): Promise<string[]> => {
  const names = ['', ...(await readdir(folder, { recursive: true }))].sort()
  return Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs, ctimeMs, ino } = await lstat(join(folder, name))
      return [name, ino, size, mtimeMs, ctimeMs].join(' ')
    }),
  )
}

describe('a read-only store', () => {
  it('is read as any other, refuses every change by read_only, and is not touched', async () => {
    const { storageDir, image_id, signedIn } = await prepare()
    const before = await treeOf(storageDir)
    const { app, isReadOnly, close } = await createTestApp({ ...OPTIONS, storageDir, readOnly: true })
    const bearer = { Authorization: `Bearer ${signedIn.access_token}` }
    const image = `/projects/shop/images/${image_id}`
    const reads = [
      ['/projects', {}],
      ['/projects/shop', {}],
      ['/projects/shop/images', {}],
      [`${image}?size=medium`, {}],
      [`${image}?size=thumb&format=webp`, {}],
      [`${image}/render?preset=card`, {}],
      ['/projects/shop/thumbnail', {}],
      ['/projects/shop/cover.webp?size=game', {}],
      ['/auth/me', bearer],
      ['/auth/me', KEY],
      ['/metrics', KEY],
      ['/health', {}],
    ] as const
    for (const [path, headers] of reads) {
      const answer = await app.request(path, { headers })
      expect([path, answer.status]).toEqual([path, 200])
      await answer.arrayBuffer()
    }
    expect(await (await app.request('/projects/shop/images')).text()).not.toContain(STRAY)
    const ready = await app.request('/ready')
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', read_only: true }])
    expect(isReadOnly()).toBe(true)

    const changes: [string, RequestInit][] = [
      ['/projects/shop/images', { method: 'POST', headers: KEY, body: formOf(await smallPhoto()) }],
      [image, { method: 'DELETE', headers: KEY }],
      [`/projects/shop/primary/${image_id}`, { method: 'PUT', headers: KEY }],
      ['/projects/shop', sent('PATCH', { title: 'no' })],
      ['/projects/shop', { method: 'DELETE', headers: KEY }],
      ['/auth/register', sent('POST', { ...ADA, email: 'bo@example.org' })],
      ['/auth/login', sent('POST', ADA)],
      ['/auth/refresh', sent('POST', { refresh_token: signedIn.refresh_token })],
      ['/auth/logout', sent('POST', { refresh_token: signedIn.refresh_token })],
      ['/auth/forgotten-password', sent('POST', { email: ADA.email })],
      ['/auth/password', { ...sent('POST', { current: ADA.password, new: 'another good one' }) }],
    ]
    for (const [path, init] of changes) {
      const { response, code } = await problemOf(app.request(path, init))
      expect([path, response.status, code]).toEqual([path, 503, 'read_only'])
      expect(response.headers.get('retry-after')).toBe('300')
    }
    await close()
    expect(await treeOf(storageDir)).toEqual(before)
  })

  it('does not begin where there is no store', async () => {
    const storageDir = join(await temporaryFolder(), 'storage')
    await expect(openApp(storageDir, { readOnly: true })).rejects.toThrow(
      /^Expected a store in .*storage; it has no folder "projects" that can be read\.$/,
    )
  })

  it('is none by default where the folder can be written', async () => {
    const { app, isReadOnly } = await createTestApp()
    expect(await (await app.request('/ready')).json()).toEqual({ status: 'ready', read_only: false })
    expect(isReadOnly()).toBe(false)
  })
})
