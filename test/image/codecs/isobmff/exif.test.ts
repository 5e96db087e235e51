import { expect, it } from 'vitest'
import { exifOf } from '../../../../src/image/codecs/isobmff/exif.ts'
import { latin1, type NewItem, u32 } from '../../../../src/image/codecs/isobmff/writer.ts'
import { heifFile, ispe } from '../../../support/pictures/heif.ts'

const PICTURE: NewItem = { type: 'av01', properties: [ispe(4, 4)], data: latin1('pixels') }

const exifItem = (text: string, options: { distance?: number; of?: number } = {}): NewItem => {
  const { distance = 6, of = 1 } = options
  return { type: 'Exif', data: Buffer.concat([u32(distance), latin1(`Exif\0\0${text}`)]), references: { cdsc: [of] } }
}

it('finds the data behind its distance', () => {
  expect(String(exifOf(heifFile({ items: [PICTURE, exifItem('MM\0*')] })))).toBe('MM\0*')
  expect(String(exifOf(heifFile({ items: [PICTURE, exifItem('MM\0*', { distance: 0 })] })))).toBe('Exif\0\0MM\0*')
})

it('prefers the data of the primary picture', () => {
  const items = [PICTURE, PICTURE, exifItem('other', { of: 1 }), exifItem('own', { of: 2 })]
  expect(String(exifOf(heifFile({ items, primary: 2 })))).toBe('own')
})

it('finds none in a file without it, in an empty item, and none that is longer than a mebibyte', () => {
  expect(exifOf(heifFile({ items: [PICTURE] }))).toBeUndefined()
  expect(exifOf(heifFile({ items: [PICTURE, { type: 'Exif', data: latin1('abc') }] }))).toBeUndefined()
  const longest = 2 ** 20 - 10
  expect(exifOf(heifFile({ items: [PICTURE, exifItem('x'.repeat(longest))] }))).toHaveLength(longest)
  expect(exifOf(heifFile({ items: [PICTURE, exifItem('x'.repeat(longest + 1))] }))).toBeUndefined()
})

it('is empty where the distance leads out of the item', () => {
  expect(exifOf(heifFile({ items: [PICTURE, exifItem('MM\0*', { distance: 0xffffffff })] }))).toHaveLength(0)
})
