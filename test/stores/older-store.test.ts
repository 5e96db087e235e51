// A store that version 0.1.0 wrote: opened, changed and checked. Its files lie in fixtures/, in base64.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { imageListSchema } from '../../src/http/schemas/images/images.ts'
import { createTestApp, uploadTo } from '../support/app.ts'
import { bearer, post, signedIn } from '../support/auth/sessions.ts'
import { temporaryFolder } from '../support/disk/folder.ts'
import { examineAlone, inShort } from '../support/store/doctor.ts'

const FIXTURE = new URL('./fixtures/store-of-version-0.1.0.json', import.meta.url)
const [FIRST, SECOND] = ['nms4rtuwsi6fllit625r', '1lmmj1o2td5dy7j7krbw']
const ADA = { email: 'ada@example.com', password: 'correct horse battery staple' }

const olderStore = async () => {
  const files = z.record(z.string(), z.string()).parse(JSON.parse(await readFile(FIXTURE, 'utf8')))
  const storageDir = await temporaryFolder()
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(storageDir, dirname(path)), { recursive: true })
    await writeFile(join(storageDir, path), Buffer.from(text, 'base64'))
  }
  // Folders without a file are not in the fixture.
  for (const project of ['!shop', 'mine'])
    await mkdir(join(storageDir, 'projects', project, '.meta', 'runs'), { recursive: true })
  return { storageDir, files }
}

it('a store of version 0.1.0 is intact, is served unchanged, and can be changed', async () => {
  const { storageDir, files } = await olderStore()
  expect(inShort(await examineAlone(storageDir))).toEqual([])

  const { app } = await createTestApp({ storageDir })
  const listed = async () => imageListSchema.parse(await (await app.request('/projects/Shop/images')).json())
  expect((await listed()).images.map(({ id }) => id)).toEqual([FIRST, SECOND])
  expect(await (await app.request('/projects/Shop')).json()).toMatchObject({
    primary_image_id: FIRST,
    title: 'Spring',
  })
  for (const size of ['original', 'medium', 'thumb', 'game']) {
    const answer = await app.request(`/projects/Shop/images/${SECOND}?size=${size}`)
    expect(Buffer.from(await answer.arrayBuffer()).toString('base64')).toBe(
      files[`projects/!shop/${size}/${SECOND}.jpg`],
    )
  }

  for (const { transparent, sizes } of (await listed()).images) {
    expect(transparent).toBe(false)
    expect(sizes).not.toHaveProperty('source')
  }
  const webp = await app.request(`/projects/Shop/images/${SECOND}/thumb.webp`)
  expect(webp.headers.get('content-type')).toBe('image/webp')

  const { access_token } = await signedIn(post(app, '/auth/login', ADA))
  expect((await app.request('/projects/mine')).status).toBe(404)
  expect((await app.request('/projects/mine', { headers: bearer(access_token) })).status).toBe(200)

  const headers = bearer(access_token)
  const { image_id } = await uploadTo(
    { ...app, request: (path, init) => app.request(path, { ...init, headers }) },
    'new',
  )
  expect(image_id).toMatch(/^[a-z0-9]{20}$/)
  expect(inShort(await examineAlone(storageDir))).toEqual([])
})
