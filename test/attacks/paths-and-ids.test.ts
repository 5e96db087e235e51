// Paths and ids that try to get out of the store, or into a project that is not meant.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { KEYS } from '../support/attacks/attacked-server.ts'
import { askRaw, leaksOf } from '../support/attacks/raw.ts'
import { keyHeader } from '../support/attacks/target.ts'
import { describeAttacks } from '../support/attacks/under-attack.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { formOf } from '../support/upload.ts'

const ADMIN = keyHeader(KEYS.admin)

const IDS = {
  'a parent folder': '..',
  'a parent folder, encoded': '%2e%2e',
  'a parent folder, encoded twice': '%252e%252e',
  'a parent folder, with a slash': '..%2f..%2fbeside',
  'a parent folder, with a backslash': '..%5c..%5cbeside',
  'a parent folder, in overlong UTF-8': '%c0%ae%c0%ae%c0%af',
  'a parent folder, in full-width letters': '%ef%bc%8e%ef%bc%8e',
  'an absolute path': '%2fetc%2fpasswd',
  'a NUL': 'open%00',
  'a NUL and an extension': 'open%00.jpg',
  'a line break': 'open%0d%0aX-Evil:%201',
  'a folder of the store': '.accounts',
  'another folder of the store': '.tmp',
  'the name of a folder on disk': '!open',
  'a homoglyph (Cyrillic o)': '%d0%bepen',
  'a homoglyph (full width)': '%ef%bd%8fpen',
  'a combining mark': 'ope%cc%81n',
  'a zero-width space': 'op%e2%80%8ben',
  'a right-to-left mark': '%e2%80%aeopen',
  'invalid UTF-8': 'open%ff',
  'half a surrogate pair': 'open%ed%a0%80',
  'an alternate data stream of NTFS': 'open:stream',
  'a wildcard': '*',
  'a tilde': '~root',
  'a shell command': '$(id)',
  'a space at the end': 'open%20',
  '65 characters': 'a'.repeat(65),
  '8,000 characters': 'a'.repeat(8000),
} as const

const routesFor = (id: string) =>
  [
    ['GET', `/projects/${id}`],
    ['PATCH', `/projects/${id}`],
    ['DELETE', `/projects/${id}`],
    ['GET', `/projects/${id}/images`],
    ['POST', `/projects/${id}/images`],
    ['GET', `/projects/${id}/thumbnail`],
    ['GET', `/projects/${id}/cover.jpg`],
    ['GET', `/projects/${id}/images/00000000000000000000/render?w=10`],
    ['DELETE', `/projects/${id}/images/00000000000000000000`],
    ['PUT', `/projects/${id}/primary/00000000000000000000`],
  ] as const

describeAttacks('paths and ids', (attacked) => {
  const projects = () => readdir(join(attacked().target.storageDir, 'projects'))

  it.each(Object.entries(IDS))('%s is no project id, even for an admin', async (_, id) => {
    const { port } = attacked().target
    for (const [method, path] of routesFor(id)) {
      const { status, text } = await askRaw(port, method, path, ADMIN)
      expect([400, 404], `${method} ${path.slice(0, 100)}: ${text.slice(0, 300)}`).toContain(status)
      expect([leaksOf(text.replaceAll(id, '')), text.includes('\nX-Evil')], text).toEqual([[], false])
    }
    expect((await projects()).filter((name) => !['open', 'closed', 'honest'].includes(name))).toEqual([])
  })

  it.each(Object.entries(IDS))('%s is no image id', async (_, id) => {
    const { port, storageDir } = attacked().target
    const before = await readdir(join(storageDir, 'projects', 'open'), { recursive: true })
    for (const [method, path] of [
      ['GET', `/projects/open/images/${id}`],
      ['GET', `/projects/open/images/${id}?size=thumb`],
      ['GET', `/projects/open/images/${id}/thumb.jpg`],
      ['GET', `/projects/open/images/${id}/render?preset=a`],
      ['DELETE', `/projects/open/images/${id}`],
      ['PUT', `/projects/open/primary/${id}`],
    ] as const) {
      const { status, text } = await askRaw(port, method, path, ADMIN)
      expect([400, 403, 404, 405], `${method} ${path.slice(0, 100)}: ${text.slice(0, 300)}`).toContain(status)
      expect(leaksOf(text.replaceAll(id, '')), text).toEqual([])
    }
    expect((await readdir(join(storageDir, 'projects', 'open'), { recursive: true })).sort()).toEqual(before.sort())
  })

  it('size names and file names reach no other file', async () => {
    const { port, open } = attacked().target
    const names = [
      'meta',
      '../meta.json',
      '..%2f..%2fmeta.json',
      'thumb.jpg%00',
      'thumb.jpg/..',
      'thumb.jpg.jpg',
      '.jpg',
    ]
    for (const name of [...names, 'constructor', '__proto__', 'toString', 'original/../../meta.json']) {
      for (const path of [`${open}?size=${name}`, `${open}/${name}`, `${open}/${name}.jpg`]) {
        const { status, text } = await askRaw(port, 'GET', `/projects/open/images/${path}`, ADMIN)
        expect([400, 404], `${path}: ${text.slice(0, 300)}`).toContain(status)
        expect(leaksOf(text), text).toEqual([])
      }
    }
  })

  it('an id in other case is another project, also on a case-insensitive file system', async () => {
    const { ask } = attacked().target
    const headers = keyHeader(KEYS.writer)
    expect((await ask('/projects/Open/images', { headers })).status).toBe(404)
    const body = formOf(await smallPhoto())
    expect((await ask('/projects/OPEN/images', { method: 'POST', headers, body })).status).toBe(201)
    expect(await projects()).toContain('!o!p!e!n')
    const folders = (await projects()).map((name) => name.toLowerCase())
    expect(new Set(folders).size).toBe(folders.length)
    expect((await ask('/projects/OPEN', { method: 'DELETE', headers: ADMIN })).status).toBe(200)
    expect((await ask('/projects/open/images')).status).toBe(200)
  })

  it('a private project is answered to principals without access as an absent one, byte for byte, on every route', async () => {
    const { port, closed } = attacked().target
    const answers = async (id: string, image: string) => {
      const paths = routesFor(id).map(([method, path]) => [method, path.replace(/0{20}/, image)] as const)
      const more = [['GET', `/projects/${id}/images/${image}`] as const]
      return Promise.all(
        [...paths, ...more].map(async ([method, path]) => {
          const { text } = await askRaw(port, method, path)
          return text
            .replaceAll(id, 'ID')
            .replaceAll(image, 'IMAGE')
            .replace(/^(date|x-request-id|content-length):.*$/gim, '')
        }),
      )
    }
    expect(await answers('closed', closed)).toEqual(await answers('absent', '1'.repeat(20)))
  })

  it('invalid request targets and oversized headers get a response or a closed connection', async () => {
    const { port } = attacked().target
    for (const path of [
      'http://127.0.0.1:1/etc',
      '//evil.example/etc',
      '*',
      'projects',
      '/%',
      '/%zz',
      `/${'a/'.repeat(7000)}`,
    ]) {
      const { status, text } = await askRaw(port, 'GET', path)
      expect([400, 404], `${path.slice(0, 50)}: ${text.slice(0, 300)}`).toContain(status)
      expect(leaksOf(text)).toEqual([])
    }
    expect((await askRaw(port, 'GET', `/${'a'.repeat(20_000)}`)).status).toBe(431)
    expect((await askRaw(port, 'GET', '/health', { 'X-Large': 'a'.repeat(20_000) })).status).toBe(431)
  })
})
