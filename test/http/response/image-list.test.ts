import { Hono } from 'hono'
import { pino } from 'pino'
import { expect, it, vi } from 'vitest'
import type { ImageRecord } from '../../../src/core/project/model.ts'
import type { Env } from '../../../src/http/context.ts'
import { streamedList, wholeList } from '../../../src/http/response/image-list.ts'
import { imageListSchema } from '../../../src/http/schemas/images/images.ts'
import { recordOf } from '../../contracts/store.ts'
import { createTestApp, uploadTo } from '../../support/app.ts'
import { openStoreOf } from '../../support/store/here.ts'

const idOf = (n: number) => String(n).padStart(20, '0')

/** A list of records shown by their id alone, which is enough for the frame around them. */
const listOf = (count: number) => {
  const view = vi.fn(({ id }: ImageRecord): Pick<ImageRecord, 'id'> => ({ id }))
  const images = Array.from({ length: count }, (_, n) => recordOf(idOf(n)))
  return { project: { project_id: 'shop', primary_image_id: null, revision: 7 }, images, view, next: '/next?a="b"' }
}

const streamed = async (list: ReturnType<typeof listOf>): Promise<Response> => {
  const app = new Hono<Env>().get('/', (c) => c.body(streamedList(c, list)))
  return app.request('/')
}

it.each([0, 1, 127, 128, 129, 1000])('a list of %i images is one document, whole or in pieces', async (count) => {
  const list = listOf(count)
  const expected = { ...list.project, images: list.images.map(({ id }) => ({ id })), next: list.next }
  expect(JSON.parse(String(wholeList(list)))).toEqual(expected)
  expect(await (await streamed(list)).json()).toEqual(expected)
})

it('a list of more than 1000 images is not made at once, and no piece of it before it is read', async () => {
  const list = listOf(1001)
  expect(wholeList(list)).toBeUndefined()
  const reader = (await streamed(list)).body?.getReader()
  expect(list.view).not.toHaveBeenCalled()
  await reader?.read()
  await reader?.read()
  expect(list.view).toHaveBeenCalledTimes(128)
  await reader?.cancel()
  expect(list.view).toHaveBeenCalledTimes(128)
})

it('a long list is complete, and its bytes are counted in its line of the log', async () => {
  const lines: Record<string, unknown>[] = []
  const log = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) })
  const { app, storageDir } = await createTestApp({ log })
  const { image_id: first } = await uploadTo(app, 'shop')
  const store = await openStoreOf(storageDir)
  const ids = Array.from({ length: 1000 }, (_, n) => idOf(n))
  await Promise.all(ids.map((id) => store.commit('shop', { type: 'add_image', image: recordOf(id) })))

  const response = await app.request('/projects/shop/images')
  const text = await response.text()
  const { images, next } = imageListSchema.parse(JSON.parse(text))
  expect(images.map(({ id }) => id)).toEqual([first, ...ids])
  expect(next).toBeNull()
  expect(lines.at(-1)).toMatchObject({ method: 'GET', status: 200, bytes: text.length })

  const head = await app.request('/projects/shop/images', { method: 'HEAD' })
  expect(head.status).toBe(200)
  expect(lines.at(-1)).toMatchObject({ method: 'HEAD', bytes: 0 })
})
