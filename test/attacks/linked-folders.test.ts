// Symbolic links in place of each folder of the store (CWE-59): nothing behind them is read, written or deleted, and
// the store is whole again once the folder is put back.

import { mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { newImageId, SIZES } from '../../src/core/names.ts'
import { LEFT } from '../../src/stores/file/staging/owner.ts'
import { createFileMarks } from '../../src/stores/idempotency/file-marks.ts'
import { createTestApp, openApp, problemOf, type TestApp, uploadTo } from '../support/app.ts'
import { moveAndLink } from '../support/attacks/linked.ts'
import { temporaryFolder } from '../support/disk/folder.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { examineAlone, inShort } from '../support/store/doctor.ts'
import { plantProject } from '../support/store/planted-project.ts'
import { thorough } from '../support/thorough.ts'
import { formOf } from '../support/upload.ts'

const logged = () => {
  const lines: string[] = []
  return { lines, log: pino({ level: 'warn' }, { write: (line) => void lines.push(line) }) }
}

const json = (method: string, body: unknown): RequestInit => ({
  method,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
})

/** Without memory, so that a picture is what is on the disk. */
const WITHOUT_MEMORY = { cacheBytes: 0, presets: 'card:w=40' } as const

const readsOf = (ids: readonly string[]): string[] => {
  const [id = ''] = ids
  const image = `/projects/shop/images/${id}`
  return [
    '/projects',
    '/projects/shop',
    '/projects/shop/images',
    ...SIZES.map((size) => `${image}?size=${size}`),
    `${image}/thumb.webp`,
    `${image}/render?preset=card`,
    '/projects/shop/thumbnail',
    '/projects/shop/cover.jpg?size=game',
  ]
}

/** Every kind of change, deletions last. */
const changesOf = async (ids: readonly string[]): Promise<[string, RequestInit][]> => {
  const body = formOf(await smallPhoto())
  return [
    ['/projects/shop/images', { method: 'POST', body }],
    ['/projects/shop', json('PATCH', { title: 'x', image_order: [ids[1]] })],
    [`/projects/shop/primary/${ids[1]}`, { method: 'PUT' }],
    [`/projects/shop/images/${ids[0]}`, { method: 'DELETE' }],
    ['/projects/shop', { method: 'DELETE' }],
  ]
}

/** Statuses of requests, by path without query. */
const statusesOf = async ({ app }: Pick<TestApp, 'app'>, ids: readonly string[]) => {
  const read: Record<string, number> = {}
  for (const path of readsOf(ids)) read[path.replace(ids[0] ?? '', 'id')] = (await app.request(path)).status
  const changes: string[] = []
  for (const [path, init] of await changesOf(ids)) changes.push((await problemOf(app.request(path, init))).code)
  return { read, changes }
}

/** Opens a store and closes it, which sweeps it. */
const sweep = async (storageDir: string) => {
  const app = await openApp(storageDir).catch(() => undefined)
  await app?.close()
}

/** @param planted images, more than one segment of them, whose files are no pictures */
const createShop = async (options: Parameters<typeof createTestApp>[0] = {}, planted = 0) => {
  const storageDir = await temporaryFolder()
  if (planted > 0) await plantProject({ storageDir, projectId: 'shop', images: planted })
  const shop = await createTestApp({ storageDir, ...WITHOUT_MEMORY, ...options })
  const ids = [(await uploadTo(shop.app, 'shop')).image_id, (await uploadTo(shop.app, 'shop')).image_id]
  return { ...shop, ids }
}

/** Sizes take the same way, by their folder's name. */
const inProject = [
  '',
  '/.meta',
  '/.meta/runs',
  '/.meta/changes',
  ...thorough(
    ['/thumb'],
    SIZES.map((size) => `/${size}`),
  ),
].map((name) => `projects/shop${name}`)

describe.each(inProject)('a link in place of %s', (folder) => {
  it('refuses changes, leads no read outside, and is reported by the doctor', async () => {
    const { lines, log } = logged()
    const shop = await createShop({ log }, 130)
    const linked = await moveAndLink(shop.storageDir, folder)

    const { read, changes } = await statusesOf(shop, shop.ids)
    expect(new Set(changes)).toEqual(new Set(['project_damaged']))
    const size = SIZES.find((name) => folder.endsWith(`/${name}`))
    if (size) expect(read[`/projects/shop/images/id?size=${size}`]).toBe(500)
    expect(lines.join('')).toContain(`${folder}\\" in the storage folder is a symbolic link`)
    await linked.expectUntouched()

    // A process that has nothing of it in memory.
    const other = await createTestApp({ storageDir: shop.storageDir, ...WITHOUT_MEMORY })
    const cold = await statusesOf(other, shop.ids)
    expect(new Set(cold.changes)).toEqual(new Set(['project_damaged']))
    // Reads never enter the folder of changes; of the others only the list of projects does without.
    const isReadOn = folder.endsWith('/.meta/changes')
    if (!size) expect(new Set(Object.values(cold.read))).toEqual(new Set(isReadOn ? [200] : [200, 500]))
    await sweep(shop.storageDir)
    await linked.expectUntouched()

    const found = await examineAlone(shop.storageDir, { fix: true })
    expect(inShort(found)).toEqual([`odd_entry ${folder} unmendable`])
    expect(found.findings[0]?.detail).toContain('Put the folder itself in its place')
    await linked.expectUntouched()

    await linked.putBack()
    expect((await other.app.request(`/projects/shop/images/${shop.ids[0]}`)).status).toBe(200)
    await uploadTo(shop.app, 'shop')
  })
})

describe('a link in place of a folder of the store', () => {
  it.each(['projects', '.tmp', '.accounts'])('%s refuses changes and the next start', async (folder) => {
    const shop = await createShop({ registration: 'open', auth: 'none' })
    const linked = await moveAndLink(shop.storageDir, folder)
    const account = json('POST', { email: 'ada@example.com', password: 'correct horse battery' })
    const register = () => shop.app.request('/auth/register', account)
    const upload = async () =>
      shop.app.request('/projects/shop/images', { method: 'POST', body: formOf(await smallPhoto()) })
    const refused = await problemOf(folder === '.accounts' ? register() : upload())
    expect([refused.status, refused.code, refused.detail]).toEqual([
      503,
      'store_unavailable',
      `"${folder}" in the storage folder is a symbolic link; put the folder itself in its place.`,
    ])
    for (const path of readsOf(shop.ids)) await shop.app.request(path)
    for (const [path, init] of await changesOf(shop.ids).then((all) => (folder === '.accounts' ? [] : all)))
      expect((await shop.app.request(path, init)).status).toBe(503)
    await expect(openApp(shop.storageDir)).rejects.toThrow(`"${folder}" in the storage folder is a symbolic link`)
    const examined = examineAlone(shop.storageDir, { fix: true })
    if (folder === 'projects') await expect(examined).rejects.toThrow('is a symbolic link')
    else expect(inShort(await examined)).toContain(`odd_entry ${folder} unmendable`)
    await linked.expectUntouched()
    await linked.putBack()
    await uploadTo(shop.app, 'shop')
    expect((await register()).status).toBe(201)
  })

  it.each(['.cache', '.cache/shop', '.cache/shop/id'])(
    '%s makes renders go uncached, and is removed by the doctor',
    async (name) => {
      const shop = await createShop()
      const path = `/projects/shop/images/${shop.ids[0]}/thumb.webp`
      expect((await shop.app.request(path)).status).toBe(200)
      await shop.close()
      const folder = name.replace('id', shop.ids[0] ?? '')
      const linked = await moveAndLink(shop.storageDir, folder)
      const { app } = await createTestApp({ storageDir: shop.storageDir, cacheBytes: 0, diskCacheBytes: 1 })
      expect((await app.request(path)).status).toBe(200)
      expect((await app.request(path.replace('thumb', 'game'))).status).toBe(200)
      // An image that is not behind the link triggers an eviction, and its deletion removes its renders.
      const other = (await uploadTo(app, 'other')).image_id
      expect((await app.request(`/projects/other/images/${other}/thumb.webp`)).status).toBe(200)
      expect((await app.request(`/projects/shop/images/${shop.ids[0]}`, { method: 'DELETE' })).status).toBe(200)
      await linked.expectUntouched()
      if (name !== '.cache/shop/id') {
        expect(inShort(await examineAlone(shop.storageDir, { fix: true }))).toEqual([`odd_entry ${folder} mended`])
        expect(inShort(await examineAlone(shop.storageDir))).toEqual([])
      }
      await linked.expectUntouched()
    },
  )

  it('.running takes no marks, is not swept, and is removed by the doctor', async () => {
    const shop = await createShop()
    await shop.close()
    await mkdir(join(shop.storageDir, '.running'))
    await writeFile(join(shop.storageDir, '.running', 'abandoned'), '')
    const linked = await moveAndLink(shop.storageDir, '.running')
    await expect(createFileMarks({ storageDir: shop.storageDir }).sweep()).rejects.toThrow('is a symbolic link')
    const { app } = await createTestApp({ storageDir: shop.storageDir })
    const init = { method: 'POST', body: formOf(await smallPhoto()), headers: { 'Idempotency-Key': 'once' } }
    expect((await app.request('/projects/shop/images', init)).status).toBe(201)
    expect(inShort(await examineAlone(shop.storageDir, { fix: true }))).toEqual(['odd_entry .running mended'])
    await linked.expectUntouched()
  })

  it('.lost takes no files of the doctor', async () => {
    const shop = await createShop()
    await shop.close()
    await writeFile(join(shop.storageDir, 'projects', 'shop', 'thumb', `${newImageId()}.jpg`), 'stray')
    const linked = await moveAndLink(shop.storageDir, '.lost')
    const outcomes = inShort(await examineAlone(shop.storageDir, { fix: true }))
    expect(outcomes).toContain('odd_entry .lost unmendable')
    expect(outcomes.find((line) => line.startsWith('stray_variant'))).toMatch(/failed$/)
    await linked.expectUntouched()
  })
})

describe('a link in place of a workspace', () => {
  it('of a running process is removed by a sweep, and the process continues in a new one', async () => {
    const shop = await createShop()
    const [owner = ''] = await readdir(join(shop.storageDir, '.tmp'))
    const linked = await moveAndLink(shop.storageDir, `.tmp/${owner}`)
    const body = formOf(await smallPhoto())
    const refused = await problemOf(shop.app.request('/projects/shop/images', { method: 'POST', body }))
    expect([refused.status, refused.code]).toEqual([503, 'store_unavailable'])
    const found = await examineAlone(shop.storageDir)
    expect(inShort(found)).toEqual([`odd_entry .tmp/${owner} mendable`])
    await sweep(shop.storageDir)
    await linked.expectUntouched()
    await uploadTo(shop.app, 'shop')
  })

  it('of a dead process, or in it, is removed without its target', async () => {
    const shop = await createShop()
    await shop.close()
    const outside = join(await temporaryFolder(), 'work')
    // A sweep of this work would remove the files of an image and a segment, and lift a lock.
    await mkdir(outside)
    await writeFile(join(outside, `${shop.ids[0]}.thumb.jpg`), 'kept')
    await writeFile(join(outside, 'project.removed'), 'kept')
    const owner = join(shop.storageDir, '.tmp', `dead${LEFT}`)
    await mkdir(owner)
    await symlink(outside, join(owner, 'abcdefghijkl@shop'))
    await symlink(outside, join(owner, 'plain'))
    await sweep(shop.storageDir)
    expect((await readdir(outside)).sort()).toEqual([`${shop.ids[0]}.thumb.jpg`, 'project.removed'].sort())
    expect(await readdir(join(shop.storageDir, '.tmp'))).toEqual([])
    expect(inShort(await examineAlone(shop.storageDir))).toEqual([])
  })

  it('is not swept into a project behind a link', async () => {
    const shop = await createShop()
    await shop.close()
    const owner = join(shop.storageDir, '.tmp', `dead${LEFT}`)
    const orphan = newImageId()
    await mkdir(join(owner, `${orphan}@shop`), { recursive: true })
    for (const size of SIZES)
      await writeFile(join(shop.storageDir, 'projects', 'shop', size, `${orphan}.jpg`), 'unfinished')
    const linked = await moveAndLink(shop.storageDir, 'projects/shop/medium')
    await sweep(shop.storageDir)
    await linked.expectUntouched()
    await linked.putBack()
    await sweep(shop.storageDir)
    expect(inShort(await examineAlone(shop.storageDir))).toEqual([])
  })
})

describe('a link in place of a folder of accounts', () => {
  // Folders of one kind are opened by the same function.
  const names = thorough(
    ['users', 'keys', '.tmp', 'usage/id'],
    ['users', 'emails', 'families', 'keys', 'invites', 'usage', '.tmp', 'users/id', 'families/id', 'usage/id'],
  )

  it.each(names)('.accounts/%s is refused, and reported by the doctor', async (name) => {
    const options = { registration: 'open', maxBytesPerOwner: 1e9, auth: 'none' } as const
    const shop = await createShop(options)
    const account = { email: 'ada@example.com', password: 'correct horse battery' }
    expect((await shop.app.request('/auth/register', json('POST', account))).status).toBe(201)
    await shop.close()
    const accounts = join(shop.storageDir, '.accounts')
    const [parent = ''] = name.split('/')
    const [id = ''] = name.endsWith('/id') ? await readdir(join(accounts, parent)) : []
    const folder = join('.accounts', name.replace(/id$/, id))
    const linked = await moveAndLink(shop.storageDir, folder)
    const { app } = await createTestApp({ storageDir: shop.storageDir, ...options })
    const answers = [
      await app.request('/auth/login', json('POST', account)),
      await app.request('/auth/register', json('POST', { ...account, email: 'bo@example.com' })),
      await app.request('/projects/shop/images', { method: 'POST', body: formOf(await smallPhoto()) }),
    ].map(({ status }) => status)
    // Sessions and invitations that nothing asks for are not needed.
    if (!['families/id', 'keys', 'invites'].includes(name)) expect(answers).toContain(503)
    await linked.expectUntouched()
    expect(inShort(await examineAlone(shop.storageDir, { fix: true }))).toEqual([`odd_entry ${folder} unmendable`])
    await linked.expectUntouched()
  })
})

it('a storage folder that is a link is decided once, at the start', async () => {
  const [first, second, folder] = [await temporaryFolder(), await temporaryFolder(), await temporaryFolder()]
  const storageDir = join(folder, 'storage')
  await symlink(first, storageDir)
  const { app } = await createTestApp({ storageDir })
  await uploadTo(app, 'shop')
  await symlink(second, `${storageDir}.new`)
  await rename(`${storageDir}.new`, storageDir)
  await uploadTo(app, 'shop')
  expect(await readdir(second)).toEqual([])
  expect(await readdir(join(first, 'projects', 'shop', 'thumb'))).toHaveLength(2)
})
