import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createTintype } from '../../../src/index.ts'
import { createTestApp } from '../../support/app.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { freePort } from '../../support/net/ports.mjs'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { silent } from '../../support/store/file-store.ts'
import { formOf } from '../../support/upload.ts'

describe('readiness with a broker that is away', () => {
  it('says so, and accepts uploads as jobs', async () => {
    const { app } = await createTestApp({ queue: `amqp://127.0.0.1:${await freePort()}` })
    const ready = await app.request('/ready')
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ready', read_only: false, queue: 'disconnected' },
    ])
    const headers = { Prefer: 'respond-async' }
    const body = formOf(await smallPhoto())
    const accepted = await app.request('/projects/game/images', { method: 'POST', body, headers })
    expect(accepted.status).toBe(202)
    expect(await accepted.json()).toMatchObject({ state: 'queued' })
  })

  it('says nothing of a broker where the store is read-only or none is set', async () => {
    const url = `amqp://127.0.0.1:${await freePort()}`
    const { storageDir, app } = await createTestApp()
    const readOnly = await createTestApp({ storageDir, readOnly: true, queue: url })
    expect(await (await app.request('/ready')).json()).toEqual({ status: 'ready', read_only: false })
    expect(await (await readOnly.app.request('/ready')).json()).toEqual({ status: 'ready', read_only: true })
  })

  it('refuses a URL that is none of a broker', () => {
    expect(() => createTintype({ queue: 'http://user:hidden@localhost' })).toThrow(
      /^queue: expected the URL of an AMQP broker/,
    )
  })
})

describe('an app that is used before it is ready', () => {
  it('answers its first request once the store is open', async () => {
    const tintype = createTintype({ storageDir: join(await temporaryFolder(), 'storage'), log: silent })
    const response = await tintype.app.request('/ready')
    expect(response.status).toBe(200)
    await tintype.close()
  })

  it('answers 503 where the store could not be opened, without its path', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'file'), '')
    const tintype = createTintype({ storageDir: join(folder, 'file', 'storage'), log: silent })
    const response = await tintype.app.request('/projects')
    expect(response.status).toBe(503)
    const text = await response.text()
    expect(JSON.parse(text)).toMatchObject({ code: 'store_unavailable' })
    expect(text).not.toContain(folder)
    await expect(tintype.ready).rejects.toMatchObject({ code: 'store_unavailable' })
    await tintype.close()
  })
})
