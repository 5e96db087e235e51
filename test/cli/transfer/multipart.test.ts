// Forms of uploads, read by the parser of the platform.

import { buffer } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { formBody } from '../../../src/cli/transfer/multipart.ts'

const file = (name: string, text: string, bytes = text.length) => ({
  name,
  bytes,
  async *open() {
    for (const character of text) yield Buffer.from(character)
  },
})

it('a form has its fields, its file and the length that it promises', async () => {
  const body = formBody(file('ünï "1".jpg', 'abc'), { title: 'Über\r\nuns', alt: undefined, tags: '["a"]' })
  const content = await buffer(body.open())
  expect(content.length).toBe(body.bytes)
  const form = await new Response(new Uint8Array(content), { headers: { 'Content-Type': body.contentType } }).formData()
  expect([...form.keys()]).toEqual(['title', 'tags', 'file'])
  expect([form.get('title'), form.get('tags')]).toEqual(['Über\r\nuns', '["a"]'])
  const sent = form.get('file')
  if (!(sent instanceof File)) throw new Error('expected a file')
  expect([sent.name, await sent.text()]).toEqual(['ünï "1".jpg', 'abc'])
})

it.each([2, 4])('a file that has changed its length to 3 from %d fails', async (bytes) => {
  const body = formBody(file('a', 'abc', bytes), {})
  await expect(buffer(body.open())).rejects.toThrow(/^the file has [34] bytes now, it had/)
})
