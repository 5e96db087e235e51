// `tintype export`, then `tintype import` of what it has written: the same project again.

import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { makeZip } from 'client-zip'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { imageListSchema, uploadSchema } from '../../../src/http/schemas/images/images.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { plainJpeg } from '../../support/pictures/pictures.ts'
import { runCliHere } from '../../support/processes/cli-here.ts'
import { serve } from '../../support/processes/tintype.ts'

const PROJECT = z.object({ title: z.string().nullable(), tags: z.array(z.string()) })

/** A server with a project whose images have all that an export holds. */
const shop = async () => {
  const { url } = await serve(['--storage', await temporaryFolder()])
  const send = async (method: string, path: string, body: FormData | object) => {
    const init = body instanceof FormData ? { body } : { body: JSON.stringify(body), headers: JSON_TYPE }
    const response = await fetch(`${url}${path}`, { method, ...init })
    expect(response.ok, `${method} ${path}`).toBe(true)
    return response
  }
  const upload = async (method: string, path: string, side: number, fields: Record<string, string> = {}) => {
    const body = new FormData()
    for (const [name, value] of Object.entries(fields)) body.set(name, value)
    body.set('file', new Blob([new Uint8Array(await plainJpeg(side, 30))]), 'photo.jpg')
    return uploadSchema.parse(await (await send(method, path, body)).json()).image_id
  }
  const images = '/projects/shop/images'
  const details = {
    title: 'A harbour',
    alt: 'Boats at "dawn"',
    tags: '["sea","boats"]',
    focal_point: '{"x":1e-7,"y":0.75}',
  }
  const ids = [
    await upload('POST', images, 40, details),
    await upload('POST', images, 41),
    await upload('POST', images, 42, { title: 'Decoration' }),
    await upload('PUT', '/projects/shop/assets/ui/ok', 43, { alt: 'OK' }),
  ]
  await send('PATCH', `${images}/${ids[2]}`, { alt: '', name: null })
  await send('PATCH', '/projects/shop', { title: 'Spring', tags: ['new'], image_order: [ids[3], ids[0]] })
  await send('PUT', `/projects/shop/primary/${ids[2]}`, {})
  const run = (...args: string[]) => runCliHere([...args, '--url', url])
  /** All of a project but ids and times, in its order. */
  const seen = async (projectId: string) => {
    const list = imageListSchema.parse(await (await fetch(`${url}/projects/${projectId}/images`)).json())
    const project = PROJECT.parse(await (await fetch(`${url}/projects/${projectId}`)).json())
    const all = list.images.map(({ name, title, alt, tags, focal_point, asset, is_primary, width }) => {
      return { name, title, alt, tags, focal_point, asset, is_primary, width }
    })
    return { project, all }
  }
  const remove = async (project: string, at: number) => {
    const list = imageListSchema.parse(await (await fetch(`${url}/projects/${project}/images`)).json())
    await send('DELETE', `/projects/${project}/images/${list.images[at]?.id}`, {})
  }
  return { run, seen, remove }
}

const JSON_TYPE = { 'Content-Type': 'application/json' }

const sent = (text: string) => ({ code: 0, stderr: '', stdout: expect.stringMatching(text) })

describe('an import of an export', () => {
  it('gives the same project again, from a folder and from a ZIP file, and may be started again', async () => {
    const { run, seen, remove } = await shop()
    const expected = await seen('shop')
    expect(expected.project).toEqual({ title: 'Spring', tags: ['new'] })
    expect(expected.all.map(({ width }) => width)).toEqual([43, 40, 41, 42])
    expect(expected.all[3]).toMatchObject({ alt: '', name: null, is_primary: true })
    const folder = join(await temporaryFolder(), 'out')
    expect((await run('export', 'shop', folder)).code).toBe(0)
    expect((await run('export', 'shop', `${folder}.zip`)).code).toBe(0)

    expect(await run('import', folder, '--project', 'copy')).toEqual(sent('^4 sent \\('))
    expect(await seen('copy')).toEqual(expected)
    expect(await run('import', folder, '--project', 'copy')).toEqual(sent('^4 there already \\('))
    await remove('copy', 1)
    expect(await run('import', `${folder}.zip`, '--project', 'copy')).toEqual(sent('^1 sent, 3 there already \\('))
    expect(await seen('copy')).toEqual(expected)
    expect(await run('import', `${folder}.zip`, '--project', 'zipped')).toEqual(sent('^4 sent \\('))
    expect(await seen('zipped')).toEqual(expected)
    // The server has them as they were uploaded.
    expect(await run('import', folder, '--project', 'shop')).toEqual(sent('^4 there already \\('))
    expect(await seen('shop')).toEqual(expected)
  })

  it('takes edited and further pictures, and refuses what is missing or no export', async () => {
    const { run, seen } = await shop()
    const folder = join(await temporaryFolder(), 'out')
    await run('export', 'shop', folder)
    const records = JSON.parse(await readFile(join(folder, 'tintype.json'), 'utf8'))
    const [asset, first, second] = records.images
    await writeFile(join(folder, first.file), await plainJpeg(60, 30))
    await rm(join(folder, second.file))
    await writeFile(join(folder, 'new.jpg'), await plainJpeg(61, 30))
    const result = await run('import', folder, '--project', 'shop')
    expect(result).toMatchObject({ code: 3, stderr: '' })
    expect(result.stdout).toContain(`refused  ${second.file}: tintype.json has a record of it`)
    expect(result.stdout).toContain('2 sent, 2 there already, 1 refused')
    const { all } = await seen('shop')
    expect(all.find(({ width }) => width === 60)).toMatchObject({ title: 'A harbour', tags: ['sea', 'boats'] })
    expect(all.find(({ width }) => width === 61)).toMatchObject({ name: 'new.jpg', title: null })
    await writeFile(join(folder, 'tintype.json'), JSON.stringify({ ...records, images: [{ ...asset, tags: 'x' }] }))
    expect(await run('import', folder, '--project', 'shop')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('tintype.json: images.0.tags: '),
    })
    await writeFile(join(folder, 'tintype.json'), '{"name": "of another program"}')
    expect((await run('import', folder, '--project', 'shop')).stdout).toMatch(/1 passed over/)
  })

  it('reads records that an editor has saved, and ends where they are damaged', async () => {
    const { run, seen } = await shop()
    const folder = join(await temporaryFolder(), 'out')
    await run('export', 'shop', folder)
    const records = join(folder, 'tintype.json')
    const text = await readFile(records, 'utf8')
    for (const damaged of [text.slice(0, 100), '']) {
      await writeFile(records, damaged)
      expect(await run('import', folder, '--project', 'copy')).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/tintype\.json: expected JSON: .*; export the project again, or remove the file/),
      })
    }
    await writeFile(records, `\uFEFF${text}`)
    expect(await run('import', folder, '--project', 'copy')).toEqual(sent('^4 sent \\('))
    expect(await seen('copy')).toEqual(await seen('shop'))
  })

  it('that was packed by hand reads its records in the one folder of the ZIP file', async () => {
    const { run, seen } = await shop()
    const folder = join(await temporaryFolder(), 'out')
    await run('export', 'shop', folder)
    await writeFile(`${folder}.zip`, await packed(folder, 'demo', ['__MACOSX/demo/._tintype.json', '.DS_Store']))
    expect(await run('import', `${folder}.zip`, '--project', 'copy')).toEqual(sent('^4 sent, 2 passed over \\('))
    expect(await seen('copy')).toEqual(await seen('shop'))
    // Records of one folder say nothing about another one.
    await writeFile(`${folder}.zip`, await packed(folder, 'demo', ['other/notes.txt']))
    expect(await run('import', `${folder}.zip`, '--project', 'plain')).toEqual(sent('^4 sent, 2 passed over \\('))
    expect((await seen('plain')).project).toEqual({ title: null, tags: [] })
  })
})

/** ZIP file with the files of a folder below another name, and further ones that are no pictures. */
const packed = async (folder: string, name: string, more: readonly string[]): Promise<Uint8Array> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map(async (path) => ({ name: `${name}/${relative(folder, path)}`, input: new Uint8Array(await readFile(path)) }))
  const others = more.map((path) => ({ name: path, input: 'no picture' }))
  return Buffer.from(await new Response(makeZip([...(await Promise.all(files)), ...others])).arrayBuffer())
}
