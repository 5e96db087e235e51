// Tells sound uploads in a layout that cannot be decoded from damaged ones, before they are decoded.

import { assertKnownJpeg } from '../../codecs/jpeg-frame.ts'
import { readTiffDirectory, type TiffDirectory } from '../../codecs/tiff/directory.ts'
import { assertKnownTiff } from '../../codecs/tiff/known.ts'
import { unsupportedLayout } from '../../codecs/unsupported.ts'
import type { AcceptedType } from '../../encoder.ts'

/**
 * Reads as much of a header as the decoder would not tell apart from damage.
 *
 * @returns the directory of a TIFF file
 * @throws TintypeError `unsupported_image_layout`, `damaged_image`
 */
export const readLayout = (bytes: Buffer, type: AcceptedType): TiffDirectory | undefined => {
  if (type === 'image/jpeg') assertKnownJpeg(bytes, 'The JPEG file')
  if (type === 'image/png' && bytes.toString('latin1', 12, 16) === 'CgBI')
    throw unsupportedLayout('The PNG file', 'compression', 'that of iOS apps (CgBI)', [
      'Deflate as in the PNG standard',
    ])
  if (type !== 'image/tiff') return undefined
  const directory = readTiffDirectory(bytes)
  assertKnownTiff(directory)
  return directory
}
