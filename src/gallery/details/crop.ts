// Where a crop lies that keeps a point in view.

/**
 * `object-position` of a picture that fills a frame.
 *
 * @param shape width by height of the picture
 * @param frame width by height of the frame
 * @param point from 0,0 (top left) to 1,1 (bottom right)
 * @returns percentages
 */
export const cropPosition = (
  shape: number,
  frame: number,
  point: { x: number; y: number },
): { x: number; y: number } =>
  shape > frame ? { x: offset(frame / shape, point.x), y: 50 } : { x: 50, y: offset(shape / frame, point.y) }

/** @param visible part of the length that the frame shows, up to 1 */
const offset = (visible: number, at: number): number => {
  if (visible >= 1) return 50
  const first = Math.min(1 - visible, Math.max(0, at - visible / 2))
  return (first / (1 - visible)) * 100
}
