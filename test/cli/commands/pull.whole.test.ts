// `tintype pull` from a running server.

import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it, vi } from 'vitest'
import { uploadSchema } from '../../../src/http/schemas/images/images.ts'
import { filesIn, temporaryFolder } from '../../support/disk/folder.ts'
import { plainJpeg, sha256Of } from '../../support/pictures/pictures.ts'
import { runCliHere } from '../../support/processes/cli-here.ts'
import { runTintype, serve } from '../../support/processes/tintype.ts'

const STATE = '.tintype-pull.json'

/** A server with a project of two assets, and one image without a name. */
const shop = async () => {
  const storageDir = await temporaryFolder()
  const key = 'admin-of-all-the-shop'
  const headers = { 'X-API-Key': key }
  const { url } = await serve(['--storage', storageDir], { env: { API_KEYS: key } })
  const send = async (path: string, method: string, side: number) => {
    const body = new FormData()
    body.set('file', new Blob([new Uint8Array(await plainJpeg(side, 30))]), 'file.jpg')
    const response = await fetch(`${url}/projects/shop${path}`, { method, body, headers })
    expect(response.ok, await response.clone().text()).toBe(true)
    return uploadSchema.parse(await response.json()).image_id
  }
  const put = (name: string, side: number) => send(`/assets/${name}`, 'PUT', side)
  const remove = async (name: string) =>
    expect((await fetch(`${url}/projects/shop/assets/${name}`, { method: 'DELETE', headers })).status).toBe(200)
  await put('ui/ok', 40)
  await put('hero', 41)
  const id = await send('/images', 'POST', 42)
  const env = { TINTYPE_KEY: key }
  const start = (...args: string[]) => runTintype(['pull', 'shop', ...args, '--url', url], { env })
  const run = (...args: string[]) => runCliHere(['pull', 'shop', ...args, '--url', url], env)
  return { url, key, id, put, remove, start, run }
}

const manifestIn = async (folder: string) => JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))

describe('a pull', () => {
  it('writes the assets by name, later only what has changed, and removes those that were deleted', async () => {
    const { id, put, remove, run } = await shop()
    const folder = join(await temporaryFolder(), 'out')
    expect(await run(folder)).toMatchObject({ code: 10, stderr: '', stdout: expect.stringMatching(/^3 written \(/) })
    expect(await filesIn(folder)).toEqual([STATE, 'hero.jpg', 'manifest.json', 'ui/ok.jpg'])
    const manifest = await manifestIn(folder)
    expect(manifest).toMatchObject({ project_id: 'shop', size: 'original', format: 'jpeg' })
    for (const [name, path] of [
      ['hero', 'hero.jpg'],
      ['ui/ok', 'ui/ok.jpg'],
    ] as const) {
      const file = await readFile(join(folder, path))
      expect(manifest.files[name]).toMatchObject({ file: path, height: 30, bytes: file.length, sha256: sha256Of(file) })
    }

    const inode = async (path: string) => (await stat(join(folder, path))).ino
    const before = await Promise.all([STATE, 'hero.jpg', 'manifest.json'].map(inode))
    expect(await run(folder)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^2 there already \(/) })
    expect(await Promise.all([STATE, 'hero.jpg', 'manifest.json'].map(inode))).toEqual(before)

    await put('hero', 50)
    await remove('ui/ok')
    await writeFile(join(folder, 'notes.txt'), 'mine')
    expect(await run(folder)).toMatchObject({ code: 10, stdout: expect.stringMatching(/^2 written, 1 removed \(/) })
    expect(await filesIn(folder)).toEqual([STATE, 'hero.jpg', 'manifest.json', 'notes.txt'])
    expect((await manifestIn(folder)).files).toEqual({ hero: expect.objectContaining({ width: 50 }) })

    expect(await run(folder, '--all')).toMatchObject({ code: 10, stdout: expect.stringMatching(/^2 written, 1 there/) })
    expect(await filesIn(folder)).toContain(`${id}.jpg`)
  })

  it('renders other formats and sizes, and writes the manifest of PixiJS', async () => {
    const { put, run } = await shop()
    const folder = await temporaryFolder()
    const flags = ['--format', 'webp', '--size', 'game', '--layout', 'pixi']
    expect((await run(folder, ...flags)).code).toBe(10)
    expect(await manifestIn(folder)).toEqual({
      bundles: [
        {
          name: 'shop',
          assets: [
            { alias: 'hero', src: 'hero.webp' },
            { alias: 'ui/ok', src: 'ui/ok.webp' },
          ],
        },
      ],
    })
    expect((await readFile(join(folder, 'hero.webp'))).subarray(8, 12).toString()).toBe('WEBP')
    expect((await run(folder, ...flags)).code).toBe(0)
    await put('hero', 51)
    expect(await run(folder, ...flags)).toMatchObject({
      code: 10,
      stdout: expect.stringMatching(/^1 written, 1 there/),
    })
    expect(await run(folder)).toMatchObject({ code: 1, stderr: expect.stringContaining('shop/game.webp') })
  })

  it('has the atlas with --atlas, whose files are written only where they changed', async () => {
    const { put, run } = await shop()
    const folder = await temporaryFolder()
    const flags = ['--format', 'webp', '--atlas']
    expect(await run(folder, ...flags)).toMatchObject({ code: 10, stderr: '' })
    expect(await filesIn(folder)).toEqual([
      ...[STATE, 'atlas.json', 'atlas@0.webp', 'hero.webp', 'manifest.json', 'ui/ok.webp'],
    ])
    const atlas = async () => JSON.parse(await readFile(join(folder, 'atlas.json'), 'utf8'))
    const before = await atlas()
    expect(before.meta).toMatchObject({ image: 'atlas@0.webp', pages: 1 })
    expect(Object.keys(before.frames)).toHaveLength(3)
    expect(Object.keys((await manifestIn(folder)).files)).toEqual(['hero', 'ui/ok'])
    const { width, height } = await sharp(join(folder, 'atlas@0.webp')).metadata()
    expect({ w: width, h: height }).toEqual(before.meta.size)
    expect((await run(folder, ...flags)).code).toBe(0)
    // Another picture under the name: its file, the page and the manifest, and the document stays.
    await put('hero', 52)
    expect(await run(folder, ...flags)).toMatchObject({ code: 10 })
    expect((await atlas()).frames['ui/ok']).toEqual(before.frames['ui/ok'])
    expect(await run(folder, '--format', 'webp')).toMatchObject({ stdout: expect.stringContaining('2 removed') })
    expect(await filesIn(folder)).toEqual([STATE, 'hero.webp', 'manifest.json', 'ui/ok.webp'])
    expect(await run(folder, '--atlas', 'No!')).toMatchObject({ code: 1, stderr: expect.stringContaining('--atlas') })
  })

  it('has the covers of a collection, by the ids of their projects, and follows it', async () => {
    const { url, key, start, run } = await shop()
    const headers = { 'X-API-Key': key, 'Content-Type': 'application/json' }
    const list = async (projects: readonly string[]) => {
      const response = await fetch(`${url}/collections/shop`, {
        method: 'PUT',
        headers,
        body: JSON.stringify({ projects }),
      })
      expect(response.ok, await response.clone().text()).toBe(true)
    }
    const upload = async (project: string, side: number) => {
      const body = new FormData()
      body.set('file', new Blob([new Uint8Array(await plainJpeg(side, 30))]), 'file.jpg')
      const { status } = await fetch(`${url}/projects/${project}/images`, {
        method: 'POST',
        body,
        headers: { 'X-API-Key': key },
      })
      expect(status).toBe(201)
    }
    expect(await run(await temporaryFolder(), '--collection')).toMatchObject({
      ...{ code: 1, stderr: expect.stringContaining('no collection "shop"') },
    })
    await upload('Toys', 80)
    await list(['Toys', 'shop', 'later'])
    const note = expect.stringContaining('names a project and a collection')
    expect(await run(await temporaryFolder())).toMatchObject({ code: 10, stderr: note })
    const folder = await temporaryFolder()
    const flags = ['--collection', '--size', 'game', '--atlas', 'thumb', '--watch']
    const pulling = await start(folder, ...flags)
    const seen = (...names: string[]) =>
      vi.waitFor(
        async () => {
          expect(Object.keys((await manifestIn(folder)).files)).toEqual(names)
          const { frames } = JSON.parse(await readFile(join(folder, 'atlas.json'), 'utf8'))
          expect(Object.keys(frames).sort()).toEqual(names)
        },
        { timeout: 60_000, interval: 50 },
      )
    await seen('Toys', 'shop')
    expect(await manifestIn(folder)).toMatchObject({
      collection: 'shop',
      files: { Toys: { file: 'Toys.jpg', width: 50 } },
    })
    await upload('later', 81)
    await seen('Toys', 'later', 'shop')
    await list(['later', 'shop'])
    await seen('later', 'shop')
    expect(await pulling.stop()).toBe(10)
    expect(pulling.stderr()).toBe('')
    expect(await filesIn(folder)).toEqual([
      STATE,
      'atlas.json',
      'atlas@0.webp',
      'later.jpg',
      'manifest.json',
      'shop.jpg',
    ])
    expect(await run(folder)).toMatchObject({ code: 1, stderr: expect.stringContaining('collection shop/game.jpg') })
  })

  it('finds out that a name is that of a collection, and keeps its own files where assets have their names', async () => {
    const { url, key, put, run } = await shop()
    const { status } = await fetch(`${url}/collections/wall`, {
      method: 'PUT',
      headers: { 'X-API-Key': key, 'Content-Type': 'application/json' },
      body: JSON.stringify({ projects: ['shop'] }),
    })
    expect(status).toBe(201)
    const covers = await temporaryFolder()
    const pulling = await runTintype(['pull', 'wall', covers, '--url', url], { env: { TINTYPE_KEY: key } })
    expect([await pulling.ended, pulling.stderr()]).toEqual([10, ''])
    expect(await manifestIn(covers)).toMatchObject({ collection: 'wall', files: { shop: { file: 'shop.jpg' } } })

    for (const name of ['manifest.json/x', 'atlas.json/x']) await put(name, 45)
    const folder = await temporaryFolder()
    expect(await run(folder, '--atlas')).toMatchObject({ code: 10, stderr: '' })
    expect(await filesIn(folder)).toEqual([
      ...[STATE, '_atlas.json/x.jpg', '_manifest.json/x.jpg', 'atlas.json', 'atlas@0.webp', 'hero.jpg'],
      ...['manifest.json', 'ui/ok.jpg'],
    ])
  })

  it('leaves foreign and edited files as they are, follows no links, and says so', async () => {
    const { put, remove, run } = await shop()
    const [folder, outside] = [await temporaryFolder(), await temporaryFolder()]
    await writeFile(join(folder, 'hero.jpg'), 'mine')
    await symlink(outside, join(folder, 'ui'))
    const first = await run(folder)
    expect(first.code).toBe(3)
    expect(first.stdout).toContain('refused  ui/ok.jpg: ui is no folder')
    expect(first.stdout).toContain('refused  hero.jpg: another file is in its place, which stays')
    expect(await filesIn(outside)).toEqual([])

    await put('new', 44)
    await run(folder)
    await writeFile(join(folder, 'new.jpg'), 'edited')
    for (const name of ['hero', 'new', 'ui/ok']) await remove(name)
    expect(await run(folder)).toMatchObject({ code: 3, stdout: expect.stringContaining('the file was changed') })
    expect(await readFile(join(folder, 'new.jpg'), 'utf8')).toBe('edited')
    expect(await readFile(join(folder, 'hero.jpg'), 'utf8')).toBe('mine')
  })

  it('could not be run for an unknown project, with a wrong flag, or into a folder with another manifest', async () => {
    const { url, run } = await shop()
    const folder = await temporaryFolder()
    const other = await runTintype(['pull', 'none', folder, '--url', url])
    expect([await other.ended, other.stderr()]).toEqual([1, expect.stringContaining('no project "none"')])
    expect(await run(folder, '--size', 'huge', '--format', 'gif')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /--size: expected one of original, .*\n.*--format: expected one of avif, .* got "gif"/,
      ),
    })
    await writeFile(join(folder, 'manifest.json'), '{}')
    expect(await run(folder)).toMatchObject({ code: 1, stderr: expect.stringContaining('is not of a pull') })
    expect(await filesIn(folder)).toEqual(['manifest.json'])
    await mkdir(join(folder, 'below'))
    await writeFile(join(folder, 'below', STATE), '{"format":2}')
    expect(await run(join(folder, 'below'))).toMatchObject({ code: 1, stderr: expect.stringContaining('this version') })
  })

  it('that is killed in the middle, and started again, is complete and owns every file', async () => {
    const { put, remove, start, run } = await shop()
    const names = Array.from({ length: 24 }, (_, n) => `many/${n}`)
    for (const [n, name] of names.entries()) await put(name, 60 + n)
    const folder = await temporaryFolder()
    const flags = ['--format', 'png', '--parallel', '1']
    const pulling = await start(folder, ...flags)
    await vi.waitFor(async () => expect((await filesIn(folder)).length).toBeGreaterThan(6), {
      timeout: 60_000,
      interval: 1,
    })
    await pulling.kill()
    expect(await run(folder, ...flags)).toMatchObject({ code: 10, stderr: '' })
    const pngs = ['hero.png', 'ui/ok.png', ...names.map((name) => `${name}.png`)]
    expect(await filesIn(folder)).toEqual([STATE, 'manifest.json', ...pngs].sort())
    for (const name of names) await remove(name)
    expect(await run(folder, ...flags)).toMatchObject({ code: 10, stdout: expect.stringContaining('24 removed') })
    expect(await filesIn(folder)).toEqual([STATE, 'hero.png', 'manifest.json', 'ui/ok.png'])
  })

  it('with --watch follows the changes until it is stopped', async () => {
    const { put, remove, start } = await shop()
    const folder = await temporaryFolder()
    const pulling = await start(folder, '--watch')
    const seen = (files: readonly string[], width: number) =>
      vi.waitFor(
        async () => {
          expect(Object.keys((await manifestIn(folder)).files)).toEqual(files)
          expect((await manifestIn(folder)).files.hero.width).toBe(width)
        },
        { timeout: 60_000, interval: 50 },
      )
    await seen(['hero', 'ui/ok'], 41)
    await put('hero', 70)
    await seen(['hero', 'ui/ok'], 70)
    await put('later', 71)
    await remove('ui/ok')
    await seen(['hero', 'later'], 70)
    expect(await pulling.stop()).toBe(10)
    expect(pulling.stderr()).toBe('')
    expect(await filesIn(folder)).toEqual([STATE, 'hero.jpg', 'later.jpg', 'manifest.json'])
  })
})
