// Manifests of servers: paths of files, and what a hostile server cannot name.

import { expect, it } from 'vitest'
import { readManifest } from '../../../../src/cli/transfer/pull/remote-manifest.ts'

const ID = '0123456789abcdefghij'

const file = (id = ID) => ({ url: `/projects/p/images/${id}/original.png`, width: 1, height: 1, sha256: null })

const read = (files: unknown, all = false) => {
  const text = JSON.stringify({ revision: 1, files })
  const remote = { send: async () => ({ ok: true as const, text }) }
  return readManifest(remote, { name: 'p', size: 'original', format: 'png', all })
}

it('gives each asset a path that every file system takes', async () => {
  const other = ID.replace('0', 'z')
  const files = JSON.parse(
    `{"ui/ok":${JSON.stringify(file())},".x/con":${JSON.stringify(file(other))},"__proto__":${JSON.stringify(file(ID.replace('0', 'y')))}}`,
  )
  const manifest = await read(files)
  expect(manifest.files.map(({ name, path }) => [name, path])).toEqual([
    ['ui/ok', 'ui/ok.png'],
    ['.x/con', '_x/_con.png'],
    ['__proto__', '__proto__.png'],
  ])
})

it('makes no folder in place of the files of a pull', async () => {
  const names = ['manifest.json/x', 'atlas.json/x']
  const files = Object.fromEntries(names.map((name, at) => [name, file(ID.replace('0', String(at + 1)))]))
  expect((await read(files)).files.map(({ name, path }) => [name, path])).toEqual([
    ['manifest.json/x', '_manifest.json/x.png'],
    ['atlas.json/x', '_atlas.json/x.png'],
  ])
})

it('has images without a name only where they are wanted', async () => {
  expect((await read({ [ID]: file() })).files).toEqual([])
  expect((await read({ [ID]: file() }, true)).files).toMatchObject([{ name: ID, path: `${ID}.png`, contentId: ID }])
})

it.each([
  ['a path that leads upwards', { '../x': file() }],
  ['an absolute path', { '/etc/x': file() }],
  ['a drive', { 'c:\\x': file() }],
  ['a part of dots', { 'a/../../x': file() }],
  ['an empty name', { '': file() }],
  ['an image id that leads upwards', { x: { ...file(), url: '/projects/p/images/../../../../etc/x.png' } }],
  ['no hash', { x: { ...file(), sha256: 'abc' } }],
  ['no object', 'files'],
])('refuses %s', async (_, files) => {
  await expect(read(files, true)).rejects.toThrow('expected the answer of a Tintype server')
})
