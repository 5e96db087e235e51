// JSON bodies: types, limits and encodings, and refusals that repeat no secrets.

import { z } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { TintypeError } from '../../../src/core/errors.ts'
import type { Env } from '../../../src/http/context.ts'
import { parseBody, QUOTED, readJson } from '../../../src/http/request/json-body.ts'

const MAX_BYTES = 20

const refusal = (error: unknown) => {
  if (!(error instanceof TintypeError)) throw error
  return `${error.code}: ${error.message}`
}

/** The parsed body of a request, or the message of its refusal. */
const read = async (
  body: string | Uint8Array<ArrayBuffer> | ReadableStream,
  headers: Record<string, string> = { 'Content-Type': 'application/json' },
) => {
  let result: unknown
  const app = new Hono<Env>()
  app.post('/', async (c) => {
    result = await readJson(c, MAX_BYTES).catch(refusal)
    return c.text('')
  })
  await app.request('/', { method: 'POST', body, headers, ...{ duplex: 'half' } })
  return result
}

/** A body in two chunks, without a declared length. */
const inChunks = (one: string, two: string) =>
  new ReadableStream({
    start(controller) {
      for (const text of [one, two]) controller.enqueue(new TextEncoder().encode(text))
      controller.close()
    },
  })

const ofBytes = (bytes: number) => JSON.stringify('a'.repeat(bytes - 2))

describe('reading a JSON body', () => {
  it('accepts application/json, with parameters and as a suffix', async () => {
    for (const type of ['application/json', 'Application/JSON; charset=utf-8', 'application/merge-patch+json'])
      expect(await read('{"a":1}', { 'Content-Type': type })).toEqual({ a: 1 })
  })

  it('refuses other types, and names them', async () => {
    for (const type of ['text/plain', 'application/jsonp', 'text/json'])
      expect(await read('{}', { 'Content-Type': type })).toBe(
        `invalid_body: Expected a body of type application/json, received ${type}.`,
      )
    expect(await read(new TextEncoder().encode('{}'), {})).toBe(
      'invalid_body: Expected a body of type application/json, received none.',
    )
  })

  it('accepts a body of the largest size, and refuses one more byte', async () => {
    expect(await read(ofBytes(MAX_BYTES))).toBe('a'.repeat(MAX_BYTES - 2))
    expect(await read(ofBytes(MAX_BYTES + 1))).toBe('upload_too_large: Expected a body of at most 20 bytes.')
  })

  it('counts the bytes of a body without a declared length', async () => {
    const text = ofBytes(MAX_BYTES)
    expect(await read(inChunks(text.slice(0, 9), text.slice(9)))).toBe('a'.repeat(MAX_BYTES - 2))
    expect(await read(inChunks(text, ' '))).toBe('upload_too_large: Expected a body of at most 20 bytes.')
  })

  it('refuses a declared length over the limit without reading', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': String(MAX_BYTES + 1) }
    expect(await read('{}', headers)).toBe('upload_too_large: Expected a body of at most 20 bytes.')
    expect(await read('{}', { ...headers, 'Content-Length': String(MAX_BYTES) })).toEqual({})
  })

  it('refuses an empty body, text that is no JSON and bytes that are no UTF-8', async () => {
    expect(await read('')).toBe('invalid_body: Expected a JSON object, received an empty body.')
    expect(await read('{')).toMatch(/^invalid_body: Expected JSON in UTF-8: .+\.$/)
    expect(await read(new Uint8Array([0x22, 0xff, 0x22]))).toMatch(/^invalid_body: Expected JSON in UTF-8: .+\.$/)
  })
})

describe('parsing a JSON body', () => {
  const schema = z.strictObject({
    name: z.string(),
    password: z.string().min(8, 'at least 8 characters').optional(),
    role: z.enum(['reader', 'editor']).optional(),
    isOn: z.boolean().optional(),
    site: z
      .string()
      .refine((text) => text.startsWith('https:'), { error: 'an https URL', params: QUOTED })
      .optional(),
    nested: z.object({ a: z.string() }).optional(),
  })

  const parse = (body: unknown) => {
    try {
      return parseBody(schema, body)
    } catch (error) {
      return refusal(error)
    }
  }

  it('returns a valid body', () => {
    expect(parse({ name: 'Bo', role: 'reader' })).toEqual({ name: 'Bo', role: 'reader' })
  })

  it('never repeats a text that can be a secret', () => {
    expect(parse({ name: 'Bo', password: 'secret' })).toBe(
      'invalid_body: password: expected at least 8 characters, received a text of 6 characters.',
    )
    expect(parse({ name: 'Bo', password: '' })).toBe(
      'invalid_body: password: expected at least 8 characters, received an empty text.',
    )
  })

  it('repeats a text that stands for one of several words, or whose check is marked', () => {
    expect(parse({ name: 'Bo', role: 'boss' })).toBe(
      'invalid_body: role: expected one of reader, editor, received "boss".',
    )
    expect(parse({ name: 'Bo', site: 'http:' })).toBe('invalid_body: site: expected an https URL, received "http:".')
  })

  it('names the accepted fields where one is unknown', () => {
    expect(parse({ name: 'Bo', nmae: 1 })).toBe(
      'invalid_body: body: expected one of name, password, role, isOn, site, nested, received "nmae".',
    )
  })

  it.each([
    [undefined, 'nothing'],
    [null, 'null'],
    [true, 'true'],
    [3, 'a number'],
    [[1], 'an array'],
    [{}, 'an empty object'],
    [{ b: 1, c: 2 }, 'an object with b, c'],
  ])('describes the received value %j by its type', (name, description) => {
    expect(parse({ name })).toBe(`invalid_body: name: expected a text, received ${description}.`)
  })

  it('describes a body that is no object, and a nested field by its path', () => {
    expect(parse([1])).toBe('invalid_body: body: expected an object, received an array.')
    expect(parse({ name: 'Bo', isOn: 'yes' })).toBe(
      'invalid_body: isOn: expected true or false, received a text of 3 characters.',
    )
    expect(parse({ name: 'Bo', nested: { a: 1 } })).toBe('invalid_body: nested.a: expected a text, received a number.')
  })
})
