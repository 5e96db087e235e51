// Detects the media type of an upload from its content; its name and declared type are ignored.
//
// Own code instead of the library `file-type`, which parses two hundred formats; a few constants are enough here.

import { TintypeError } from '../../core/errors.ts'
import { acceptedTypes, TYPE_NAMES } from '../accepted.ts'
import type { AcceptedType } from '../encoder.ts'
import { type PrimaryItem, readPrimaryItem } from './isobmff/primary-item.ts'
import { stillOf } from './isobmff/still.ts'

/** Limit on the bytes that are searched for brands, markup and text. */
const TEXT_BYTES = 1024

/** Constant bytes (as Latin-1) by offset; the first type whose marks all match wins. */
const SIGNATURES: readonly { type: string; marks: Record<number, string> }[] = [
  { type: 'image/jpeg', marks: { 0: '\xff\xd8' } },
  { type: 'image/png', marks: { 0: '\x89PNG\r\n\x1a\n' } },
  { type: 'image/webp', marks: { 0: 'RIFF', 8: 'WEBP' } },
  { type: 'image/gif', marks: { 0: 'GIF87a' } },
  { type: 'image/gif', marks: { 0: 'GIF89a' } },
  { type: 'image/x-canon-cr2', marks: { 0: 'II*\0', 8: 'CR' } },
  { type: 'image/tiff', marks: { 0: 'II*\0' } },
  { type: 'image/tiff', marks: { 0: 'MM\0*' } },
  { type: 'image/tiff', marks: { 0: 'II+\0' } },
  { type: 'image/tiff', marks: { 0: 'MM\0+' } },
  { type: 'image/jp2', marks: { 0: '\0\0\0\x0cjP  \r\n\x87\n' } },
  { type: 'image/j2c', marks: { 0: '\xff\x4f\xff\x51' } },
  { type: 'image/jxl', marks: { 0: '\0\0\0\x0cJXL \r\n\x87\n' } },
  { type: 'image/jxl', marks: { 0: '\xff\x0a' } },
  { type: 'image/bmp', marks: { 0: 'BM', 6: '\0\0\0\0' } },
  { type: 'image/vnd.adobe.photoshop', marks: { 0: '8BPS' } },
  { type: 'image/vnd.microsoft.icon', marks: { 0: '\0\0\x01\0' } },
  { type: 'image/qoi', marks: { 0: 'qoif' } },
  { type: 'image/vnd.ms-dds', marks: { 0: 'DDS ' } },
  { type: 'image/x-exr', marks: { 0: 'v/1\x01' } },
  { type: 'image/vnd.radiance', marks: { 0: '#?RADIANCE' } },
  { type: 'image/x-xcf', marks: { 0: 'gimp xcf' } },
  { type: 'image/x-panasonic-rw2', marks: { 0: 'IIU\0' } },
  { type: 'image/x-fuji-raf', marks: { 0: 'FUJIFILMCCD-RAW' } },
  { type: 'application/pdf', marks: { 0: '%PDF-' } },
  { type: 'application/postscript', marks: { 0: '%!PS' } },
  { type: 'application/zip', marks: { 0: 'PK\x03\x04' } },
  { type: 'application/gzip', marks: { 0: '\x1f\x8b' } },
  { type: 'video/webm', marks: { 0: '\x1a\x45\xdf\xa3' } },
]

/**
 * Brands of ISO base media files (ISO/IEC 14496-12, `ftyp`) that contain a picture. They say what a file may contain, not
 * how its pictures are coded: that is read from the primary one.
 */
const BRANDS: readonly { type: string; brand: RegExp }[] = [
  { type: 'image/avif', brand: /^(avi[fs]|MA1[AB])$/ },
  { type: 'image/heic', brand: /^(hei[cxms]|hev[cxms])$/ },
  { type: 'image/heif', brand: /^(mif[12]|msf1|miaf|jpeg|j2ki|avci|unif)$/ },
  { type: 'image/x-canon-cr3', brand: /^crx $/ },
]

/** Types of pictures by the type of the items that hold their pixels. */
const CODINGS: Readonly<Record<string, AcceptedType>> = { av01: 'image/avif', hvc1: 'image/heic' }

/**
 * The accepted type of an upload.
 *
 * @param accepted @default what is installed
 * @throws TintypeError `empty_file`, `not_an_image`, `unsupported_image_type`
 */
export const acceptedTypeOf = (bytes: Buffer, accepted = acceptedTypes()): AcceptedType => {
  if (bytes.length === 0) throw new TintypeError('empty_file', 'Expected an image, the file has 0 bytes.')
  const type = sniff(bytes)
  const found = accepted.find((candidate) => candidate === type)
  if (found) return found
  const codings = type === 'image/heif' ? primaryOf(bytes)?.codings : undefined
  throw refusalOf(type, accepted, codings && `image/heif with pictures of type ${codings.join(', ')}`)
}

/**
 * The refusal of a type that is not accepted.
 *
 * @param type undefined where it is unknown
 * @param name for the message @default the type
 */
export const refusalOf = (type: string | undefined, accepted = acceptedTypes(), name = type): TintypeError => {
  const isImage = type?.startsWith('image/') ?? false
  const names = accepted.map((one) => TYPE_NAMES[one]).join(', ')
  return new TintypeError(
    isImage ? 'unsupported_image_type' : 'not_an_image',
    type === undefined
      ? `Expected an image, the content is of an unknown format; accepted are ${names}.`
      : `It is ${name}; accepted are ${names}.`,
    { details: { received: type ?? null, accepted } },
  )
}

/** The media type, undefined where it is unknown. */
export const sniff = (bytes: Buffer): string | undefined => {
  const type = signatureType(bytes) ?? containerType(bytes) ?? textType(bytes.subarray(0, TEXT_BYTES))
  return type === 'image/tiff' && isCameraRaw(bytes) ? 'image/x-raw' : type
}

const signatureType = (bytes: Buffer): string | undefined =>
  SIGNATURES.find(({ marks }) =>
    Object.entries(marks).every(
      ([at, mark]) => bytes.toString('latin1', Number(at), Number(at) + mark.length) === mark,
    ),
  )?.type

const containerType = (bytes: Buffer): string | undefined => {
  if (bytes.length < 12 || bytes.toString('latin1', 4, 8) !== 'ftyp') return undefined
  // The major brand, the minor version (a number, skipped), then the compatible brands to the end of the box.
  const end = Math.min(bytes.length, bytes.readUInt32BE(0), TEXT_BYTES)
  const brands = [bytes.toString('latin1', 8, 12)]
  for (let at = 16; at + 4 <= end; at += 4) brands.push(bytes.toString('latin1', at, at + 4))
  const type = BRANDS.find(({ brand }) => brands.some((name) => brand.test(name)))?.type ?? 'video/mp4'
  return type === 'image/x-canon-cr3' || type === 'video/mp4' ? type : (codedType(bytes) ?? type)
}

/** The type as the primary picture is coded, undefined where it cannot be found. */
const codedType = (bytes: Buffer): string | undefined => {
  const [coding, ...others] = primaryOf(bytes)?.codings ?? []
  if (coding === undefined) return undefined
  return others.length === 0 && Object.hasOwn(CODINGS, coding) ? CODINGS[coding] : 'image/heif'
}

const primaryOf = (bytes: Buffer): PrimaryItem | undefined => {
  try {
    return readPrimaryItem(bytes) ?? readPrimaryItem(stillOf(bytes, 'avif'))
  } catch {
    // A damaged file is refused when it is decoded.
    return undefined
  }
}

const textType = (head: Buffer): string | undefined => {
  const isUtf16 = /^(\xff\xfe|\xfe\xff)/.test(head.toString('latin1', 0, 2))
  const text = isUtf16 ? head.toString('latin1').replaceAll('\0', '') : head.toString('latin1')
  if (/<svg[\s/>]/i.test(text)) return 'image/svg+xml'
  if (/^\W*<(!doctype html|html|head|body|script)/i.test(text)) return 'text/html'
  if (/^\W*<\?xml/.test(text)) return 'application/xml'
  const hasControls = [...text].some((char) => char < ' ' && !'\t\n\r\f'.includes(char))
  return hasControls ? undefined : 'text/plain'
}

/** TIFF 6.0 NewSubfileType; bit 0 marks a smaller version of another picture in the file. */
const SUBFILE_TYPE = 0x00fe
/** Present in raw files only. */
const DNG_VERSION = 0xc612

const ENTRY_BYTES = 12

/**
 * True for the raw file of a camera: a TIFF file whose first picture is a preview, which as TIFF would be stored at the
 * size of a stamp. Reads the first directory.
 */
const isCameraRaw = (tiff: Buffer): boolean => {
  const isLittle = tiff.toString('latin1', 0, 2) === 'II'
  const short = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const long = (at: number) => (isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at))
  // BigTIFF, which cameras do not write, has another number here.
  if (tiff.length < 8 || short(2) !== 42) return false
  const directory = long(4)
  if (directory + 2 > tiff.length) return false
  const end = Math.min(directory + 2 + short(directory) * ENTRY_BYTES, tiff.length - ENTRY_BYTES + 1)
  for (let entry = directory + 2; entry < end; entry += ENTRY_BYTES) {
    const tag = short(entry)
    if (tag === DNG_VERSION || (tag === SUBFILE_TYPE && (long(entry + 8) & 1) === 1)) return true
  }
  return false
}
