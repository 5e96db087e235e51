// What an image is called and says: edited by PATCH.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { editedImageSchema, imageListSchema } from '../../../src/http/schemas/images/images.ts'
import { createTestApp, problemOf, type TestApp, uploadTo } from '../../support/app.ts'
import { itInFolder } from '../../support/store/here.ts'

const edit = ({ app }: TestApp, id: string, body: unknown, headers: Record<string, string> = {}) =>
  app.request(`/projects/game/images/${id}`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

const edited = async (response: Response | Promise<Response>) => {
  const answer = await response
  expect(answer.status).toBe(200)
  return editedImageSchema.parse(await answer.json())
}

const withImage = async () => {
  const tintype = await createTestApp()
  const { image_id } = await uploadTo(tintype.app, 'game')
  return { tintype, id: image_id }
}

const listed = async ({ app }: TestApp) =>
  imageListSchema.parse(await (await app.request('/projects/game/images')).json()).images

const DETAILS = {
  name: 'harbour.jpg',
  title: 'Der Hafen',
  alt: 'Boote',
  tags: ['boats', 'dawn'],
  focal_point: { x: 0.3, y: 0.6 },
}

describe('PATCH /projects/{project_id}/images/{image_id}', () => {
  itInFolder('files', 'sets details, and answers the image as the list and meta.json show it', async () => {
    const { tintype, id } = await withImage()
    const response = await edit(tintype, id, DETAILS)
    expect(response.headers.get('etag')).toMatch(/^"2-/)
    const { project_id, revision, ...image } = await edited(response)
    expect([project_id, revision]).toEqual(['game', 2])
    expect(image).toMatchObject({ id, ...DETAILS, is_primary: true, width: 640 })
    expect(await listed(tintype)).toEqual([image])
    const path = join(tintype.storageDir, 'projects/game/meta.json')
    await expect.poll(async () => JSON.parse(await readFile(path, 'utf8')).images[0]).toMatchObject({ id, ...DETAILS })
  })

  it('changes the given members alone, and removes by null', async () => {
    const { tintype, id } = await withImage()
    await edited(edit(tintype, id, DETAILS))
    expect(await edited(edit(tintype, id, { title: null, tags: ['night'] }))).toMatchObject({
      ...DETAILS,
      title: null,
      tags: ['night'],
    })
    const nothing = { name: null, alt: null, tags: null, focal_point: null }
    expect(await edited(edit(tintype, id, nothing))).toMatchObject({ ...nothing, tags: [] })
  })

  it('is one revision, and none where nothing changes', async () => {
    const { tintype, id } = await withImage()
    expect((await edited(edit(tintype, id, { title: 'A' }))).revision).toBe(2)
    expect((await edited(edit(tintype, id, { title: ' A ' }))).revision).toBe(2)
  })

  it.each([
    [{ titel: 'x' }, 'titel', 'one of name, title, alt, tags, focal_point'],
    [{}, undefined, 'one or more of name, title, alt, tags, focal_point'],
    [{ title: 7 }, 'title', 'a text of at most 200 characters'],
    [{ title: 'x'.repeat(201) }, 'title', 'a text of at most 200 characters'],
    [{ alt: 'x'.repeat(2001) }, 'alt', 'a text of at most 2000 characters'],
    [{ tags: 'a' }, 'tags', 'at most 50 tags'],
    [{ tags: Array(51).fill('a') }, 'tags', 'at most 50 tags'],
    [{ tags: ['a', 'b,c'] }, 'tags.1', 'tags of 1 to 100 characters without commas and control characters'],
    [{ focal_point: { x: 2, y: 0 } }, 'focal_point.x', 'x and y, each a number from 0 to 1'],
    [{ focal_point: { x: 0, y: 0, z: 0 } }, 'focal_point', 'x and y, each a number from 0 to 1'],
    [{ id: 'x' }, 'id', 'one of name, title, alt, tags, focal_point'],
  ])('refuses %j, and names the field', async (body, field, expected) => {
    const { tintype, id } = await withImage()
    const problem = await problemOf(edit(tintype, id, body))
    expect(problem).toMatchObject({ status: 400, code: 'invalid_body', expected, ...(field && { field }) })
    expect((await listed(tintype))[0]).toMatchObject({ title: null, tags: [] })
  })

  it('refuses `__proto__`, no JSON, and a body that is too large', async () => {
    const { tintype, id } = await withImage()
    expect((await problemOf(edit(tintype, id, '{"__proto__":{"title":"x"}}'))).code).toBe('invalid_body')
    expect((await problemOf(edit(tintype, id, '{'))).code).toBe('invalid_body')
    expect((await problemOf(edit(tintype, id, { alt: 'x'.repeat(200_000) }))).code).toBe('upload_too_large')
    const most = {
      alt: '\ud83c\udf88'.repeat(2000),
      tags: Array.from({ length: 50 }, (_, n) => `${n}`.padEnd(100, '字')),
    }
    const escaped = JSON.stringify(most).replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`)
    expect(await edited(edit(tintype, id, escaped)), 'everything at its limit, in escapes').toMatchObject(most)
  })

  it('is applied to the revision of If-Match, or where it names the image', async () => {
    const { tintype, id } = await withImage()
    const tag = (await tintype.app.request(`/projects/game/images/${id}`)).headers.get('etag') ?? ''
    await edited(edit(tintype, id, { title: 'A' }, { 'If-Match': '"1"' }))
    expect((await problemOf(edit(tintype, id, { title: 'B' }, { 'If-Match': '"1"' }))).code).toBe('precondition_failed')
    expect((await edited(edit(tintype, id, { title: 'B' }, { 'If-Match': tag }))).title).toBe('B')
  })

  it('is 404 for an image and a project that do not exist', async () => {
    const { tintype } = await withImage()
    expect((await problemOf(edit(tintype, 'z'.repeat(20), { title: 'x' }))).code).toBe('image_not_found')
    expect((await problemOf(edit(tintype, 'no-id', { title: 'x' }))).code).toBe('image_not_found')
    const other = await createTestApp()
    expect((await problemOf(edit(other, 'z'.repeat(20), { title: 'x' }))).code).toBe('project_not_found')
  })

  it('answers what looks like HTML as data that the browser does not interpret', async () => {
    const { tintype, id } = await withImage()
    const title = '"><script>alert(1)</script>\u2028</style>'
    const response = await edit(tintype, id, { title })
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect((await edited(response)).title).toBe(title)
  })
})
