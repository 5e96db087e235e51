// What the samples of an upload mean: each kind of file that says it, in the original, the variants and renders.

import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { encodePicture } from '../../../../src/image/worker/pipeline.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { corpusFiles } from '../../../support/pictures/corpus.ts'
import { jobFor, pixelAt, plain, segment, withSegments } from '../../../support/pictures/pictures.ts'
import { chrm, cicp, gama, iccp, withChunks } from '../../../support/pictures/png.ts'
import { makeProfile, profileChunks } from '../../../support/pictures/profiles.ts'
import { transformed } from '../../../support/pictures/transformed.ts'
import { skipWithout } from '../../../support/skip.ts'

const MAX_LEVELS = 3

/** Colours of the points, in the original, the variants and a transform. */
const coloursOf = async (upload: Buffer, points: readonly [number, number][], background = '#ffffff') => {
  const job = await jobFor(await temporaryFolder(), upload)
  const { sizes } = await encodePicture(job, { maxPixels: 1_000_000, background })
  const { file: render } = await transformed(await readFile(job.targets.original), `w=${sizes.original.width}`)
  const files = { original: job.targets.original, medium: job.targets.medium, thumb: job.targets.thumb, render }
  const entries = Object.entries(files).map(async ([name, file]) => {
    const { width, height } = (await sharp(file).autoOrient().toBuffer({ resolveWithObject: true })).info
    // An original that was kept has its profile still, which is applied here as browsers do.
    const at = points.map(([x, y]) => pixelAt(file, Math.floor(x * width), Math.floor(y * height)))
    return [name, await Promise.all(at)] as const
  })
  return { job, colours: new Map(await Promise.all(entries)) }
}

const expectColours = async (
  upload: Buffer,
  expected: readonly (readonly number[])[],
  points: [number, number][],
  background?: string,
) => {
  const { job, colours } = await coloursOf(upload, points, background)
  const wrong = [...colours].flatMap(([name, seen]) =>
    seen.every((colour, at) =>
      colour.every((level, band) => Math.abs(level - (expected[at]?.[band] ?? -99)) <= MAX_LEVELS),
    )
      ? []
      : [`${name}: ${seen.join(' | ')}; expected ${expected.join(' | ')}`],
  )
  expect(wrong).toEqual([])
  return job
}

const MIDDLE: [number, number][] = [[0.5, 0.5]]
const rgb = (color: string) => plain(64, 40, color)
const grey = (level: number) => rgb(`rgb(${level}, ${level}, ${level})`).toColourspace('b-w')
const P3 = [0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06]
const tagged = (jpeg: Buffer, profile: Buffer) =>
  withSegments(jpeg, ...profileChunks(profile).map((chunk) => segment(0xe2, chunk)))
const GREY_18 = makeProfile({ space: 'GRAY', gamma: 1.8 })
const LINEAR = makeProfile({ gamma: 1 })

describe('the colours of an upload', () => {
  it.each([
    [
      'a grey PNG with a grey profile',
      async () => withChunks(await grey(88).png().toBuffer(), iccp(GREY_18)),
      [107, 107, 107],
    ],
    ['a grey JPEG with a grey profile', async () => tagged(await grey(88).jpeg().toBuffer(), GREY_18), [107, 107, 107]],
    ['a grey PNG with gAMA', async () => withChunks(await grey(128).png().toBuffer(), gama(1)), [188, 188, 188]],
    [
      '16 bit grey with a linear profile',
      async () =>
        withChunks(
          await plain(64, 40, '#0a0a0a').toColourspace('grey16').png().toBuffer(),
          iccp(makeProfile({ space: 'GRAY', gamma: 1 })),
        ),
      [56, 56, 56],
    ],
    [
      '16 bit RGB with a linear profile',
      async () => withChunks(await rgb('#0a4080').toColourspace('rgb16').png().toBuffer(), iccp(LINEAR)),
      [56, 137, 188],
    ],
    [
      'an RGB PNG with gAMA and cHRM',
      async () => withChunks(await rgb('#b83731').png().toBuffer(), gama(1 / 2.2), chrm(P3)),
      [200, 33, 35],
    ],
    [
      'an RGB PNG with cICP',
      async () => withChunks(await rgb('#b83731').png().toBuffer(), cicp(12, 13)),
      [200, 39, 41],
    ],
    [
      'an indexed PNG with gAMA',
      async () => withChunks(await rgb('#800a40').png({ palette: true }).toBuffer(), gama(1)),
      [188, 56, 137],
    ],
    [
      'a WebP with a profile',
      async () => rgb('#c82828').withIccProfile('p3').webp({ lossless: true }).toBuffer(),
      [200, 40, 40],
    ],
    [
      'an RGB PNG with a profile and gAMA',
      async () => withChunks(await rgb('#204060').png().toBuffer(), gama(1), iccp(makeProfile({ isSwapped: true }))),
      undefined,
    ],
    [
      'a grey JPEG with a profile of RGB, which is ignored',
      async () => tagged(await grey(88).jpeg().toBuffer(), LINEAR),
      [88, 88, 88],
    ],
    [
      'an RGB JPEG with a profile of grey, which is ignored',
      async () => tagged(await rgb('#808080').jpeg().toBuffer(), GREY_18),
      [128, 128, 128],
    ],
  ])('are right in every output: %s', async (_, make, expected) => {
    await expectColours(await make(), [expected ?? [64, 32, 96]], MIDDLE)
  })

  it('are those of a profile whose length is wrong, and its original keeps it with the right one', async () => {
    const profile = makeProfile({ gamma: 1, extra: { targ: 'x'.repeat(1_200_000) } })
    profile.writeUInt32BE(profile.length - 2, 0)
    const job = await expectColours(tagged(await rgb('#408020').jpeg().toBuffer(), profile), [[137, 188, 99]], MIDDLE)
    const { icc } = await sharp(job.targets.original).metadata()
    expect(icc?.readUInt32BE(0)).toBe(icc?.length)
    expect(icc?.length).toBeLessThan(1000)
  })

  it('do not change the colour that is laid under or around them', async () => {
    const clear = await sharp({
      create: { width: 64, height: 40, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0 } },
    })
      .toColourspace('b-w')
      .png()
      .toBuffer()
    expect(await sharp(clear).metadata()).toMatchObject({ channels: 2 })
    for (const upload of [clear, withChunks(clear, gama(1)), withChunks(clear, iccp(GREY_18))])
      await expectColours(upload, [[0, 255, 128]], MIDDLE, '#00ff80')
    for (const original of [await grey(90).jpeg().toBuffer(), tagged(await grey(90).jpeg().toBuffer(), GREY_18)]) {
      const { file } = await transformed(original, 'w=60&h=60&fit=contain&background=00ff00')
      expect(await pixelAt(file, 30, 2)).toEqual([0, 255, 0])
    }
  })
})

const QUARTERS: [number, number][] = [
  [0.1, 0.1],
  [0.9, 0.1],
  [0.1, 0.9],
  [0.9, 0.9],
  [0.5, 0.5],
]
const PICTURE = [
  [200, 40, 40],
  [40, 180, 60],
  [40, 60, 200],
  [230, 200, 40],
  [128, 128, 128],
]
const greys = (...levels: number[]) => levels.map((level) => [level, level, level])
const ADOBE = [
  [233, 35, 35],
  [0, 180, 42],
  [21, 57, 204],
  [241, 201, 0],
  [129, 129, 129],
]

describe('the colours of reported pictures', () => {
  it.for<[name: string, expected: number[][]]>([
    ['grey-gamma18.jpg', greys(107, 143, 88, 203, 146)],
    ['grey-gamma18.avif', greys(107, 143, 88, 203, 146)],
    ['grey16-gamma18.png', greys(107, 143, 88, 203, 146)],
    ['grey16-alpha-linear.png', greys(159, 185, 143, 224, 188)],
    ['profile-2-bytes-longer.jpg', ADOBE],
    ['gamma18.png', PICTURE],
    ['nclx-display-p3.avif', PICTURE],
    [
      'premultiplied-alpha.avif',
      [
        [227, 147, 148],
        [255, 255, 255],
        [147, 157, 227],
        [255, 255, 255],
        [128, 128, 128],
      ],
    ],
    ['float32-grey.tif', greys(88, 124, 70, 191, 128)],
    ['float32-rgb-adobergb.tif', ADOBE],
  ])('are right in every output: %s', async ([name, expected], context) => {
    const path = corpusFiles('reported').find((file) => basename(file) === name)
    if (path === undefined) return skipWithout(context, 'the test images in ../shared/corpus')
    await expectColours(await readFile(path), expected, QUARTERS)
  })
})
