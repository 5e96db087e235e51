// Finds where pixels of a coded picture are shown: clean aperture (`clap`), rotation (`irot`) and mirror (`imir`) of
// ISO/IEC 23008-12 section 6.5, in the order of the file.

import { failDamaged, type Reader, readerOf } from './boxes.ts'
import type { Property } from './meta.ts'

/** The pixel (x, y) of a coded picture is shown at (x·xx + y·xy + x0, x·yx + y·yy + y0), if that is in the picture. */
export interface Placement {
  /** As shown. */
  width: number
  height: number
  xx: number
  xy: number
  x0: number
  yx: number
  yy: number
  y0: number
}

/** @throws TintypeError `damaged_image` */
export const placementOf = (
  { width, height }: { width: number; height: number },
  properties: readonly Property[],
): Placement => {
  let place: Placement = { width, height, xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0 }
  for (const { type, content } of properties) {
    const reader = readerOf(content)
    if (type === 'clap') place = cropped(place, reader)
    if (type === 'irot') for (let turns = reader.uint(1) & 3; turns > 0; turns--) place = turned(place)
    if (type === 'imir') place = (reader.uint(1) & 1) === 0 ? flipped(place) : turned(turned(flipped(place)))
  }
  return place
}

/** By a quarter, anticlockwise. */
const turned = ({ width, height, xx, xy, x0, yx, yy, y0 }: Placement): Placement => ({
  width: height,
  height: width,
  xx: yx,
  xy: yy,
  x0: y0,
  yx: -xx,
  yy: -xy,
  y0: width - 1 - x0,
})

/** Exchanges top and bottom. */
const flipped = ({ yx, yy, y0, ...place }: Placement): Placement => ({
  ...place,
  yx: -yx,
  yy: -yy,
  y0: place.height - 1 - y0,
})

const cropped = (place: Placement, reader: Reader): Placement => {
  const fraction = () => {
    const [above, below] = [reader.uint(4) | 0, reader.uint(4) | 0]
    return below === 0 ? failDamaged('a clean aperture is divided by zero') : above / below
  }
  const [width, height, right, down] = [fraction(), fraction(), fraction(), fraction()]
  const across = croppedSide(place.width, width, right)
  const along = croppedSide(place.height, height, down)
  return {
    ...place,
    width: across.length,
    height: along.length,
    x0: place.x0 - across.start,
    y0: place.y0 - along.start,
  }
}

/** @param offset of the middle of the aperture from the middle of the picture */
const croppedSide = (side: number, aperture: number, offset: number) => {
  const first = Math.trunc(offset + (side - aperture) / 2)
  const start = Math.max(0, first)
  const length = Math.min(side, first + Math.round(aperture)) - start
  return length > 0 ? { start, length } : failDamaged('a clean aperture is not in its picture')
}
