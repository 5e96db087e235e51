// The matrix: layouts of uploads (format × bands × depth × profile × alpha × orientation) with the colours that they show.

import { chrm, cicp, gama, iccp, srgbChunk } from '../png.ts'
import { makeProfile } from '../profiles.ts'
import {
  avifFile,
  cmykJpegFile,
  type FileOptions,
  gifFile,
  jpegFile,
  palettePngFile,
  pngFile,
  tiffOfLayout,
  webpFile,
} from './files.ts'
import { ADOBE, COLOURS, type Depth, GREYS, type Model, P3, type Shown, withHoles, withOpacity } from './samples.ts'

export interface Row {
  name: string
  make: () => Buffer | Promise<Buffer>
  /** Of the patches, as shown. */
  colours: readonly Shown[]
}

/** How a file says what its samples mean: by a profile, or by nothing. */
interface Tag {
  name: string
  icc?: Buffer
  model?: Model
}

const PLAIN: Tag = { name: '' }
const GREY_TAGS: readonly Tag[] = [
  PLAIN,
  { name: 'GRAY sRGB', icc: makeProfile({ space: 'GRAY' }) },
  { name: 'GRAY 1.8', icc: makeProfile({ space: 'GRAY', gamma: 1.8 }), model: { gamma: 1.8 } },
  { name: 'GRAY 1.8 tables', icc: makeProfile({ space: 'GRAY', gamma: 1.8, hasTables: true }), model: { gamma: 1.8 } },
]
const ADOBE_ICC = makeProfile({ primaries: 'adobe', gamma: 2.2 })
const RGB_TAGS: readonly Tag[] = [
  PLAIN,
  { name: 'sRGB', icc: makeProfile() },
  { name: 'P3', icc: makeProfile({ primaries: 'p3' }), model: P3 },
  { name: 'Adobe RGB', icc: ADOBE_ICC, model: ADOBE },
  { name: 'P3 tables', icc: makeProfile({ primaries: 'p3', hasTables: true }), model: P3 },
]
/** Linear light in 8 bits has steps of 13 levels in the dark, so deeper samples only. */
const LINEAR_GREY: Tag = { name: 'GRAY linear', icc: makeProfile({ space: 'GRAY', gamma: 1 }), model: { gamma: 1 } }
const LINEAR_RGB: Tag = { name: 'linear', icc: makeProfile({ gamma: 1 }), model: { gamma: 1 } }
const CMYK_TAGS: readonly Tag[] = [{ name: 'CMYK profile', icc: makeProfile({ space: 'CMYK' }) }]

type Make = (options: FileOptions) => Buffer | Promise<Buffer>

/** One row for each tag. */
const rows = (name: string, make: Make, options: Omit<FileOptions, 'colours'>, tags?: readonly Tag[]): Row[] => {
  const base = options.bands < 3 ? GREYS : COLOURS
  const colours = options.bands % 2 === 0 && !options.isCmyk ? withOpacity(base) : base
  return (tags ?? (options.bands < 3 ? GREY_TAGS : RGB_TAGS)).map((tag) => ({
    name: [name, tag.name].filter(Boolean).join(', '),
    make: () => make({ ...options, colours, ...(tag.icc && { icc: tag.icc }), ...(tag.model && { model: tag.model }) }),
    colours,
  }))
}

const png: Make = ({ icc, ...options }) => pngFile(options, ...(icc ? [iccp(icc)] : []))
const NAMES = ['', 'grey', 'grey+alpha', 'RGB', 'RGBA'] as const
const BANDS = [1, 2, 3, 4] as const
const deep = (depth: Depth, bands: number): readonly Tag[] | undefined =>
  depth === 8
    ? undefined
    : [PLAIN, ...(bands < 3 ? GREY_TAGS.slice(2) : RGB_TAGS.slice(3)), bands < 3 ? LINEAR_GREY : LINEAR_RGB]

const PNG_ROWS = ([8, 16] as const).flatMap((depth) =>
  BANDS.flatMap((bands) => rows(`PNG ${NAMES[bands]} ${depth}`, png, { bands, depth }, deep(depth, bands))),
)

const WHITE_P3 = [0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06]
const withChunks = (name: string, chunks: readonly Buffer[], model?: Model) =>
  (
    [
      [2, 8],
      [3, 16],
      [4, 8],
    ] as const
  ).flatMap(([bands, depth]) =>
    rows(`PNG ${NAMES[bands]} ${depth}`, (options) => pngFile(options, ...chunks), { bands, depth }, [
      { name, ...(model && { model: bands < 3 ? greyOf(model) : model }) },
    ]),
  )
const greyOf = ({ gamma }: Model): Model => (gamma === undefined ? {} : { gamma })

const CHUNK_ROWS = [
  ...withChunks('gAMA 1.8', [gama(1 / 1.8)], { gamma: 1.8 }),
  ...withChunks('gAMA cHRM P3', [gama(1 / 2.2), chrm(WHITE_P3)], { ...P3, gamma: 2.2 }),
  ...withChunks('cHRM alone', [chrm(WHITE_P3)]),
  ...withChunks('sRGB gAMA 1', [srgbChunk(), gama(1)]),
  ...withChunks('cICP P3', [cicp(12, 13), gama(1)], P3),
  ...withChunks('cICP gamma 2.2', [cicp(1, 4)], { gamma: 2.2 }),
  { name: 'PNG palette', make: () => palettePngFile({ colours: withOpacity(COLOURS) }), colours: withOpacity(COLOURS) },
  {
    name: 'PNG palette, gAMA 1.8',
    make: () => palettePngFile({ colours: withOpacity(COLOURS), model: { gamma: 1.8 } }, gama(1 / 1.8)),
    colours: withOpacity(COLOURS),
  },
]

const JPEG_ROWS = [
  ...rows('JPEG grey', jpegFile, { bands: 1 }),
  ...rows('JPEG RGB', jpegFile, { bands: 3 }),
  ...rows(
    'JPEG RGB progressive',
    (options) => jpegFile(options, { progressive: true }),
    { bands: 3 },
    RGB_TAGS.slice(3, 4),
  ),
  ...rows('JPEG CMYK', cmykJpegFile, { bands: 4, isCmyk: true }, CMYK_TAGS),
]

const TIFF_ROWS = [
  ...([8, 16, 32, 'half', 'float'] as const).flatMap((depth) =>
    BANDS.flatMap((bands) => rows(`TIFF ${NAMES[bands]} ${depth}`, tiffOfLayout, { bands, depth }, deep(depth, bands))),
  ),
  ...([8, 16] as const).flatMap((depth) => [
    ...rows(`TIFF CMYK ${depth}`, tiffOfLayout, { bands: 4, depth, isCmyk: true }, CMYK_TAGS),
    ...rows(`TIFF RGBA ${depth} associated`, tiffOfLayout, { bands: 4, depth, isPremultiplied: true }, [PLAIN]),
    ...rows(`TIFF grey+alpha ${depth} associated`, tiffOfLayout, { bands: 2, depth, isPremultiplied: true }, [PLAIN]),
  ]),
]

const OTHER_ROWS = [
  ...rows('WebP RGB', webpFile, { bands: 3 }),
  ...rows('WebP RGBA', webpFile, { bands: 4 }, [PLAIN, ...RGB_TAGS.slice(3)]),
  { name: 'GIF', make: () => gifFile({ colours: withHoles(COLOURS) }), colours: withHoles(COLOURS) },
  // Coded in colour by sharp, so that a profile of grey would be ignored.
  ...rows('AVIF grey', avifFile, { bands: 1 }, GREY_TAGS.slice(0, 2)),
  ...rows('AVIF RGB', avifFile, { bands: 3 }),
  ...rows('AVIF RGB nclx P3', (options) => avifFile({ ...options, nclx: [12, 13] }), { bands: 3 }, [
    { name: '', model: P3 },
  ]),
  ...rows('AVIF RGB nclx BT.709', (options) => avifFile({ ...options, nclx: [1, 1] }), { bands: 3 }, [PLAIN]),
  ...rows('AVIF RGB nclx gamma 2.2', (options) => avifFile({ ...options, nclx: [1, 4] }), { bands: 3 }, [
    { name: '', model: { gamma: 2.2 } },
  ]),
  ...rows(
    'AVIF RGB nclx BT.2020',
    (options) => avifFile({ ...options, nclx: [9, 16] }),
    { bands: 3 },
    RGB_TAGS.slice(3, 4),
  ),
  ...rows('AVIF RGBA', avifFile, { bands: 4 }, [PLAIN, ...RGB_TAGS.slice(3)]),
  ...rows('AVIF RGBA prem', avifFile, { bands: 4, isPremultiplied: true }, [PLAIN, ...RGB_TAGS.slice(3)]),
]

const TURNED_ROWS = [
  ...[2, 3, 4, 5, 6, 7, 8].flatMap((orientation) => [
    ...rows(`JPEG RGB, orientation ${orientation}`, jpegFile, { bands: 3, orientation }, RGB_TAGS.slice(3, 4)),
    ...rows(`TIFF RGBA 16, orientation ${orientation}`, tiffOfLayout, { bands: 4, depth: 16, orientation }, [PLAIN]),
  ]),
  ...rows('JPEG grey, orientation 6', jpegFile, { bands: 1, orientation: 6 }, GREY_TAGS.slice(2)),
  ...rows(
    'TIFF RGB float, orientation 5',
    tiffOfLayout,
    { bands: 3, depth: 'float', orientation: 5 },
    RGB_TAGS.slice(4),
  ),
  ...rows('PNG grey+alpha 8, orientation 8', png, { bands: 2, orientation: 8 }, GREY_TAGS.slice(3)),
  ...rows('WebP RGB, orientation 7', webpFile, { bands: 3, orientation: 7 }, [PLAIN]),
]

export const ROWS: readonly Row[] = [
  ...JPEG_ROWS,
  ...PNG_ROWS,
  ...CHUNK_ROWS,
  ...TIFF_ROWS,
  ...OTHER_ROWS,
  ...TURNED_ROWS,
]
