// What an encoder process allows libvips to do, set once before the first picture.

import sharp from 'sharp'

/**
 * Loaders of the accepted types, for pictures in memory. Of files only JPEG, and only ever the upload itself: what has
 * to be said to libjpeg can be said with the name of a file alone.
 */
const LOADERS = [
  'VipsForeignLoadJpegBuffer',
  'VipsForeignLoadJpegFile',
  'VipsForeignLoadPngBuffer',
  'VipsForeignLoadWebpBuffer',
  'VipsForeignLoadNsgifBuffer',
  'VipsForeignLoadTiffBuffer',
  'VipsForeignLoadHeifBuffer',
]

export const hardenSharp = (): void => {
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: LOADERS })
  // No picture comes twice, and a process has one job at a time: one core each, nothing kept between jobs.
  sharp.cache(false)
  sharp.concurrency(1)
}
