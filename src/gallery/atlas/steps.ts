// Frames of a page by keyboard: the neighbour in the direction of a key.

/** Name and place of a frame on its page, in pixels. */
export interface Frame {
  name: string
  x: number
  y: number
  w: number
  h: number
}

/** Index of the frame that a key leads to from another one; undefined for other keys, and where there is none. */
export const frameAt = (frames: readonly Frame[], from: number, key: string): number | undefined => {
  if (key === 'Home') return frames.length > 0 ? 0 : undefined
  if (key === 'End') return frames.length > 0 ? frames.length - 1 : undefined
  const direction = DIRECTIONS[key]
  const here = frames[from]
  if (!direction || !here) return undefined
  let [found, least]: [number | undefined, number] = [undefined, Number.POSITIVE_INFINITY]
  for (const [at, there] of frames.entries()) {
    const along = centre(there, direction.axis) - centre(here, direction.axis)
    const aside = Math.abs(centre(there, direction.across) - centre(here, direction.across))
    if (along * direction.sign <= 0) continue
    // Frames of the same row or column come first.
    const distance = Math.abs(along) + ASIDE * aside
    if (distance < least) [found, least] = [at, distance]
  }
  return found
}

const DIRECTIONS: Record<string, { axis: 'x' | 'y'; across: 'x' | 'y'; sign: 1 | -1 }> = {
  ArrowLeft: { axis: 'x', across: 'y', sign: -1 },
  ArrowRight: { axis: 'x', across: 'y', sign: 1 },
  ArrowUp: { axis: 'y', across: 'x', sign: -1 },
  ArrowDown: { axis: 'y', across: 'x', sign: 1 },
}

/** Weight of the distance across the direction. */
const ASIDE = 3

const centre = ({ x, y, w, h }: Frame, axis: 'x' | 'y'): number => (axis === 'x' ? x + w / 2 : y + h / 2)
