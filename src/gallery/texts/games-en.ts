// English texts of the atlas view, loaded with it.

const count = (n: number, one: string, many: string): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`

export const en = {
  atlasHint: 'All pictures in few files: a game loads them with two requests. Choose a frame for its lines of code.',
  frameSize: 'Size',
  frameSizes: { game: 'Icons, 50 × 50', thumb: 'Thumbnails' },
  pageOf: (page: number, of: number) => `Page ${page} of ${of}`,
  previousPage: 'Previous page',
  nextPage: 'Next page',
  framesOf: (page: number) => `Frames of page ${page}`,
  pageFacts: (frames: number, width: number, height: number) =>
    `${count(frames, 'frame', 'frames')}, ${width} × ${height} pixels`,
  noFramesHint: 'Pictures of the project appear here as frames.',
  cssHint:
    'The address of a page changes with its pictures, and is valid for another hour then. For longer, store the page with “tintype pull”.',
}

export type GameTexts = typeof en
