import { describe, expect, it } from 'vitest'
import { readPrimaryItem } from '../../../../src/image/codecs/isobmff/primary-item.ts'
import {
  box,
  newFullBox as fullBox,
  latin1,
  type NewItem,
  u8,
  u16,
  u32,
} from '../../../../src/image/codecs/isobmff/writer.ts'
import { ALPHA, auxC, gridOf, heifFile, irot, ispe, itemOf, nclx, prof } from '../../../support/pictures/heif.ts'
import { photoAs, plain } from '../../../support/pictures/pictures.ts'
import { makeProfile } from '../../../support/pictures/profiles.ts'

/** Configuration of 8 bit colour. */
const av1C = (flags = 0x0c) => box('av1C', u8(0x81, 0, flags, 0))
const hvcC = (chroma: number, depth: number) => box('hvcC', Buffer.alloc(16), u8(0xfc | chroma, 0xf8 | (depth - 8), 0))

const item = (width: number, height: number, ...more: Buffer[]): NewItem => ({
  type: 'av01',
  properties: [ispe(width, height), av1C(), ...more],
})

const tiles = (count: number, width: number, height: number) => Array.from({ length: count }, () => item(width, height))

const grid = (columns: number, rows: number, width: number, height: number, ...more: Buffer[]): NewItem => ({
  type: 'grid',
  properties: [ispe(width, height), ...more],
  data: gridOf(columns, rows, width, height),
  references: { dimg: Array.from({ length: columns * rows }, (_, index) => index + 2) },
})

const read = (...items: NewItem[]) => readPrimaryItem(heifFile({ items }))
const damaged = expect.objectContaining({ code: 'damaged_image' })

describe('the primary picture', () => {
  it('is read from a real AVIF file', async () => {
    const picture = await photoAs({ width: 60, height: 40 })
    expect(readPrimaryItem(await picture.avif({ effort: 0 }).toBuffer())).toMatchObject({
      type: 'av01',
      codings: ['av01'],
      width: 60,
      height: 40,
      shown: { width: 60, height: 40 },
      decodedPixels: 2400,
      depth: 8,
      isGrey: false,
    })
  })

  it('is the one that the file names, not the first', () => {
    const file = heifFile({ primary: 2, items: [item(40, 30), item(80, 60), item(8, 6)] })
    expect(readPrimaryItem(file)).toMatchObject({ id: 2, width: 80, height: 60 })
  })

  it('is not there in a file without items', () => {
    expect(readPrimaryItem(box('ftyp', latin1('avis'), u32(0)))).toBeUndefined()
    expect(readPrimaryItem(Buffer.concat([box('ftyp'), fullBox('meta', 0, 0, box('free'))]))).toBeUndefined()
  })

  it('has the dimensions that are shown', () => {
    const clap = (width: number, height: number) => box('clap', u32(width, 1, height, 1, 0, 1, 0, 1))
    expect(read(item(80, 60, irot(0)))?.shown).toEqual({ width: 80, height: 60 })
    expect(read(item(80, 60, irot(1)))?.shown).toEqual({ width: 60, height: 80 })
    expect(read(item(80, 60, irot(2)))?.shown).toEqual({ width: 80, height: 60 })
    expect(read(item(80, 60, irot(3)))).toMatchObject({ width: 80, height: 60, shown: { width: 60, height: 80 } })
    expect(read(item(80, 60, clap(70, 20), irot(1)))?.shown).toEqual({ width: 20, height: 70 })
    expect(() => read(item(80, 60, box('clap', u32(70, 0, 20, 1, 0, 1, 0, 1))))).toThrow(damaged)
  })

  it('has its colour', () => {
    const profile = makeProfile()
    expect(read(item(8, 8))).not.toHaveProperty('nclx')
    expect(read(item(8, 8, nclx(12, 13, 6)))).toMatchObject({
      nclx: { primaries: 12, transfer: 13, matrix: 6, isFullRange: true },
    })
    expect(read(item(8, 8, nclx(1, 2, 5, false)))?.nclx).toMatchObject({ matrix: 5, isFullRange: false })
    expect(read(item(8, 8, nclx(12, 13, 6), prof(profile)))).toMatchObject({ icc: profile, nclx: { matrix: 6 } })
    expect(read(item(8, 8, box('colr', latin1('rICC'), profile)))).toMatchObject({ icc: profile })
    expect(() => read(item(8, 8, box('colr', latin1('nclx'), u16(1, 13))))).toThrow(damaged)
  })

  it.each([
    [8, false, av1C(0x0c)],
    [10, false, av1C(0x4c)],
    [12, false, av1C(0x6c)],
    [10, true, av1C(0x5c)],
    [8, false, hvcC(1, 8)],
    [10, false, hvcC(1, 10)],
    [8, true, hvcC(0, 8)],
  ])('has %i bits of grey (%s)', (depth, isGrey, configuration) => {
    expect(read({ type: 'av01', properties: [ispe(8, 8), configuration] })).toMatchObject({ depth, isGrey })
  })

  it('has its opacity, premultiplied or not', () => {
    const alpha = { ...item(8, 8, auxC(ALPHA)), references: { auxl: [1] } }
    const premultiplied = { ...item(8, 8), references: { prem: [2] } }
    expect(read(item(8, 8), alpha)?.alpha).toEqual({ isPremultiplied: false })
    expect(read(item(8, 8), { ...alpha, properties: [ispe(8, 8), auxC('urn:mpeg:hevc:2015:auxid:1')] })?.alpha).toEqual(
      {
        isPremultiplied: false,
      },
    )
    expect(read(premultiplied, alpha)?.alpha).toEqual({ isPremultiplied: true })
    expect(
      read(item(8, 8), { ...item(8, 8, auxC('urn:com:apple:photo:2020:aux:hdrgainmap')), references: { auxl: [1] } }),
    ).not.toHaveProperty('alpha')
    expect(read(item(8, 8), item(8, 8), { ...alpha, references: { auxl: [2] } })).not.toHaveProperty('alpha')
  })

  it('has at least the pixels of its opacity', () => {
    const alpha = { ...item(900, 700, auxC(ALPHA)), references: { auxl: [1] } }
    expect(read(item(8, 8), alpha)).toMatchObject({ width: 8, decodedPixels: 630_000 })
  })
})

describe('a grid', () => {
  it('has its own dimensions, and the coding, colour and depth of its tiles', () => {
    const tile = { type: 'hvc1', properties: [ispe(64, 64), hvcC(1, 10), nclx(12, 13, 6)] }
    expect(read(grid(2, 2, 100, 120), tile, tile, tile, tile)).toMatchObject({
      type: 'grid',
      codings: ['hvc1'],
      width: 100,
      height: 120,
      decodedPixels: 4 * 64 * 64,
      depth: 10,
      nclx: { primaries: 12 },
    })
    expect(read(grid(1, 1, 64, 64, nclx(1, 13, 6)), tile)?.nclx).toMatchObject({ primaries: 1 })
    expect(read(grid(2, 1, 128, 64), tile, item(64, 64))?.codings).toEqual(['hvc1', 'av01'])
  })

  it.each([
    ['has too few tiles', [grid(2, 2, 100, 100), ...tiles(3, 50, 50)]],
    ['refers to a tile that is not there', [{ ...grid(2, 1, 100, 50), references: { dimg: [2, 9] } }, item(50, 50)]],
    ['has tiles of different dimensions', [grid(2, 1, 100, 50), item(50, 50), item(50, 40)]],
    ['is larger than its tiles', [grid(2, 1, 101, 50), ...tiles(2, 50, 50)]],
    ['has a tile that is not needed', [grid(2, 1, 50, 50), ...tiles(2, 50, 50)]],
    ['says two dimensions', [{ ...grid(1, 1, 50, 50), properties: [ispe(40, 50)] }, item(50, 50)]],
    ['has no description', [{ ...grid(1, 1, 50, 50), data: u8(0) }, item(50, 50)]],
    ['has no sources', [{ ...grid(1, 1, 50, 50), references: {} }, item(50, 50)]],
    ['is a tile of itself', [{ ...grid(1, 1, 50, 50), references: { dimg: [1] } }]],
    ['is a tile of its tile', [grid(1, 1, 50, 50), { ...grid(1, 1, 50, 50), references: { dimg: [1] } }]],
  ] satisfies [string, NewItem[]][])('is damaged where it %s', (_, items) => {
    expect(() => read(...items)).toThrow(damaged)
  })

  it('has the pixels of all its sources, however often they are used', () => {
    // Eight layers, each made from 30 times the one before it: 30^8 pictures of 4 pixels.
    const layer = (to: number): NewItem => ({
      type: 'iovl',
      properties: [ispe(2, 2)],
      references: { dimg: Array.from({ length: 30 }, () => to) },
    })
    const layers = Array.from({ length: 8 }, (_, index) => layer(index + 2))
    expect(read(...layers, item(2, 2))).toMatchObject({ codings: ['av01'], decodedPixels: 4 * 30 ** 8 })
  })
})

describe('a hostile file', () => {
  it.each([
    ['no such primary picture', heifFile({ primary: 2, items: [item(8, 8)] })],
    ['no dimensions', heifFile({ items: [{ type: 'av01', properties: [av1C()] }] })],
    ['no pixels', heifFile({ items: [item(0, 8)] })],
    [
      'too many items',
      heifFile({ items: tiles(1, 8, 8).concat(Array.from({ length: 1000 }, () => ({ type: 'Exif' }))) }),
    ],
    ['too many boxes', Buffer.alloc(8 * 5000, box('free'))],
  ])('is damaged where it has %s', (_, file) => {
    expect(() => readPrimaryItem(file)).toThrow(damaged)
  })

  it('is not read further than it reaches, wherever it is cut', () => {
    const file = heifFile({ items: [grid(2, 2, 100, 100, nclx(1, 13, 6), irot(1)), ...tiles(4, 50, 50)] })
    const end = file.indexOf('mdat') - 4
    for (let cut = 0; cut < end; cut++) {
      const readCut = () => readPrimaryItem(file.subarray(0, cut))
      if (file.subarray(0, cut).includes('meta')) expect(readCut).toThrow(damaged)
      else expect(readCut()).toBeUndefined()
    }
  })

  it('never fails in another way, whatever byte of its metadata is changed', async () => {
    const coded = itemOf(await plain(50, 50).avif({ effort: 0 }).toBuffer())
    const sound = heifFile({ items: [grid(2, 2, 100, 100, nclx(1, 13, 6)), coded, coded, coded, coded] })
    for (let at = 0; at < sound.indexOf('mdat'); at++)
      for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
        const file = Buffer.from(sound)
        file[at] = value
        try {
          readPrimaryItem(file)
        } catch (error) {
          expect(error).toEqual(damaged)
        }
      }
  })

  it('cannot make its reader count to billions', () => {
    // 65535 items with 65535 extents of no bytes each.
    const iloc = fullBox('iloc', 0, 0, u16(0, 65_535), Buffer.alloc(65_535 * 6, u16(7, 0, 65_535)))
    const meta = fullBox('meta', 0, 0, fullBox('pitm', 0, 0, u16(1)), fullBox('iinf', 0, 0, u16(0)), iloc)
    expect(() => readPrimaryItem(meta)).toThrow(damaged)
    const entries = Buffer.alloc(1_100_000)
    const ipma = fullBox('ipma', 0, 0, u32(4_000_000_000), entries)
    const more = fullBox('meta', 0, 0, fullBox('pitm', 0, 0, u16(1)), fullBox('iinf', 0, 0, u16(0)), box('iprp', ipma))
    expect(() => readPrimaryItem(more)).toThrow(damaged)
  })
})
