// AVIF and HEIC sequences of tracks (ISO/IEC 14496-12), with or without items.

import { box, latin1, type NewItem, newFullBox, u16, u32, writeFile } from '../../../src/image/codecs/isobmff/writer.ts'

export interface Sequence {
  brands: readonly string[]
  /** Coded pictures of the same dimensions, as items. */
  frames: readonly (NewItem & { data: Buffer })[]
  width: number
  height: number
  /** Coded opacity of the first frame. */
  alpha?: NewItem & { data: Buffer }
  isPremultiplied?: boolean
  /** Items of the same file, where it has some. */
  items?: readonly NewItem[]
  /** Whether positions have 64 bits. */
  isLong?: boolean
}

const CONFIGURATIONS = ['av1C', 'hvcC', 'colr']

export const sequenceOf = (sequence: Sequence): Buffer => {
  const { brands, frames, alpha, items } = sequence
  const still = items
    ? writeFile({ brands, items })
    : box('ftyp', latin1(brands[0] ?? ''), u32(0), ...brands.map(latin1))
  const data = [...frames, ...(alpha ? [alpha] : [])].map((frame) => frame.data)
  const movie = (start: number) => movieOf(sequence, start)
  const start = still.length + movie(0).length + 8
  return Buffer.concat([still, movie(start), box('mdat', ...data)])
}

const movieOf = (sequence: Sequence, start: number): Buffer => {
  const { frames, alpha, isPremultiplied = false } = sequence
  const bytes = frames.reduce((sum, { data }) => sum + data.length, 0)
  const sound = box('trak', tkhd(7), mdia('soun', box('mp4a', Buffer.alloc(28)), [1], 0, false))
  const shown = trackOf(
    sequence,
    1,
    'pict',
    frames,
    start,
    isPremultiplied ? box('tref', box('prem', u32(2))) : undefined,
  )
  const opacity = alpha && trackOf(sequence, 2, 'auxv', [alpha], start + bytes, box('tref', box('auxl', u32(1))))
  return box('moov', newFullBox('mvhd', 0, 0, Buffer.alloc(96)), sound, shown, ...(opacity ? [opacity] : []))
}

const trackOf = (
  { width, height, isLong = false }: Sequence,
  id: number,
  handler: string,
  frames: Sequence['frames'],
  start: number,
  reference: Buffer = Buffer.alloc(0),
): Buffer => {
  const [first] = frames
  const configuration = first?.properties?.filter((one) => CONFIGURATIONS.includes(one.toString('latin1', 4, 8))) ?? []
  const entry = box(first?.type ?? '', Buffer.alloc(24), u16(width, height), Buffer.alloc(50), ...configuration)
  const sizes = frames.map(({ data }) => data.length)
  return box('trak', tkhd(id), reference, mdia(handler, entry, sizes, start, isLong))
}

const tkhd = (id: number): Buffer => newFullBox('tkhd', 0, 3, u32(0, 0, id, 0, 0), Buffer.alloc(60))

const mdia = (handler: string, entry: Buffer, sizes: readonly number[], start: number, isLong: boolean): Buffer =>
  box(
    'mdia',
    newFullBox('hdlr', 0, 0, u32(0), latin1(handler), Buffer.alloc(13)),
    box(
      'minf',
      box(
        'stbl',
        newFullBox('stsd', 0, 0, u32(1), entry),
        isLong ? newFullBox('co64', 0, 0, u32(1, 0, start)) : newFullBox('stco', 0, 0, u32(1, start)),
        newFullBox('stsc', 0, 0, u32(1, 1, sizes.length, 1)),
        newFullBox('stsz', 0, 0, u32(0, sizes.length, ...sizes)),
      ),
    ),
  )
