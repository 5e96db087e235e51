// The image routes: every row of the API's table.

import { describe, expect, it } from 'vitest'
import { imageListSchema, primarySchema, uploadSchema } from '../../../src/http/schemas/images/images.ts'
import { createTestApp, problemOf, type TestApp, uploadTo } from '../../support/app.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { everythingIn } from '../../support/store/here.ts'
import { formOf } from '../../support/upload.ts'

const listOf = async ({ app }: TestApp, path: string) => imageListSchema.parse(await (await app.request(path)).json())

const primaryOf = async (response: Response | Promise<Response>) => primarySchema.parse(await (await response).json())

describe('POST /projects/{project_id}/images', () => {
  it('answers 201 with the image, its variants and their URLs', async () => {
    const { app } = await createTestApp()
    const response = await app.request('/projects/game/images', { method: 'POST', body: formOf(await smallPhoto()) })
    expect(response.status).toBe(201)
    const body: unknown = await response.json()
    const image = uploadSchema.parse(body)
    expect(body, 'no field that the schema does not know').toEqual(image)
    const url = `/projects/game/images/${image.image_id}`
    expect(response.headers.get('location')).toBe(url)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(image).toMatchObject({
      project_id: 'game',
      is_primary: true,
      width: 640,
      height: 480,
      sizes: {
        original: { width: 640, height: 480 },
        medium: { width: 640, height: 480 },
        thumb: { width: 400, height: 300 },
        game: { width: 50, height: 50 },
      },
      urls: {
        original: `${url}?size=original`,
        medium: `${url}?size=medium`,
        thumb: `${url}?size=thumb`,
        game: `${url}?size=game`,
      },
    })
  })

  it('makes only the first image of a project its primary image', async () => {
    const { app } = await createTestApp()
    expect((await uploadTo(app, 'game')).is_primary).toBe(true)
    expect((await uploadTo(app, 'game')).is_primary).toBe(false)
    expect((await uploadTo(app, 'other')).is_primary).toBe(true)
  })

  it('ignores text fields beside the file', async () => {
    const { app } = await createTestApp()
    const body = formOf(await smallPhoto())
    body.set('comment', 'x'.repeat(5000))
    expect((await app.request('/projects/game/images', { method: 'POST', body })).status).toBe(201)
  })
})

describe('GET /projects/{project_id}/images', () => {
  it('lists all images in upload order', async () => {
    const tintype = await createTestApp()
    const first = await uploadTo(tintype.app, 'game')
    const second = await uploadTo(tintype.app, 'game')
    const response = await tintype.app.request('/projects/game/images')
    const body: unknown = await response.json()
    const list = imageListSchema.parse(body)
    expect(body, 'no field that the schema does not know').toEqual(list)
    expect(list).toMatchObject({ project_id: 'game', primary_image_id: first.image_id, revision: 2, next: null })
    const shown = ({ image_id, project_id: _, revision: __, ...image }: typeof first) => ({ id: image_id, ...image })
    expect(list.images).toEqual([shown(first), shown(second)])
  })

  it('pages by limit and after, and names the next page', async () => {
    const tintype = await createTestApp()
    const ids: string[] = []
    for (let n = 0; n < 3; n++) ids.push((await uploadTo(tintype.app, 'game')).image_id)
    const first = await listOf(tintype, '/projects/game/images?limit=2')
    expect(first.images.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    expect(first.next).toMatch(new RegExp(`^/projects/game/images\\?limit=2&after=${ids[1]}[.0-9a-z]*$`))
    const last = await listOf(tintype, first.next ?? '')
    expect(last.images.map(({ id }) => id)).toEqual(ids.slice(2))
    expect(last.next).toBeNull()
    const rest = await listOf(tintype, `/projects/game/images?after=${ids[0]}`)
    expect(rest.images.map(({ id }) => id)).toEqual(ids.slice(1))
  })

  it('continues with the next page after its image was deleted', async () => {
    const tintype = await createTestApp()
    const ids: string[] = []
    for (let n = 0; n < 4; n++) ids.push((await uploadTo(tintype.app, 'game')).image_id)
    const { next } = await listOf(tintype, '/projects/game/images?limit=2')
    for (const id of ids.slice(0, 2)) await tintype.app.request(`/projects/game/images/${id}`, { method: 'DELETE' })
    const page = await listOf(tintype, next ?? '')
    expect(page.images.map(({ id }) => id)).toEqual(ids.slice(2))
  })

  it('has the revision at the start of its ETag, and is answered 304 until the project changes', async () => {
    const { app } = await createTestApp()
    await uploadTo(app, 'game')
    const response = await app.request('/projects/game/images')
    expect(response.headers.get('cache-control')).toBe('no-cache')
    const etag = response.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"1-[\w-]{8}"$/)
    const again = () => app.request('/projects/game/images', { headers: { 'If-None-Match': etag } })
    const unchanged = await again()
    expect([unchanged.status, await unchanged.text()]).toEqual([304, ''])
    await uploadTo(app, 'game')
    expect((await again()).status).toBe(200)
  })

  it('refuses an invalid page, and names the parameter', async () => {
    const { app } = await createTestApp()
    await uploadTo(app, 'game')
    const wrong = {
      limit: ['0', '1001', '-1', '1.5', '', 'ten', '1e2', '0x10', '1&limit=1'],
      after: ['', '../secret', '00000000000000000000'],
    }
    for (const [field, values] of Object.entries(wrong))
      for (const value of values) {
        const problem = await problemOf(app.request(`/projects/game/images?${field}=${value}`))
        expect(problem, `${field}=${value}`).toMatchObject({ status: 400, code: 'invalid_parameter', field })
        expect(problem.detail).toContain(field)
      }
  })

  it('answers 404 for a project that does not exist', async () => {
    const { app } = await createTestApp()
    expect(await problemOf(app.request('/projects/game/images'))).toMatchObject({
      status: 404,
      code: 'project_not_found',
    })
  })
})

describe('DELETE /projects/{project_id}/images/{image_id}', () => {
  it('removes the image; the next one in upload order becomes primary', async () => {
    const tintype = await createTestApp()
    const [first, second, third] = [
      await uploadTo(tintype.app, 'game'),
      await uploadTo(tintype.app, 'game'),
      await uploadTo(tintype.app, 'game'),
    ]
    const path = `/projects/game/images/${first.image_id}`
    const answer = await primaryOf(tintype.app.request(path, { method: 'DELETE' }))
    expect(answer).toEqual({ project_id: 'game', primary_image_id: second.image_id, revision: 4 })
    expect((await listOf(tintype, '/projects/game/images')).images.map(({ id }) => id)).toEqual([
      second.image_id,
      third.image_id,
    ])
    expect(await problemOf(tintype.app.request(path))).toMatchObject({ status: 404, code: 'image_not_found' })
  })

  it('leaves a project without images and without a cover after its last image', async () => {
    const { app } = await createTestApp()
    const { image_id } = await uploadTo(app, 'game')
    const answer = await primaryOf(app.request(`/projects/game/images/${image_id}`, { method: 'DELETE' }))
    expect(answer.primary_image_id).toBeNull()
    expect(await problemOf(app.request('/projects/game/thumbnail'))).toMatchObject({
      status: 404,
      code: 'no_primary_image',
    })
  })

  it('answers 404 the second time', async () => {
    const { app } = await createTestApp()
    const { image_id } = await uploadTo(app, 'game')
    const remove = () => app.request(`/projects/game/images/${image_id}`, { method: 'DELETE' })
    expect((await remove()).status).toBe(200)
    expect(await problemOf(remove())).toMatchObject({ status: 404, code: 'image_not_found' })
  })
})

describe('PUT /projects/{project_id}/primary/{image_id}', () => {
  it('makes the image primary', async () => {
    const tintype = await createTestApp()
    await uploadTo(tintype.app, 'game')
    const second = await uploadTo(tintype.app, 'game')
    const path = `/projects/game/primary/${second.image_id}`
    const answer = await primaryOf(tintype.app.request(path, { method: 'PUT' }))
    expect(answer).toEqual({ project_id: 'game', primary_image_id: second.image_id, revision: 3 })
    const { images } = await listOf(tintype, '/projects/game/images')
    expect(images.map(({ is_primary }) => is_primary)).toEqual([false, true])
  })

  it('answers 404 for an image of another project', async () => {
    const { app } = await createTestApp()
    await uploadTo(app, 'game')
    const { image_id } = await uploadTo(app, 'other')
    expect(await problemOf(app.request(`/projects/game/primary/${image_id}`, { method: 'PUT' }))).toMatchObject({
      status: 404,
      code: 'image_not_found',
    })
  })
})

describe('POST /projects/{project_id}/images/delete', () => {
  const withImages = async (count: number) => {
    const tintype = await createTestApp()
    const ids: string[] = []
    for (let n = 0; n < count; n++) ids.push((await uploadTo(tintype.app, 'game')).image_id)
    const remove = async (body: unknown, headers: Record<string, string> = {}) =>
      tintype.app.request('/projects/game/images/delete', {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'Content-Type': 'application/json', ...headers },
      })
    return { ...tintype, ids, remove }
  }

  it('deletes a selection in one change, with its files, and says how many and which were missing', async () => {
    const { app, ids, remove, storageDir } = await withImages(3)
    const [first = '', second = '', third = ''] = ids
    expect((await app.request(`/projects/game/images/${first}?size=thumb`)).status).toBe(200)
    const none = 'z'.repeat(20)
    const response = await remove({ image_ids: [first, none, second, none, first] })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      project_id: 'game',
      primary_image_id: third,
      revision: 4,
      deleted_images: 2,
      missing: [none],
    })
    for (const id of [first, second])
      expect((await app.request(`/projects/game/images/${id}?size=thumb`)).status).toBe(404)
    expect((await everythingIn(storageDir)).filter((path) => path.includes(first) || path.includes(second))).toEqual([])
    const again = await remove({ image_ids: [first, second] })
    expect(await again.json()).toMatchObject({ revision: 4, deleted_images: 0, missing: [first, second] })
    expect(await (await remove({ image_ids: [third] })).json()).toMatchObject({
      primary_image_id: null,
      deleted_images: 1,
      missing: [],
    })
  })

  it('honours If-Match, and answers 404 for a missing project', async () => {
    const { app, ids, remove } = await withImages(2)
    expect(await problemOf(remove({ image_ids: ids }, { 'If-Match': '"1"' }))).toMatchObject({
      status: 412,
      code: 'precondition_failed',
    })
    expect((await remove({ image_ids: ids }, { 'If-Match': '"2"' })).status).toBe(200)
    await app.request('/projects/game', { method: 'DELETE' })
    expect(await problemOf(remove({ image_ids: ids }))).toMatchObject({ status: 404, code: 'project_not_found' })
  })

  it('takes 1000 ids, and no more, no other form and no empty list', async () => {
    const { ids, remove } = await withImages(1)
    const many = (count: number) => Array.from({ length: count }, (_, n) => String(n).padStart(20, '0'))
    for (const image_ids of [many(1001), [], ['x'], [7], 'x', undefined])
      expect(await problemOf(remove({ image_ids }))).toMatchObject({ status: 400, code: 'invalid_body' })
    expect(await problemOf(remove({ image_ids: ids, more: 1 }))).toMatchObject({ code: 'invalid_body', field: 'more' })
    expect(await (await remove({ image_ids: [...many(999), ...ids] })).json()).toMatchObject({ deleted_images: 1 })
  })
})

it('a deletion of one image says that it was one', async () => {
  const { app } = await createTestApp()
  const { image_id } = await uploadTo(app, 'game')
  const response = await app.request(`/projects/game/images/${image_id}`, { method: 'DELETE' })
  expect(await response.json()).toEqual({
    project_id: 'game',
    primary_image_id: null,
    revision: 2,
    deleted_images: 1,
  })
})
