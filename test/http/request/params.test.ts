// Parameters of requests: accepted values from both sides of each limit, and the texts of refusals.

import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { TintypeError } from '../../../src/core/errors.ts'
import type { Context, Env } from '../../../src/http/context.ts'
import {
  chosenFormatsOf,
  dedupeOf,
  fileNameOf,
  idempotencyKeyOf,
  imageIdOf,
  limitOf,
  projectIdOf,
  sizeOf,
} from '../../../src/http/request/params.ts'

/** The parsed value of a request, or the message of its refusal. */
const parse = async (read: (c: Context) => unknown, route: string, path: string, headers = {}) => {
  let result: unknown
  const app = new Hono<Env>()
  app.get(route, (c) => {
    try {
      result = read(c)
    } catch (error) {
      if (!(error instanceof TintypeError)) throw error
      result = `${error.code}: ${error.message}`
    }
    return c.text('')
  })
  expect((await app.request(path, { headers })).status).toBe(200)
  return result
}

const query = (read: (c: Context) => unknown, text: string, headers = {}) => parse(read, '/', `/?${text}`, headers)

describe('ids in the path', () => {
  it('a project id has up to 64 characters and no dot at the start', async () => {
    const read = (id: string) => parse(projectIdOf, '/:project_id', `/${id}`)
    for (const id of ['a', '_.-Z9', 'a'.repeat(64)]) expect(await read(id)).toBe(id)
    const rule = '1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start'
    for (const id of ['.a', 'a'.repeat(65)])
      expect(await read(id)).toBe(`invalid_project_id: Expected a project id of ${rule}, received "${id}".`)
  })

  it('a long value is clipped in the refusal', async () => {
    expect(await parse(projectIdOf, '/:project_id', `/${'a'.repeat(81)}`)).toMatch(/received "a{80}…"\.$/)
    expect(await parse(projectIdOf, '/:project_id', `/${'a'.repeat(80)}`)).toMatch(/received "a{80}"\.$/)
  })

  it('an invalid image id is answered as a missing image', async () => {
    const read = (id: string) => parse((c) => imageIdOf(c, 'game'), '/:image_id', `/${id}`)
    const id = '0'.repeat(20)
    expect(await read(id)).toBe(id)
    for (const wrong of [id.slice(1), `${id}0`, 'A'.repeat(20)])
      expect(await read(wrong)).toBe(`image_not_found: There is no image "${wrong}" in project "game".`)
  })
})

describe('file names in the path', () => {
  const read = (file: string) => parse(fileNameOf, '/:file', `/${file}`)

  it('select the format by their extension', async () => {
    expect(await read('thumb.jpg')).toEqual({ name: 'thumb', format: 'jpeg' })
    expect(await read('thumb.webp')).toEqual({ name: 'thumb', format: 'webp' })
    expect(await read('cover.avif')).toEqual({ name: 'cover', format: 'avif' })
    expect(await read('cover.png')).toEqual({ name: 'cover', format: 'png' })
  })

  it('are refused with another extension, none or two', async () => {
    for (const file of ['thumb.gif', 'thumb.jpeg', 'thumb', 'thumb.jpg.jpg', 'thumb.constructor', 'thumb.JPG'])
      expect(await read(file)).toBe(`route_not_found: There is no file "${file}" of an image.`)
  })
})

describe('query parameters', () => {
  it('limit is a whole number from 1 to 1000', async () => {
    expect(await query(limitOf, '')).toBeUndefined()
    expect(await query(limitOf, 'limit=1')).toBe(1)
    expect(await query(limitOf, 'limit=1000')).toBe(1000)
    for (const value of ['0', '1001', '1.5', '-1', '', '1e2', '00001'])
      expect(await query(limitOf, `limit=${value}`)).toBe(
        `invalid_parameter: limit: expected a whole number from 1 to 1000, received "${value}".`,
      )
  })

  it('size is one of four names, with a default of the route', async () => {
    expect(await query(sizeOf, '')).toBe('original')
    expect(await query((c) => sizeOf(c, 'thumb'), '')).toBe('thumb')
    expect(await query(sizeOf, 'size=game')).toBe('game')
    expect(await query(sizeOf, 'size=huge')).toBe(
      'invalid_parameter: size: expected one of original, medium, thumb, game, received "huge".',
    )
  })

  it('format is JPEG by default, and negotiated by Accept only as auto', async () => {
    const headers = { accept: 'image/webp' }
    const both = (format: string) => ({ opaque: format, transparent: format })
    expect(await query(chosenFormatsOf, '', headers)).toEqual(both('jpeg'))
    expect(await query(chosenFormatsOf, 'format=avif', headers)).toEqual(both('avif'))
    expect(await query(chosenFormatsOf, 'format=png', headers)).toEqual(both('png'))
    expect(await query(chosenFormatsOf, 'format=jpg', headers)).toEqual(both('jpeg'))
    expect(await query(chosenFormatsOf, 'format=auto', headers)).toEqual(both('webp'))
    expect(await query(chosenFormatsOf, 'format=auto')).toEqual({ opaque: 'jpeg', transparent: 'png' })
    expect(await query(chosenFormatsOf, 'format=gif')).toMatch(
      /^invalid_parameter: format: expected .*received "gif"\.$/,
    )
  })

  it('dedupe is true or false', async () => {
    expect(await query(dedupeOf, '')).toBe(false)
    expect(await query(dedupeOf, 'dedupe=true')).toBe(true)
    expect(await query(dedupeOf, 'dedupe=false')).toBe(false)
    for (const value of ['1', 'TRUE', ''])
      expect(await query(dedupeOf, `dedupe=${value}`)).toBe(
        `invalid_parameter: dedupe: expected true or false, received "${value}".`,
      )
  })

  it('are refused when repeated, even with equal values', async () => {
    expect(await query(limitOf, 'limit=5&limit=5')).toBe('invalid_parameter: limit: expected it once, received "5, 5".')
  })
})

describe('Idempotency-Key', () => {
  const read = (key: string) => query(idempotencyKeyOf, '', { 'Idempotency-Key': key })

  it('has 1 to 255 printable ASCII characters', async () => {
    expect(await query(idempotencyKeyOf, '')).toBeUndefined()
    for (const key of ['!', 'a b~', 'k'.repeat(255)]) expect(await read(key)).toBe(key)
    for (const key of ['', 'k'.repeat(256), 'é'])
      expect(await read(key)).toMatch(
        /^invalid_parameter: Idempotency-Key: expected 1 to 255 printable ASCII characters, received "/,
      )
  })
})
