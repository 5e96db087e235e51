// Restricts libvips in a worker process, once, before the first picture.

import sharp from 'sharp'

/**
 * Loaders of the accepted types, for pictures in memory. Files are loaded as JPEG only, and only the upload or original
 * of the job: some options of libjpeg can be given only behind the name of a file.
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
  // Nothing is kept between jobs, and a process has one job and one core at a time.
  sharp.cache(false)
  sharp.concurrency(1)
}
