// `tintype export` from a running server, into folders and ZIP files.

import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { uploadSchema } from '../../../src/http/schemas/images/images.ts'
import { filesIn, temporaryFolder } from '../../support/disk/folder.ts'
import { plainJpeg } from '../../support/pictures/pictures.ts'
import { runCliHere } from '../../support/processes/cli-here.ts'
import { runTintype, serve } from '../../support/processes/tintype.ts'
import { filesInZip } from '../../support/transfer/zip.ts'

/** A server with two images of one name, one with a name that leads upwards, and an asset. */
const shop = async () => {
  const storageDir = await temporaryFolder()
  const { url } = await serve(['--storage', storageDir])
  const upload = async (path: string, method: string, name: string, side: number) => {
    const body = new FormData()
    body.set('name', name)
    body.set('file', new Blob([new Uint8Array(await plainJpeg(side, 30))]), 'file.jpg')
    const response = await fetch(`${url}/projects/shop${path}`, { method, body })
    return uploadSchema.parse(await response.json()).image_id
  }
  const ids = [
    await upload('/images', 'POST', 'Boot.png', 40),
    await upload('/images', 'POST', 'boot.jpg', 41),
    await upload('/images', 'POST', '../../x', 42),
    await upload('/assets/ui/ok', 'PUT', 'Boot.png', 43),
  ]
  const names = ['Boot.jpg', `boot-${ids[1]}.jpg`, 'x.jpg', 'ui/ok.jpg']
  const stored = (at: number, size = 'original') =>
    readFile(join(storageDir, 'projects', 'shop', size, `${ids[at]}.jpg`))
  const run = (...args: string[]) => runCliHere(['export', ...args, '--url', url])
  return { url, ids, names, stored, run, replace: () => upload('/assets/ui/ok', 'PUT', 'new.png', 50) }
}

describe('an export into a folder', () => {
  it('has the stored files and the records, and later writes only what is missing or has changed', async () => {
    const { ids, names, stored, run, replace } = await shop()
    const folder = join(await temporaryFolder(), 'out')
    expect(await run('shop', folder)).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^4 written \(/),
    })
    expect(await filesIn(folder)).toEqual([...names, 'tintype.json'].sort())
    for (const [at, name] of names.entries())
      expect((await readFile(join(folder, name))).equals(await stored(at))).toBe(true)
    const records = async () => JSON.parse(await readFile(join(folder, 'tintype.json'), 'utf8'))
    expect(await records()).toMatchObject({
      project_id: 'shop',
      primary_image_id: ids[0],
      size: 'original',
      images: names.map((file, at) => ({ file, id: ids[at] })),
    })

    await rm(join(folder, 'x.jpg'))
    await writeFile(join(folder, 'notes.txt'), 'mine')
    const before = (await stat(join(folder, 'Boot.jpg'))).ino
    const newer = await replace()
    expect(await run('shop', folder)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^2 written, 2 there already/),
    })
    expect((await stat(join(folder, 'Boot.jpg'))).ino).toBe(before)
    expect((await records()).images[3]).toMatchObject({ file: 'ui/ok.jpg', id: newer, name: 'new.png' })
    expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('mine')
  })

  it('keeps its records beside an asset in a folder of that name', async () => {
    const { url, names, run } = await shop()
    const body = new FormData()
    body.set('file', new Blob([new Uint8Array(await plainJpeg(44, 30))]), 'file.jpg')
    expect((await fetch(`${url}/projects/shop/assets/tintype.json/x`, { method: 'PUT', body })).status).toBe(201)
    const folder = await temporaryFolder()
    expect(await run('shop', folder)).toMatchObject({ code: 0, stderr: '' })
    expect(await filesIn(folder)).toEqual([...names, '_tintype.json/x.jpg', 'tintype.json'].sort())
  })

  it('leaves foreign and edited files as they are, and says so', async () => {
    const { run, names, stored } = await shop()
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'x.jpg'), 'mine')
    const { code, stdout } = await run('shop', folder, '--size', 'thumb')
    expect(code).toBe(3)
    expect(stdout).toMatch(/^refused {2}x\.jpg: another file is in its place, which stays\n3 written, 1 refused \(/)
    expect(await readFile(join(folder, 'x.jpg'), 'utf8')).toBe('mine')
    expect((await readFile(join(folder, names[0] ?? ''))).equals(await stored(0, 'thumb'))).toBe(true)
  })

  it('of an unknown project, in an unknown size, or of a server that is not there could not be run', async () => {
    const { run } = await shop()
    const folder = await temporaryFolder()
    expect(await run('none', folder)).toMatchObject({ code: 1, stderr: expect.stringContaining('no project "none"') })
    expect(await run('shop', folder, '--size', 'huge')).toMatchObject({
      code: 1,
      stderr: 'tintype: --size: expected one of original, medium, thumb, game, got "huge"\n',
    })
    expect(await filesIn(folder)).toEqual([])
  })
})

describe('an export into a ZIP file', () => {
  it('has the same files, and is not written over another file', async () => {
    const { url, names, stored, run } = await shop()
    const path = join(await temporaryFolder(), 'out.zip')
    // As a program: it ends by itself behind its last file.
    const program = await runTintype(['export', 'shop', path, '--url', url])
    expect([await program.ended, program.stderr()]).toEqual([0, ''])
    const files = await filesInZip(await readFile(path))
    expect([...files.keys()]).toEqual([...names, 'tintype.json'])
    for (const [at, name] of names.entries()) expect(files.get(name)?.equals(await stored(at))).toBe(true)
    expect(await run('shop', path)).toMatchObject({ code: 1, stderr: expect.stringContaining('exists already') })
    expect(await filesIn(join(path, '..'))).toEqual(['out.zip'])
  })
})
