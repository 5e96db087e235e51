// `tintype import` to a running server: folders, ZIP files, projects of another server, and imports that were killed.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeZip } from 'client-zip'
import { describe, expect, it, vi } from 'vitest'
import { imageListSchema, uploadSchema } from '../../../src/http/schemas/images/images.ts'
import { projectSchema } from '../../../src/http/schemas/projects.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { plain, plainJpeg, sha256Of } from '../../support/pictures/pictures.ts'
import { runCliHere } from '../../support/processes/cli-here.ts'
import { runTintype, serve } from '../../support/processes/tintype.ts'

/** Files by path, written to a new folder. */
const folderOf = async (files: Record<string, Uint8Array | string>): Promise<string> => {
  const folder = await temporaryFolder()
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  return folder
}

const photos = async (count: number): Promise<Record<string, Uint8Array>> =>
  Object.fromEntries(
    await Promise.all(
      Array.from({ length: count }, async (_, n) => [`p/${n}.jpg`, await plainJpeg(40 + n, 30)] as const),
    ),
  )

const importing = (args: readonly string[], env: Record<string, string> = {}) => runCliHere(['import', ...args], env)

const imagesOf = async (url: string, project: string, key = '') => {
  const response = await fetch(`${url}/projects/${project}/images?hashes=true`, { headers: { 'X-API-Key': key } })
  return imageListSchema.parse(await response.json()).images
}

/** Hashes of uploads, sorted. */
const uploadsOf = async (url: string, project: string): Promise<string[]> =>
  (await imagesOf(url, project)).map(({ sha256 }) => sha256?.upload ?? '').sort()

const hashesOf = (files: Record<string, Uint8Array>): string[] => Object.values(files).map(sha256Of).sort()

describe('an import of a folder', () => {
  it('sends its pictures, one image for each file, and later only what is missing', async () => {
    const { url } = await serve(['--storage', await temporaryFolder()])
    const same = await plainJpeg(20, 20)
    const pictures = { 'b/1.jpg': same, 'a/1.jpg': same, 'a/no-extension': await plainJpeg(30, 20) }
    const folder = await folderOf({
      ...pictures,
      'a/bad.jpg': 'no picture',
      'a/notes.txt': 'text',
      '.hidden/2.jpg': same,
      'a/.3.jpg': same,
    })
    const args = [folder, '--project', 'demo', '--url', url]
    const first = await importing(args)
    expect(first.stdout).toMatch(/^refused {2}a\/bad\.jpg: It is text\/plain; .*\n3 sent, 3 passed over, 1 refused \(/)
    expect([first.code, first.stderr]).toEqual([3, ''])
    expect(await uploadsOf(url, 'demo')).toEqual(hashesOf(pictures))
    expect((await imagesOf(url, 'demo')).map(({ name }) => name).sort()).toEqual(['1.jpg', '1.jpg', 'no-extension'])

    expect((await importing(args)).stdout).toContain('3 there already')
    await writeFile(join(folder, 'renamed.jpg'), await readFile(join(folder, 'a', 'no-extension')))
    const third = await importing(args)
    expect(third.stdout).toContain('\n1 sent, 3 there already')
    expect(await uploadsOf(url, 'demo')).toHaveLength(4)
  })

  it('that is killed in the middle, and started again, gives each image once', async () => {
    const { url } = await serve(['--storage', await temporaryFolder()])
    const files = await photos(40)
    files['p/same.jpg'] = files['p/3.jpg'] ?? new Uint8Array()
    const args = ['import', await folderOf(files), '--project', 'demo', '--url', url]
    for (const least of [3, 15]) {
      const run = await runTintype(args)
      await vi.waitFor(
        async () => expect((await uploadsOf(url, 'demo').catch(() => [])).length).toBeGreaterThan(least),
        {
          timeout: 60_000,
        },
      )
      await run.kill()
    }
    const last = await importing(args.slice(1))
    expect([last.code, last.stderr]).toEqual([0, ''])
    expect(await uploadsOf(url, 'demo')).toEqual(hashesOf(files))
  })

  it('as assets names each image by its path, replaces changed ones, and refuses other paths', async () => {
    const { url } = await serve(['--storage', await temporaryFolder()])
    const [one, other] = [await plainJpeg(20, 20), await plainJpeg(21, 20)]
    const folder = await folderOf({ 'ui/ok.jpg': one, 'ui/ok.png': other, 'No Asset.jpg': one, 'hero.jpg': one })
    const args = [folder, '--assets', '--project', 'game', '--url', url]
    const first = await importing(args)
    expect(first.code).toBe(3)
    expect(first.stdout).toMatch(
      /^refused {2}No Asset\.jpg: its path cannot be the name of an asset: expected 1 to 100/m,
    )
    expect(first.stdout).toMatch(/^refused {2}ui\/ok\.png: its asset "ui\/ok" is that of ui\/ok\.jpg already$/m)
    const assets = async () =>
      Object.fromEntries((await imagesOf(url, 'game')).map(({ asset, sha256 }) => [asset, sha256?.upload]))
    expect(await assets()).toEqual({ 'ui/ok': sha256Of(one), hero: sha256Of(one) })
    await writeFile(join(folder, 'ui', 'ok.jpg'), other)
    expect((await importing(args)).stdout).toMatch(/\n1 sent, 1 there already, 2 refused/)
    expect(await assets()).toEqual({ 'ui/ok': sha256Of(other), hero: sha256Of(one) })
  })
})

describe('an import of a ZIP file', () => {
  it('sends its pictures, and refuses paths that lead out', async () => {
    const { url } = await serve(['--storage', await temporaryFolder()])
    const [one, other] = [await plainJpeg(20, 20), await plainJpeg(21, 20)]
    const entries = Object.entries({
      'küste/1.jpg': one,
      '../x.jpg': one,
      '/etc/y.jpg': one,
      '__MACOSX/._1.jpg': one,
      'a.png': other,
      'a.txt': Buffer.from('text'),
    })
    const zip = makeZip(entries.map(([name, input]) => ({ name, input: new Uint8Array(input) })))
    const path = join(await temporaryFolder(), 'a.zip')
    await writeFile(path, Buffer.from(await new Response(zip).arrayBuffer()))
    const { code, stdout } = await importing([path, '--project', 'demo', '--url', url])
    expect(code).toBe(3)
    for (const name of ['../x.jpg', '/etc/y.jpg'])
      expect(stdout).toContain(`refused  ${name}: its path leads out of the ZIP file\n`)
    expect(stdout).toContain('2 sent, 2 passed over, 2 refused')
    expect((await imagesOf(url, 'demo')).map(({ name }) => name).sort()).toEqual(['1.jpg', 'a.png'])
    const broken = await folderOf({ 'b.zip': 'no ZIP file' })
    expect((await importing([join(broken, 'b.zip'), '--project', 'demo', '--url', url])).code).toBe(1)
  })
})

describe('an import of a project', () => {
  it('copies pictures, details, assets, order, cover and title by the keys of both servers, once', async () => {
    const [from, to] = await Promise.all(
      ['from', 'to'].map(async (name) =>
        serve(['--storage', await temporaryFolder(), '--new-visibility', 'private'], {
          env: { API_KEYS: `writer:key-of-the-server-${name}` },
        }),
      ),
    )
    if (!from || !to) throw new Error('expected two servers')
    const key = { 'X-API-Key': 'key-of-the-server-from' }
    const send = async (path: string, method: string, body: FormData | string) => {
      const headers = typeof body === 'string' ? { ...key, 'Content-Type': 'application/json' } : key
      const response = await fetch(`${from.url}/projects/shop${path}`, { method, headers, body })
      expect(response.ok, await response.clone().text()).toBe(true)
      return response
    }
    const upload = async (path: string, method: string, body: FormData) =>
      uploadSchema.parse(await (await send(path, method, body)).json()).image_id
    const form = (picture: Uint8Array, fields: Record<string, string> = {}) => {
      const body = new FormData()
      for (const [name, value] of Object.entries(fields)) body.set(name, value)
      body.set('file', new Blob([new Uint8Array(picture)]), 'ünï.jpg')
      return body
    }
    const sprite = await plain(30, 20, { r: 9, g: 9, b: 9, alpha: 0.5 }).png().toBuffer()
    const details = { title: 'Boats', tags: 'a,b', focal_point: '0.25,0.5' }
    const photo = await upload('/images', 'POST', form(await plainJpeg(50, 40), details))
    const asset = await upload('/assets/ui/ok', 'PUT', form(sprite))
    const last = await upload('/images', 'POST', form(await plainJpeg(60, 40)))
    await send(`/images/${last}`, 'PATCH', '{"alt": "", "name": null}')
    const order = [last, asset, photo]
    await send('', 'PATCH', JSON.stringify({ title: 'The shop', image_order: order }))
    await send(`/primary/${asset}`, 'PUT', '')

    const args = [`${from.url}/projects/shop`, '--project', 'copy', '--url', to.url]
    const env = { TINTYPE_KEY: 'key-of-the-server-to', TINTYPE_SOURCE_KEY: key['X-API-Key'] }
    expect(await importing(args, env)).toMatchObject({ code: 0, stdout: expect.stringContaining('3 sent') })
    const images = () => imagesOf(to.url, 'copy', env.TINTYPE_KEY)
    const copied = await images()
    expect(copied).toMatchObject([
      { name: null, alt: '', is_primary: false },
      { name: 'ünï.jpg', asset: 'ui/ok', is_primary: true, transparent: true },
      { name: 'ünï.jpg', title: 'Boats', tags: ['a', 'b'], focal_point: { x: 0.25, y: 0.5 }, is_primary: false },
    ])
    const original = (await imagesOf(from.url, 'shop', key['X-API-Key'])).map(({ sha256 }) => sha256)
    expect(copied.map(({ sha256 }) => sha256?.upload)).toEqual(original.map((each) => each?.source ?? each?.original))
    const project = async () =>
      projectSchema.parse(
        await (await fetch(`${to.url}/projects/copy`, { headers: { 'X-API-Key': env.TINTYPE_KEY } })).json(),
      )
    const before = await project()
    expect(before.title).toBe('The shop')

    expect(await importing(args, env)).toMatchObject({ code: 0, stdout: expect.stringContaining('3 there already') })
    expect((await project()).revision).toBe(before.revision)
    const refused = await importing(args, { TINTYPE_KEY: env.TINTYPE_KEY })
    expect(refused.stderr).toContain('the source has no project "shop", or none that its key may read')
    expect(refused.code).toBe(1)
    const readOnly = await importing([...args, '--key', 'not-a-key'], env)
    expect([readOnly.code, readOnly.stderr]).toEqual([1, expect.stringContaining('API key')])
  })
})
