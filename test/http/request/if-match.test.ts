// If-Match on changes of a project: two people do not overwrite each other.

import { describe, expect, it } from 'vitest'
import { createTestApp, problemOf, type TestApp, uploadTo } from '../../support/app.ts'

const patch = ({ app }: TestApp, title: string, ifMatch: string) =>
  app.request('/projects/game', {
    method: 'PATCH',
    body: JSON.stringify({ title }),
    headers: { 'Content-Type': 'application/json', 'If-Match': ifMatch },
  })

const send = ({ app }: TestApp, method: string, path: string, ifMatch: string) =>
  app.request(`/projects/game${path}`, { method, headers: { 'If-Match': ifMatch } })

const etagOf = async ({ app }: TestApp, path = ''): Promise<string> =>
  (await app.request(`/projects/game${path}`)).headers.get('etag') ?? ''

const withImages = async (count = 2) => {
  const tintype = await createTestApp()
  const ids: string[] = []
  for (let n = 0; n < count; n++) ids.push((await uploadTo(tintype.app, 'game')).image_id)
  return { tintype, ids }
}

describe('If-Match on changes of a project', () => {
  it('lets one of two concurrent changes with the same tag through', async () => {
    const { tintype } = await withImages(1)
    const etag = await etagOf(tintype)
    const answers = await Promise.all([patch(tintype, 'one', etag), patch(tintype, 'two', etag)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412])
    const lost = answers.find(({ status }) => status === 412)
    expect(await problemOf(lost ?? fail())).toMatchObject({ code: 'precondition_failed', expected: 2, received: [1] })
  })

  it('accepts the tag in the answer of a change for the next one', async () => {
    const { tintype } = await withImages(1)
    const first = await patch(tintype, 'one', await etagOf(tintype))
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toBe(await etagOf(tintype))
    expect((await patch(tintype, 'two', etag)).status).toBe(200)
    expect((await patch(tintype, 'three', etag)).status).toBe(412)
  })

  it('accepts the tag of the list of images too, with and without presets', async () => {
    const { tintype } = await withImages(1)
    expect((await patch(tintype, 'one', await etagOf(tintype, '/images'))).status).toBe(200)
    const other = await createTestApp({ presets: 'card:w=80' })
    await uploadTo(other.app, 'game')
    const etag = await etagOf(other, '/images')
    expect(etag).toMatch(/^"1-/)
    expect((await patch(other, 'one', etag)).status).toBe(200)
    expect((await patch(other, 'two', etag)).status).toBe(412)
  })

  it('guards the cover, an image and the project', async () => {
    const { tintype, ids } = await withImages(2)
    const old = '"1"'
    for (const [method, path] of [
      ['PUT', `/primary/${ids[1]}`],
      ['DELETE', `/images/${ids[1]}`],
      ['DELETE', ''],
    ] as const) {
      expect((await problemOf(send(tintype, method, path, old))).code, `${method} ${path}`).toBe('precondition_failed')
      expect(await etagOf(tintype)).toMatch(/^"2-/)
    }
    expect((await send(tintype, 'PUT', `/primary/${ids[1]}`, '"2"')).status).toBe(200)
    expect((await send(tintype, 'DELETE', `/images/${ids[1]}`, '"3"')).status).toBe(200)
    expect((await send(tintype, 'DELETE', '', '"4"')).status).toBe(200)
  })

  it.each([
    ['*', 200],
    ['"1"', 200],
    ['"7", "1"', 200],
    ['"1-managed"', 200],
    ['W/"1"', 412],
    ['"2"', 412],
    ['"other"', 412],
    ['"01x"', 412],
    ['""', 412],
    ['1', 400],
    ['"1', 400],
    ['', 400],
    ['"1" "2"', 400],
  ])('of %j is answered %i at revision 1', async (ifMatch, status) => {
    const { tintype } = await withImages(1)
    expect((await patch(tintype, 'new', ifMatch)).status).toBe(status)
  })

  it('names the header that is malformed', async () => {
    const { tintype } = await withImages(1)
    expect(await problemOf(patch(tintype, 'new', 'seven'))).toMatchObject({
      code: 'invalid_parameter',
      field: 'If-Match',
    })
  })

  it('accepts the tag of the image itself for its deletion', async () => {
    const { tintype, ids } = await withImages(2)
    const etag = await etagOf(tintype, `/images/${ids[0]}`)
    await patch(tintype, 'new', '*')
    expect((await send(tintype, 'DELETE', `/images/${ids[1]}`, etag)).status).toBe(412)
    expect((await send(tintype, 'DELETE', `/images/${ids[0]}`, etag)).status).toBe(200)
  })

  it('is answered 404 for what does not exist', async () => {
    const { tintype } = await withImages(1)
    expect((await send(tintype, 'DELETE', `/images/${'z'.repeat(20)}`, '"9"')).status).toBe(404)
    for (const ifMatch of ['*', '"1"']) {
      const answer = await tintype.app.request('/projects/none', { method: 'DELETE', headers: { 'If-Match': ifMatch } })
      expect(answer.status).toBe(404)
    }
  })
})

const fail = (): never => {
  throw new Error('expected a refused change')
}
