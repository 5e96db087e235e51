// Uploads on the wire: streamed to disk, refused while they are still coming, broken off.

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../../src/http/app.ts'
import { createTransformRequestParser } from '../../../src/http/request/transform-request.ts'
import { createAssetService } from '../../../src/services/images/assets.ts'
import type { ImageService } from '../../../src/services/images/images.ts'
import { createVariants } from '../../../src/services/images/variants.ts'
import { createArchives } from '../../../src/services/transfer/archives.ts'
import { createTestApp, listen, problemOf, uploadTo } from '../../support/app.ts'
import { openApp } from '../../support/app-parts.ts'
import { filesIn } from '../../support/disk/folder.ts'
import { plainJpeg } from '../../support/pictures/pictures.ts'
import { chunk, connectRaw, FORM_END, formBody, LAST_CHUNK, partHead, postHead } from '../../support/raw-client.ts'
import { fileStoreFixture, silent } from '../../support/store/file-store.ts'
import { everythingIn } from '../../support/store/here.ts'
import { openProjectService } from '../../support/store/project-service.ts'
import { formOf } from '../../support/upload.ts'

const PATH = '/projects/game/images'
const FILE_PART = partHead({ name: 'file', filename: 'photo.jpg' })
const MEGABYTE = 1_000_000

/** Bytes of all files below a folder, whatever comes and goes meanwhile. */
const bytesBelow = async (folder: string): Promise<number> => {
  const sizes = (await filesIn(folder).catch(() => [])).map((path) => stat(join(folder, path)).catch(() => undefined))
  return (await Promise.all(sizes)).reduce((sum, file) => sum + (file?.size ?? 0), 0)
}

/** A server on a fresh store, and whether the store is as it was. */
const start = async (maxUploadBytes?: number) => {
  const { app, storageDir } = await createTestApp({ maxUploadBytes })
  const { port, url } = await listen(app)
  const before = await everythingIn(storageDir)
  return {
    app,
    port,
    url,
    storageDir,
    isUntouched: async () => isDeepStrictEqual(await everythingIn(storageDir), before),
  }
}

describe('an upload', () => {
  it('is on disk while it arrives, and removed when its client disconnects', async () => {
    const { port, storageDir, isUntouched, app } = await start()
    const client = await connectRaw(port)
    await client.send(postHead(PATH, 10 * MEGABYTE) + FILE_PART)
    await client.send(Buffer.alloc(4 * MEGABYTE))
    await expect.poll(() => bytesBelow(storageDir)).toBeGreaterThan(3 * MEGABYTE)
    client.socket.destroy()
    await expect.poll(isUntouched).toBe(true)
    expect((await uploadTo(app, 'game')).is_primary, 'the next upload is the first of the project').toBe(true)
  })

  it.each([
    ['before its form', ''],
    ['in the head of the part', FILE_PART.slice(0, 40)],
    ['after the file, before the last boundary', `${FILE_PART}bytes`],
  ])('that is aborted %s leaves no file', async (_, beginning) => {
    const { port, isUntouched } = await start()
    const client = await connectRaw(port)
    await client.send(postHead(PATH))
    if (beginning) await client.send(chunk(beginning))
    await expect.poll(isUntouched).toBe(false)
    client.socket.destroy()
    await expect.poll(isUntouched).toBe(true)
  })

  it('that ends without its last boundary is answered, and the connection stays open', async () => {
    const { port } = await start()
    const client = await connectRaw(port)
    const body = `${FILE_PART}bytes`
    await client.send(postHead(PATH, body.length) + body)
    await client.until('"malformed_multipart"')
    await client.send(postHead('/projects/.bad/images', 0))
    await client.until('"invalid_project_id"')
  })

  it('is accepted in chunks of one byte', async () => {
    const { port } = await start()
    const client = await connectRaw(port)
    await client.send(postHead(PATH))
    const body = formBody([{ name: 'file', filename: 'photo.jpg', content: await plainJpeg(16, 16) }])
    for (const byte of body) await client.send(chunk(Buffer.from([byte])))
    await client.send(LAST_CHUNK)
    expect(await client.until('\r\n\r\n')).toContain('HTTP/1.1 201 Created')
  })

  it('is read from the network at the pace of the store', async () => {
    const { store, folder } = await fileStoreFixture()
    let goOn = () => {}
    const paused = new Promise<void>((resolve) => {
      goOn = resolve
    })
    let taken = 0
    const unused = () => Promise.reject(new Error('not used'))
    const images: ImageService = {
      async upload(_, file) {
        for await (const piece of file) {
          if (taken === 0) await paused
          taken += piece.length
        }
        throw new Error('enough')
      },
      uploadAll: unused,
      filesOf: () => {
        throw new Error('not used')
      },
      list: unused,
      edit: unused,
      remove: unused,
      removeAll: unused,
      setPrimary: unused,
    }
    const projects = openProjectService(store, folder)
    const variants = createVariants({ store })
    const renders = {
      find: unused,
      choose: unused,
      focalPoint: unused,
      findCached: () => undefined,
      prefetch: () => {},
      close: unused,
    }
    const transformRequests = createTransformRequestParser({})
    const check = () => store.check()
    const { port } = await listen(
      createApp({
        store,
        images,
        assets: createAssetService({ store, variants }),
        projects,
        archives: createArchives({ store }),
        variants,
        renders,
        transformRequests,
        check,
        version: '1',
        startedAt: 0,
        acceptedTypes: () => ['image/jpeg'],
        maxUploadBytes: 1e9,
        maxBulkFiles: 10,
        maxBulkBytes: 1e9,
        log: silent,
        ...openApp(),
      }),
    )
    const client = await connectRaw(port)
    const total = 60 * MEGABYTE
    client.send(postHead(PATH))
    client.send(chunk(FILE_PART))
    for (let sent = 0; sent < total; sent += MEGABYTE) client.send(chunk(Buffer.alloc(MEGABYTE)))
    client.send(chunk(FORM_END))
    client.send(LAST_CHUNK)
    const unsent = () => client.socket.writableLength
    let before = Number.NaN
    await expect
      .poll(
        () => {
          const stalled = unsent() === before
          before = unsent()
          return stalled
        },
        { interval: 300 },
      )
      .toBe(true)
    expect(unsent(), 'most waits in the client; the rest is in buffers of the kernel').toBeGreaterThan(40 * MEGABYTE)
    goOn()
    await client.until('"internal"')
    expect(taken).toBe(total)
  })
})

describe('an upload that is too large', () => {
  it('is answered from its declared length alone, and the connection is closed gracefully', async () => {
    const { port, isUntouched } = await start(MEGABYTE)
    const client = await connectRaw(port)
    await client.send(postHead(PATH, 500 * MEGABYTE))
    const answer = await client.end
    expect(answer).toContain('HTTP/1.1 413')
    expect(answer).toContain('Connection: close')
    expect(answer).toContain('"upload_too_large"')
    expect(await isUntouched()).toBe(true)
  })

  it('is answered as soon as it exceeds the limit, while the client still sends', async () => {
    const { port, isUntouched } = await start(MEGABYTE)
    const client = await connectRaw(port)
    await client.send(postHead(PATH))
    await client.send(chunk(FILE_PART))
    await client.send(chunk(Buffer.alloc(MEGABYTE)))
    expect(client.received()).toBe('')
    await client.send(chunk('x'))
    await client.until('"upload_too_large"')
    expect(await isUntouched()).toBe(true)
    await client.send(chunk(Buffer.alloc(MEGABYTE)))
    expect(await client.end, 'closed without a reset').toContain('HTTP/1.1 413')
  })

  it('is answered to a client that sends everything before it reads', async () => {
    const { port } = await start(MEGABYTE)
    const client = await connectRaw(port)
    client.socket.pause()
    await client.send(postHead(PATH))
    await client.send(chunk(FILE_PART))
    for (let sent = 0; sent < 80; sent++) await client.send(chunk(Buffer.alloc(MEGABYTE)))
    client.socket.resume()
    expect(await client.end).toContain('"upload_too_large"')
  })

  it('is answered to fetch', async () => {
    const { url } = await start(MEGABYTE)
    const response = fetch(url + PATH, { method: 'POST', body: formOf(Buffer.alloc(40 * MEGABYTE)) })
    expect(await problemOf(response)).toMatchObject({ status: 413, code: 'upload_too_large' })
  })
})

describe('an upload that is refused for another reason', () => {
  it.each([
    ['the project id is invalid', '/projects/.bad/images', '', '"invalid_project_id"'],
    ['the route does not exist', '/projects/game/nothing', '', '"route_not_found"'],
    ['the field is unexpected', PATH, `${partHead({ name: 'photo', filename: 'photo.jpg' })}bytes`, '"wrong_field"'],
  ])('is answered before its body has arrived: %s', async (_, path, beginning, code) => {
    const { port, isUntouched } = await start()
    const client = await connectRaw(port)
    await client.send(postHead(path, 20 * MEGABYTE) + beginning)
    await client.until(code)
    expect(await client.end).toContain('Connection: close')
    expect(await isUntouched()).toBe(true)
  })

  it('leaves the connection open where it had arrived completely', async () => {
    const { port } = await start()
    const client = await connectRaw(port)
    const body = formBody([{ name: 'photo', filename: 'photo.jpg', content: 'x' }]).toString()
    for (let times = 1; times <= 3; times++) {
      await client.send(postHead(PATH, body.length) + body)
      await expect.poll(() => client.received().split('"code":"wrong_field"').length - 1).toBe(times)
    }
    expect(client.received()).not.toContain('Connection: close')
  })
})

describe('a hundred thousand parts', () => {
  it('are refused at the first few', async () => {
    const { port, isUntouched } = await start()
    const client = await connectRaw(port)
    const body = formBody(Array.from({ length: 100_000 }, (_, n) => ({ name: `p${n}`, content: '' })))
    client.send(postHead(PATH, body.length))
    client.send(body)
    expect(await client.end).toContain('"malformed_multipart"')
    expect(await isUntouched()).toBe(true)
  })
})
