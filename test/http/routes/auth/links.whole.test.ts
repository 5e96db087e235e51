// Routes of share links: create, list, revoke, open.

import { describe, expect, it } from 'vitest'
import { linkListSchema, openedLinkSchema } from '../../../../src/http/schemas/links.ts'
import { projectSchema } from '../../../../src/http/schemas/projects.ts'
import { createLogger } from '../../../../src/telemetry/logger.ts'
import { problemOf } from '../../../support/app.ts'
import { ADMIN, createAccessApp, createCast, keyOf, WRITER } from '../../../support/auth/access.ts'
import { guestOf, inSeconds, makeLink, openLink, plantLink } from '../../../support/auth/links.ts'

const create = async (options: Parameters<typeof createAccessApp>[0] = {}) => {
  const app = await createAccessApp(options)
  const { image_id: image } = await app.upload(keyOf(ADMIN), 'shop')
  await app.ask(keyOf(ADMIN), 'PATCH', '/projects/shop', { visibility: 'private', title: 'The shop' })
  return { ...app, image }
}

describe('a new link', () => {
  it('is shown once with its address, and listed without it until it is revoked', async () => {
    const api = await create()
    const made = await makeLink(api, keyOf(WRITER), 'shop', { upload: true, download: false })
    const { url, ...listed } = made
    expect(url).toMatch(/^\/s\/ttl_[0-9a-z]{24}_[\w-]{43}$/)
    expect(listed).toMatchObject({ project_id: 'shop', image_id: null, upload: true, download: false })
    const second = await makeLink(api, keyOf(WRITER), 'shop')
    expect(second).toMatchObject({ upload: false, download: true })
    const links = async () => {
      const answer = await api.ask(keyOf(WRITER), 'GET', '/projects/shop/links')
      expect(answer.headers.get('cache-control')).toBe('no-store')
      return linkListSchema.parse(await answer.json()).links.map(({ id }) => id)
    }
    expect(await links()).toEqual([made.id, second.id])
    const revoke = (id: string) => api.ask(keyOf(WRITER), 'DELETE', `/projects/shop/links/${id}`)
    expect((await revoke(made.id)).status).toBe(204)
    expect(await links()).toEqual([second.id])
    expect((await problemOf(revoke(made.id))).code).toBe('link_not_found')
    expect((await problemOf(revoke('..'))).code).toBe('route_not_found')
    expect((await problemOf(revoke('x'))).code).toBe('link_not_found')
    await api.upload(keyOf(ADMIN), 'other')
    expect((await problemOf(api.ask(keyOf(ADMIN), 'DELETE', `/projects/other/links/${second.id}`))).code).toBe(
      'link_not_found',
    )
  })

  it('is for callers that may change the project, which has to exist', async () => {
    const cast = await createCast()
    const statuses: Record<string, number[]> = {}
    for (const [name, who] of Object.entries(cast.people)) {
      const made = await cast.ask(who, 'POST', '/projects/closed/links', { expires: inSeconds(3600) })
      statuses[name] = [made.status, (await cast.ask(who, 'GET', '/projects/closed/links')).status]
    }
    expect(statuses).toEqual({
      anonymous: [401, 401],
      admin: [201, 200],
      writer: [201, 200],
      reader: [403, 403],
      owner: [201, 200],
      editor: [201, 200],
      viewer: [403, 403],
      stranger: [404, 404],
    })
    for (const method of ['POST', 'GET']) {
      const body = method === 'POST' ? { expires: inSeconds(3600) } : undefined
      expect((await cast.ask(keyOf(ADMIN), method, '/projects/absent/links', body)).status).toBe(404)
    }
  })

  it.each([
    ['expires', {}],
    ['expires', { expires: 'tomorrow' }],
    ['expires', { expires: inSeconds(55) }],
    ['expires', { expires: inSeconds(366 * 86_400 + 60) }],
    ['expires', { expires: '2026-05-04' }],
    ['upload', { upload: 'yes' }],
    ['download', { download: null }],
    ['image_id', { image_id: 'x' }],
    ['upload', { image_id: '0'.repeat(20), upload: true }],
    ['size', { size: 'thumb' }],
  ])('is refused for a wrong %s', async (field, body) => {
    const api = await create()
    const sent = field === 'expires' ? body : { expires: inSeconds(3600), ...body }
    const problem = await problemOf(api.ask(keyOf(ADMIN), 'POST', '/projects/shop/links', sent))
    expect(problem).toMatchObject({ code: 'invalid_body', field })
  })

  it('may last from a minute to a year, and shows an image that exists', async () => {
    const api = await create()
    for (const expires of [inSeconds(65), inSeconds(366 * 86_400 - 5)])
      expect((await makeLink(api, keyOf(ADMIN), 'shop', { expires })).expires).toBe(expires)
    const absent = { expires: inSeconds(3600), image_id: '0'.repeat(20) }
    expect((await problemOf(api.ask(keyOf(ADMIN), 'POST', '/projects/shop/links', absent))).code).toBe(
      'image_not_found',
    )
  })

  it('is the hundredth at most, of those that are valid', async () => {
    const api = await create()
    await plantLink(api, keyOf(ADMIN), 'shop', { expires_at: inSeconds(-1) })
    for (let count = 0; count < 99; count++) await plantLink(api, keyOf(ADMIN), 'shop')
    const { id } = await makeLink(api, keyOf(ADMIN), 'shop')
    const more = () => api.ask(keyOf(ADMIN), 'POST', '/projects/shop/links', { expires: inSeconds(3600) })
    expect((await problemOf(more())).code).toBe('too_many_links')
    await api.ask(keyOf(ADMIN), 'DELETE', `/projects/shop/links/${id}`)
    expect((await more()).status).toBe(201)
  })
})

describe('an open link', () => {
  it('sets a cookie of its project that scripts cannot read, and says what it leads to', async () => {
    const api = await create()
    const { url, id } = await makeLink(api, keyOf(ADMIN), 'shop')
    const answer = await api.ask({}, 'GET', url)
    expect(openedLinkSchema.parse(await answer.json())).toMatchObject({ id, title: 'The shop', image_id: null })
    expect([answer.headers.get('cache-control'), answer.headers.get('vary')]).toEqual(['no-store', 'Accept'])
    const [cookie = '', ...others] = answer.headers.getSetCookie()
    expect(others).toEqual([])
    expect(cookie).toMatch(
      new RegExp(`^tintype_link_${id}=[\\w-]{43}; Max-Age=3[56]\\d\\d; Path=/projects/shop; HttpOnly; SameSite=Lax$`),
    )
    const secure = await api.app.request(`https://shop.example${url}`)
    expect(secure.headers.get('set-cookie')).toMatch(/; Secure/)
  })

  it('of one image says what is known of it, and its cookie is sent for this image alone', async () => {
    const api = await create()
    const { url } = await makeLink(api, keyOf(ADMIN), 'shop', { image_id: api.image })
    const answer = await api.ask({}, 'GET', url)
    expect(openedLinkSchema.parse(await answer.json())).toMatchObject({ image: { id: api.image } })
    expect(answer.headers.get('set-cookie')).toContain(`; Path=/projects/shop/images/${api.image};`)
    await api.ask(keyOf(ADMIN), 'DELETE', `/projects/shop/images/${api.image}`)
    expect((await problemOf(api.ask({}, 'GET', url))).code).toBe('link_not_found')
  })

  it.each([false, true])('leads browsers to the page of the project or the picture (gallery: %s)', async (gallery) => {
    const api = await create({ basePath: '/media/', gallery })
    const open = async (body: Record<string, unknown> = {}) => {
      const { url } = await makeLink(api, keyOf(ADMIN), 'shop', body)
      expect(url).toMatch(/^\/media\/s\//)
      const answer = await api.ask({ Accept: 'text/html,*/*;q=0.8' }, 'GET', url.slice('/media'.length))
      expect([answer.status, answer.headers.get('referrer-policy')]).toEqual([302, 'no-referrer'])
      expect(answer.headers.get('set-cookie')).toMatch(/; Path=\/media\/projects\/shop[;/]/)
      return answer.headers.get('location')
    }
    const picture = `/media/projects/shop/images/${api.image}?size=`
    const page = gallery ? '/media/g/shop' : '/media/projects/shop'
    expect(await open()).toBe(page)
    // The page of a private project shows nothing to the holder of a link to one image.
    expect(await open({ image_id: api.image })).toBe(`${picture}original`)
    expect(await open({ image_id: api.image, download: false })).toBe(`${picture}medium`)
    await api.ask(keyOf(ADMIN), 'PATCH', '/projects/shop', { visibility: 'public' })
    expect(await open()).toBe(page)
    expect(await open({ image_id: api.image })).toBe(gallery ? `${page}?image=${api.image}` : `${picture}original`)
  })

  it('is shown with the project to its holder, privately, under a tag of its own', async () => {
    const api = await create()
    const guest = await guestOf(api, keyOf(ADMIN), 'shop', { upload: true })
    const read = (who: Record<string, string>) => api.ask(who, 'GET', '/projects/shop')
    const answer = await read(guest)
    expect(projectSchema.parse(await answer.json()).link).toMatchObject({ upload: true, download: true })
    expect(answer.headers.get('cache-control')).toBe('private, no-cache')
    expect(answer.headers.get('etag')).not.toBe((await read(keyOf(ADMIN))).headers.get('etag'))
    expect(projectSchema.parse(await (await read(keyOf(ADMIN))).json()).link).toBeUndefined()
    const image = await api.ask(guest, 'GET', `/projects/shop/images/${api.image}/thumb.jpg`)
    expect(image.headers.get('cache-control')).toMatch(/^private, max-age=3[56]\d\d$/)
  })
})

describe('a link that has ended', () => {
  it('is answered alike whatever ended it, and browsers get a page without a cookie', async () => {
    const api = await create()
    const { url, id } = await makeLink(api, keyOf(ADMIN), 'shop')
    await api.ask(keyOf(ADMIN), 'DELETE', `/projects/shop/links/${id}`)
    const texts = new Set<string>()
    for (const path of [url, '/s/x', `/s/ttl_${'0'.repeat(24)}_${'A'.repeat(43)}`, `${url}%0a`]) {
      const { response, code, detail } = await problemOf(api.ask({}, 'GET', path))
      expect([code, response.status, response.headers.get('set-cookie')]).toEqual(['link_not_found', 404, null])
      texts.add(detail)
      const page = await api.ask({ Accept: 'text/html' }, 'GET', path)
      expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
      expect(page.headers.get('set-cookie')).toBeNull()
      expect(await page.text()).toContain('This link has ended')
    }
    expect(texts.size).toBe(1)
  })
})

describe('the token of a link', () => {
  it('is in no line of the log, however its address is spelt', async () => {
    const lines: string[] = []
    const log = createLogger({ level: 'trace', destination: { write: (line) => void lines.push(line) } })
    const api = await create({ log })
    const { url } = await makeLink(api, keyOf(ADMIN), 'shop')
    const token = url.slice(3)
    await openLink(api, url)
    const spellings = [
      `/%73/${token}`,
      `/s/%74tl${token.slice(3)}`,
      `/s/${token}/`,
      `/s/${token}/more?x=1`,
      `/s%2f${token}`,
      `/media/s/${token}`,
      `//s/${token}`,
    ]
    for (const path of spellings) for (const method of ['GET', 'POST']) await api.ask({}, method, path)
    expect(lines.filter((line) => line.includes('/s/…')).length).toBeGreaterThanOrEqual(2 * spellings.length)
    expect(lines.filter((line) => line.includes(token.slice(-43)))).toEqual([])
    // An id is no token.
    lines.length = 0
    await api.ask({}, 'GET', '/projects/s/images')
    expect(lines.some((line) => line.includes('/projects/s/images'))).toBe(true)
  })
})
