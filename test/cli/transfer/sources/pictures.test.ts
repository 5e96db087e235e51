// Which files are pictures.

import { expect, it } from 'vitest'
import { isHidden, isPicture, withoutExtension } from '../../../../src/cli/transfer/sources/pictures.ts'
import { smallPhoto } from '../../../support/pictures/pictures.ts'

const containing = (content: Buffer) =>
  async function* () {
    yield content
  }

const unread = () => {
  throw new Error('not to be read')
}

it.each(['a.jpg', 'A.JPEG', 'a.b.png', 'a.heic', 'a.TIF'])('%s is a picture by its name', async (name) => {
  expect(await isPicture(name, unread)).toBe(true)
})

it.each([
  ['a photo', async () => smallPhoto(), true],
  ['text', async () => Buffer.from('hello'), false],
  ['a PDF file', async () => Buffer.from('%PDF-1.7'), false],
  ['nothing', async () => Buffer.alloc(0), false],
])('a file without an extension that has %s', async (_, content, expected) => {
  expect(await isPicture('IMG_1', containing(await content()))).toBe(expected)
})

it.each([
  ['.a.jpg', true],
  ['__MACOSX', true],
  ['a.jpg', false],
])('%s is hidden: %s', (name, expected) => {
  expect(isHidden(name)).toBe(expected)
})

it.each([
  ['ui/ok.png', 'ui/ok'],
  ['v1.2/ok', 'v1.2/ok'],
  ['a.b.jpg', 'a.b'],
  ['ui/.jpg', 'ui/.jpg'],
])('%s is %s without its extension', (path, expected) => {
  expect(withoutExtension(path)).toBe(expected)
})
