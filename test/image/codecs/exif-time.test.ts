// The time of a photo in its EXIF data.

import { describe, expect, it } from 'vitest'
import { takenAtOf } from '../../../src/image/codecs/exif-time.ts'

interface Entry {
  tag: number
  /** @default 2, ASCII */
  type?: number
  value: string | number
}

const DATE = 0x9003
const OFFSET = 0x9011
const POINTER = 0x8769

/** A TIFF structure with a main directory that points to an EXIF directory with these entries. */
const exifOf = (entries: readonly Entry[], { isLittle = true, prefix = 'Exif\0\0' } = {}): Buffer => {
  const u16 = (value: number) => {
    const bytes = Buffer.from([value & 0xff, value >> 8])
    return isLittle ? bytes : bytes.reverse()
  }
  const u32 = (value: number) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(value)
    return isLittle ? bytes : bytes.reverse()
  }
  const start = 8 + 2 + 12 + 4
  let free = start + 2 + 12 * entries.length + 4
  const values: Buffer[] = []
  const lines = entries.map(({ tag, type = 2, value }) => {
    if (typeof value === 'number') return Buffer.concat([u16(tag), u16(type), u32(1), u32(value)])
    const text = Buffer.from(value, 'latin1')
    const head = [u16(tag), u16(type), u32(text.length)]
    if (text.length <= 4) return Buffer.concat([...head, text, Buffer.alloc(4 - text.length)])
    values.push(text)
    free += text.length
    return Buffer.concat([...head, u32(free - text.length)])
  })
  return Buffer.concat([
    Buffer.from(prefix, 'latin1'),
    Buffer.from(isLittle ? 'II*\0' : 'MM\0*', 'latin1'),
    ...[u32(8), u16(1), u16(POINTER), u16(4), u32(1), u32(start), u32(0)],
    ...[u16(entries.length), ...lines, u32(0), ...values],
  ])
}

const takenAt = (date: string, offset?: string) =>
  takenAtOf(
    exifOf([
      { tag: DATE, value: `${date}\0` },
      ...(offset === undefined ? [] : [{ tag: OFFSET, value: `${offset}\0` }]),
    ]),
  )

describe('the time of a photo', () => {
  it('is local, with the offset where EXIF has one', () => {
    expect(takenAt('2024:05:06 07:08:09')).toBe('2024-05-06T07:08:09')
    expect(takenAt('2024:05:06 07:08:09', '+02:00')).toBe('2024-05-06T07:08:09+02:00')
    expect(takenAt('2024:05:06 07:08:09', '-09:30')).toBe('2024-05-06T07:08:09-09:30')
    expect(takenAt('2024:02:29 23:59:59', 'Z')).toBe('2024-02-29T23:59:59Z')
  })

  it('is read in both byte orders, with and without the head of an APP1 segment', () => {
    for (const isLittle of [true, false])
      for (const prefix of ['', 'Exif\0\0'])
        expect(takenAtOf(exifOf([{ tag: DATE, value: '2024:05:06 07:08:09\0' }], { isLittle, prefix }))).toBe(
          '2024-05-06T07:08:09',
        )
  })

  it('has other separators in files of some programs', () => {
    for (const date of ['2024-05-06 07:08:09', '2024/05/06 07:08:09', '2024-05-06T07:08:09', '2024:05:06 07:08:09.25'])
      expect(takenAt(date), date).toBe('2024-05-06T07:08:09')
  })

  it.each([
    '0000:00:00 00:00:00',
    '    :  :     :  :  ',
    '2024:13:01 00:00:00',
    '2023:02:29 00:00:00',
    '2024:00:10 00:00:00',
    '2024:05:06 24:00:00',
    '2024:05:06 07:60:00',
    '2024:05:06 07:08:61',
    '1825:12:31 23:59:59',
    '2100:01:01 00:00:00',
    '9999:99:99 99:99:99',
    '2024:05:06',
    'yesterday',
    '',
    '<script>alert(1)</script>',
  ])('is none where EXIF says "%s"', (date) => expect(takenAt(date)).toBeUndefined())

  it.each(['1826:01:01 00:00:00', '2099:12:31 23:59:59'])('may be %s', (date) => {
    expect(takenAt(date)).toBe(date.replace(':', '-').replace(':', '-').replace(' ', 'T'))
  })

  it.each(['+15:00', '+02:60', '+2:00', '02:00', '   :  ', '+02', 'CEST', ''])(
    'has no offset where EXIF says "%s"',
    (offset) => expect(takenAt('2024:05:06 07:08:09', offset)).toBe('2024-05-06T07:08:09'),
  )

  it('is none without a date, or with one of another type', () => {
    expect(takenAtOf(exifOf([]))).toBeUndefined()
    expect(takenAtOf(exifOf([{ tag: OFFSET, value: '+02:00\0' }]))).toBeUndefined()
    expect(takenAtOf(exifOf([{ tag: DATE, type: 7, value: '2024:05:06 07:08:09\0' }]))).toBeUndefined()
    expect(takenAtOf(exifOf([{ tag: DATE, type: 4, value: 7 }]))).toBeUndefined()
  })
})

describe('EXIF data that is damaged or hostile', () => {
  const whole = exifOf([
    { tag: DATE, value: '2024:05:06 07:08:09\0' },
    { tag: OFFSET, value: '+02:00\0' },
  ])

  it('never throws, wherever it is cut', () => {
    for (let length = 0; length <= whole.length; length++)
      expect(takenAtOf(whole.subarray(0, length)) ?? '', String(length)).toMatch(/^$|^2024-05-06T07:08:09/)
  })

  it('never throws, whatever a byte of it is', () => {
    for (let at = 0; at < whole.length; at++)
      for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
        const bytes = Buffer.from(whole)
        bytes[at] = value
        expect(takenAtOf(bytes) ?? '').toMatch(/^$|^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?$/)
      }
  })

  it('of directories that point to each other, and of huge values, is read in one pass', () => {
    const entries = Array.from({ length: 5000 }, (_, n) => ({ tag: n, value: 'x'.repeat(5) }))
    const hostile = exifOf(entries)
    // Every entry claims four billion values.
    for (let entry = 34; entry < hostile.length - 12; entry += 12) hostile.writeUInt32LE(0xffffffff, entry + 4)
    expect(takenAtOf(hostile)).toBeUndefined()
    const loop = exifOf([{ tag: POINTER, type: 4, value: 8 }])
    expect(takenAtOf(loop)).toBeUndefined()
  })

  it('is none where it is something else', () => {
    for (const text of ['', 'Exif\0\0', 'II*\0', 'II+\0\x08\0\0\0', 'no EXIF at all, only a text']) {
      expect(takenAtOf(Buffer.from(text, 'latin1'))).toBeUndefined()
    }
  })
})
