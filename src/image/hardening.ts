// What an encoder process allows libvips to do, set once before the first picture.

import sharp from 'sharp'

/** Loaders of the accepted types, for pictures in memory only: no loader opens a file by itself. */
const LOADERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'].map((name) => `VipsForeignLoad${name}Buffer`)

export const hardenSharp = (): void => {
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: LOADERS })
  // No picture comes twice, and a process has one job at a time: one core each, nothing kept between jobs.
  sharp.cache(false)
  sharp.concurrency(1)
}
