// Turns image sequences (AVIF and HEIC with tracks, ISO/IEC 23008-12 section 7) into files of one picture, which every
// decoder reads.

import { type Box, boxesIn, boxOf, failDamaged, fullBox, readerOf } from './boxes.ts'
import { readMeta } from './meta.ts'
import { box, latin1, type NewItem, newFullBox, u32, writeFile } from './writer.ts'

/** Bytes of a sample entry before its boxes: ISO/IEC 14496-12 section 12.1.3, VisualSampleEntry. */
const ENTRY_BYTES = 78

/** Properties that a picture has in its sample entry too. */
const SHARED_PROPERTIES = ['av1C', 'hvcC', 'colr', 'pasp', 'clap', 'pixi', 'clli', 'mdcv']

const ALPHA = 'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha'

/**
 * A file that shows one picture: the primary item where the file has items, else the first frame of its first track. A
 * file that does is returned as it is.
 *
 * @param major brand that it gets: libvips knows some only, and takes the coding from it
 * @throws TintypeError `damaged_image`
 */
export const stillOf = (file: Buffer, major: 'avif' | 'heic'): Buffer => {
  const boxes = boxesIn(file, true)
  const movie = boxOf(boxes, 'moov')
  if (movie?.isCut) failDamaged('the file ends within its tracks')
  if (movie && !readMeta(file)) return firstFrameOf(file, boxesIn(movie.content))
  const type = boxOf(boxes, 'ftyp')
  if (!type || (!movie && type.content.toString('latin1', 0, 4) === major)) return file
  // The positions of everything behind stay the same.
  const still = Buffer.from(file)
  still.write(major, type.start + 8, 'latin1')
  const brands = still.subarray(type.start + 16, type.start + 8 + type.content.length)
  for (let at = 0; at + 4 <= brands.length; at += 4)
    if (at === 0 || SEQUENCE_BRANDS.includes(brands.toString('latin1', at, at + 4))) brands.write('mif1', at, 'latin1')
  if (movie) still.write('free', movie.start + 4, 'latin1')
  return still
}

/** Brands that promise a track. */
const SEQUENCE_BRANDS = ['avis', 'msf1', 'hevc', 'hevx', 'hevm', 'hevs', 'iso8']

interface Track {
  id: number
  /** `pict` or `vide`, `auxv` of opacity. */
  handler: string
  /** Numbers of other tracks by the type of the reference. */
  references: readonly { type: string; to: number }[]
  /** Type of the samples: `av01`, `hvc1`. */
  coding: string
  width: number
  height: number
  /** What describes the samples. */
  properties: readonly Box[]
  /** Position and bytes of the first sample. */
  sample: { at: number; bytes: number }
}

const firstFrameOf = (file: Buffer, movie: readonly Box[]): Buffer => {
  const tracks = movie.filter(({ type }) => type === 'trak').map(({ content }) => readTrack(boxesIn(content)))
  const shown = tracks.find(({ handler, coding }) => handler !== 'auxv' && (coding === 'av01' || coding === 'hvc1'))
  if (!shown) return file
  const alpha = tracks.find(({ handler, references }) => handler === 'auxv' && refersTo(references, 'auxl', shown.id))
  const isPremultiplied = alpha !== undefined && refersTo(shown.references, 'prem', alpha.id)
  const items: NewItem[] = [{ ...itemOf(file, shown), references: isPremultiplied ? { prem: [2] } : {} }]
  if (alpha) {
    const { properties, ...item } = itemOf(file, alpha)
    const description = newFullBox('auxC', 0, 0, latin1(`${ALPHA}\0`))
    items.push({ ...item, properties: [...properties, description], references: { auxl: [1] } })
  }
  return writeFile({ brands: [shown.coding === 'av01' ? 'avif' : 'heic', 'mif1', 'miaf'], items })
}

const refersTo = (references: Track['references'], type: string, id: number): boolean =>
  references.some((reference) => reference.type === type && reference.to === id)

const itemOf = (file: Buffer, { coding, width, height, properties, sample }: Track) => {
  if (sample.at + sample.bytes > file.length) failDamaged('the first frame is not in the file')
  return {
    type: coding,
    properties: [
      newFullBox('ispe', 0, 0, u32(width, height)),
      ...properties.map(({ type, content }) => box(type, content)),
    ],
    data: file.subarray(sample.at, sample.at + sample.bytes),
  }
}

const readTrack = (boxes: readonly Box[]): Track => {
  const header = fullBox(contentOf(boxes, 'tkhd'))
  header.reader.take(header.version === 0 ? 8 : 16)
  const id = header.reader.uint(4)
  const media = boxesIn(contentOf(boxes, 'mdia'))
  const handler = contentOf(media, 'hdlr').toString('latin1', 8, 12)
  const references = boxesIn(boxOf(boxes, 'tref')?.content ?? Buffer.alloc(0)).map(({ type, content }) => ({
    type,
    to: readerOf(content).uint(4),
  }))
  const table = boxesIn(contentOf(boxesIn(contentOf(media, 'minf')), 'stbl'))
  const [entry] = boxesIn(contentOf(table, 'stsd').subarray(8))
  if (!entry) return failDamaged('a track has no description of its samples')
  const fields = readerOf(entry.content)
  // Tracks of sound, for example, have other entries.
  if (entry.type !== 'av01' && entry.type !== 'hvc1')
    return {
      id,
      handler,
      references,
      coding: entry.type,
      width: 0,
      height: 0,
      properties: [],
      sample: { at: 0, bytes: 0 },
    }
  fields.take(24)
  const [width, height] = [fields.uint(2), fields.uint(2)]
  fields.take(ENTRY_BYTES - 28)
  const properties = boxesIn(fields.take(fields.left)).filter(({ type }) => SHARED_PROPERTIES.includes(type))
  return { id, handler, references, coding: entry.type, width, height, properties, sample: firstSampleOf(table) }
}

const firstSampleOf = (table: readonly Box[]): Track['sample'] => {
  const chunks = fullBox(boxOf(table, 'stco')?.content ?? contentOf(table, 'co64')).reader
  if (chunks.uint(4) === 0) failDamaged('a track has no samples')
  const at = chunks.uint(boxOf(table, 'stco') ? 4 : 8)
  const sizes = fullBox(contentOf(table, 'stsz')).reader
  const common = sizes.uint(4)
  if (sizes.uint(4) === 0) failDamaged('a track has no samples')
  return { at, bytes: common === 0 ? sizes.uint(4) : common }
}

const contentOf = (boxes: readonly Box[], type: string): Buffer =>
  boxOf(boxes, type)?.content ?? failDamaged(`a track has no box ${type}`)
