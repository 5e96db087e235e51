// `tintype import` of pictures in a bucket.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { imageListSchema } from '../../../src/http/schemas/images/images.ts'
import { projectSchema } from '../../../src/http/schemas/projects.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { plainJpeg, sha256Of } from '../../support/pictures/pictures.ts'
import { CEPH_KEYS } from '../../support/processes/ceph.mjs'
import { runCliHere } from '../../support/processes/cli-here.ts'
import { serve } from '../../support/processes/tintype.ts'
import { openBucket } from '../../support/s3/ceph.ts'
import { memoryOptions, startMemoryEngine } from '../../support/s3/engine.ts'

const run = (args: readonly string[], endpoint: string) =>
  runCliHere(args, {
    S3_ENDPOINT: endpoint,
    AWS_ACCESS_KEY_ID: CEPH_KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CEPH_KEYS.secretAccessKey,
  })

const imagesOf = async (url: string, project: string) => {
  const response = await fetch(`${url}/projects/${project}/images?hashes=true`)
  return imageListSchema.parse(await response.json()).images
}

it('sends its pictures once, refuses bad ones, and writes nothing into the bucket', async () => {
  const { url } = await serve(['--storage', await temporaryFolder()])
  const engine = await startMemoryEngine()
  const bucket = openBucket({ ...memoryOptions(engine.endpoint), prefix: 'photos/' })
  const [one, other] = [await plainJpeg(20, 20), await plainJpeg(21, 20)]
  const pictures = { 'a b/ü.jpg': one, 'a b/no-extension': other, 'same.jpg': one }
  for (const [key, content] of Object.entries(pictures)) await bucket.put(key, content)
  await bucket.put('bad.jpg', 'no picture')
  await bucket.put('notes.txt', 'text')
  const before = engine.writes()
  const args = ['import', 's3://pictures/photos', '--project', 'demo', '--url', url]
  const first = await run(args, engine.endpoint)
  expect(first.stdout).toMatch(/^refused {2}bad\.jpg: It is text\/plain; .*\n3 sent, 1 passed over, 1 refused \(/)
  expect([first.code, first.stderr]).toEqual([3, ''])
  const images = await imagesOf(url, 'demo')
  expect(images.map(({ name }) => name).sort()).toEqual(['no-extension', 'same.jpg', 'ü.jpg'])
  expect(images.map(({ sha256 }) => sha256?.upload).sort()).toEqual(Object.values(pictures).map(sha256Of).sort())
  await bucket.put('new.jpg', await plainJpeg(22, 20))
  expect((await run(args, engine.endpoint)).stdout).toContain('\n1 sent, 3 there already, 1 passed over, 1 refused')
  expect(engine.writes()).toBe(before + 1)
})

it('reads back an export that was copied into it', async () => {
  const { url } = await serve(['--storage', await temporaryFolder()])
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(await plainJpeg(20, 20))]), 'one.jpg')
  form.set('alt', 'a picture')
  expect((await fetch(`${url}/projects/from/images`, { method: 'POST', body: form })).status).toBe(201)
  const headers = { 'Content-Type': 'application/json' }
  await fetch(`${url}/projects/from`, { method: 'PATCH', headers, body: '{"title":"Moved"}' })
  const folder = join(await temporaryFolder(), 'exported')
  const engine = await startMemoryEngine()
  expect((await run(['export', 'from', folder, '--url', url], engine.endpoint)).code).toBe(0)
  const bucket = openBucket({ ...memoryOptions(engine.endpoint), prefix: 'backup/' })
  for (const name of await readdir(folder)) await bucket.put(name, await readFile(join(folder, name)))
  const { code, stdout } = await run(
    ['import', 's3://pictures/backup/', '--project', 'to', '--url', url],
    engine.endpoint,
  )
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^1 sent \(/)])
  expect((await imagesOf(url, 'to')).map(({ name, alt }) => [name, alt])).toEqual([['one.jpg', 'a picture']])
  expect(projectSchema.parse(await (await fetch(`${url}/projects/to`)).json()).title).toBe('Moved')
})

it('says in one line what is wrong with the URL, and whether the prefix is empty', async () => {
  const engine = await startMemoryEngine()
  const args = ['--project', 'demo', '--url', 'http://127.0.0.1:9']
  const wrong = await run(['import', 's3://Pictures/a', ...args], engine.endpoint)
  expect([wrong.code, wrong.stdout]).toEqual([1, ''])
  expect(wrong.stderr).toMatch(
    /^tintype: source: expected s3:\/\/bucket or s3:\/\/bucket\/prefix.*, got "s3:\/\/Pictures\/a"\n$/,
  )
  const { url } = await serve(['--storage', await temporaryFolder()])
  const empty = await run(['import', 's3://pictures/none', '--project', 'demo', '--url', url], engine.endpoint)
  expect([empty.code, empty.stdout]).toEqual([0, 'no pictures (0 B).\n'])
})
