// Pages of atlases drawn into the kept pixels of an earlier page: the same pixels as of a page that is drawn whole.

import { open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { DrawCell, DrawJob } from '../../../../src/image/encoder.ts'
import { drawPage } from '../../../../src/image/worker/atlas/draw.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'

const COLUMNS = 3
const PAGE = { width: 2 + COLUMNS * 54, height: 2 + 2 * 54 }

const boxAt = (at: number) => ({
  ...{ x: 2 + (at % COLUMNS) * 54, y: 2 + Math.floor(at / COLUMNS) * 54 },
  ...{ width: 50, height: 50 },
})

/** Cells of noise: a pixel in the wrong place is another one. */
const createCells = async () => {
  const folder = await temporaryFolder()
  const cell = async (at: number, seed: number): Promise<DrawCell> => {
    const path = join(folder, `${at}-${seed}.png`)
    const data = Buffer.from(Array.from({ length: 50 * 50 * 4 }, (_, n) => (n * (7 + seed) + (n >> 5) * seed) % 256))
    await sharp(data, { raw: { width: 50, height: 50, channels: 4 } })
      .png()
      .toFile(path)
    return { ...boxAt(at), path }
  }
  const draw = async (job: Partial<DrawJob>): Promise<Buffer> => {
    const { content } = await drawPage({
      ...{ page: PAGE, format: 'png', background: '#ffffff', extruded: 2, cleared: [], cells: [] },
      ...job,
    })
    return sharp(Buffer.from(content ?? '', 'base64'))
      .raw()
      .toBuffer()
  }
  return { path: (name: string) => join(folder, name), cell, draw }
}

describe('a page with changes', () => {
  it('has the pixels of a page that is drawn whole, after each of several changes', async () => {
    const { path, cell, draw } = await createCells()
    const before = [await cell(0, 1), await cell(1, 2), await cell(2, 3), await cell(4, 4)]
    const base = { path: path('base'), ...PAGE }
    await draw({ cells: before, raw: base.path })

    // Another picture in a place; one removed and one added.
    const first = await cell(1, 5)
    const second = await cell(5, 6)
    const one = await draw({ base, cells: [first], changes: path('one') })
    const cells = [before[0], first, before[2], before[3]].flatMap((each) => each ?? [])
    expect(one.equals(await draw({ cells }))).toBe(true)
    const two = await draw({
      ...{ base: { ...base, changes: [path('one')] }, cleared: [boxAt(2)] },
      ...{ cells: [second], changes: path('two') },
    })
    const whole = [before[0], first, before[3], second].flatMap((each) => each ?? [])
    expect(two.equals(await draw({ cells: whole }))).toBe(true)

    // The same from files alone; a larger page begins with them.
    const changes = [path('one'), path('two')]
    expect((await draw({ base: { ...base, changes } })).equals(two)).toBe(true)
    const page = { width: PAGE.width + 54, height: PAGE.height + 54 }
    const added = { ...(await cell(0, 7)), x: 2 + 3 * 54, y: 2 + 2 * 54 }
    const larger = await draw({ page, base: { ...base, changes }, cells: [added] })
    expect(larger.equals(await draw({ page, cells: [...whole, added] }))).toBe(true)
    // Changes are far smaller than a page.
    expect((await readFile(path('one'))).length).toBe(32 + 16 + 54 * 54 * 4)
    expect((await readFile(base.path)).length).toBe(PAGE.width * PAGE.height * 4 + 16)
  })

  it('is refused where a file is missing, torn, or of another page', async () => {
    const { path, cell, draw } = await createCells()
    const base = { path: path('base'), ...PAGE }
    await draw({ cells: [await cell(0, 1)], raw: base.path })
    await draw({ base, cells: [await cell(1, 2)], changes: path('changes') })
    const whole = await readFile(path('changes'))
    const flipped = Buffer.from(whole)
    flipped.writeUInt8(flipped.readUInt8(100) ^ 1, 100)
    const torn = { half: whole.subarray(0, whole.length / 2), flipped, zeros: Buffer.alloc(whole.length), empty: '' }
    for (const [name, content] of Object.entries(torn)) {
      await writeFile(path(name), content)
      await expect(draw({ base: { ...base, changes: [path(name)] } }), name).rejects.toMatchObject({
        code: 'store_unavailable',
      })
    }
    await expect(draw({ base: { ...base, changes: [path('none')] } })).rejects.toMatchObject({
      code: 'store_unavailable',
    })
    const raw = await readFile(base.path)
    for (const [name, content] of [
      ['short', raw.subarray(4)],
      ['long', Buffer.concat([raw, Buffer.alloc(4)])],
      ['cut', raw.subarray(0, -16)],
    ] as const) {
      await writeFile(path(name), content)
      await expect(draw({ base: { ...base, path: path(name) } }), name).rejects.toMatchObject({
        code: 'store_unavailable',
      })
    }
  })
})

describe('the memory of a page', () => {
  /** A page in its file, and one pixel of the first cell that is another one in the file alone. */
  const createPages = async () => {
    const { path, cell, draw } = await createCells()
    const [before, changed, second] = [await cell(0, 1), await cell(1, 5), await cell(2, 6)]
    const base = { path: path('base'), ...PAGE }
    const expected = {
      one: await draw({ cells: [before, changed] }),
      two: await draw({ cells: [before, changed, second] }),
      second: await draw({ cells: [before, second] }),
    }
    await draw({ cells: [before], raw: base.path })
    const mark = async () => {
      const file = await open(base.path, 'r+')
      await file.write(Buffer.from([255, 0, 255, 255]), 0, 4, (10 * PAGE.width + 10) * 4)
      await file.close()
    }
    return { path, draw, base, changed, second, expected, mark }
  }

  it('is taken for a change of the page that was drawn last, whose file is not read then', async () => {
    const { path, draw, base, changed, second, expected, mark } = await createPages()
    await mark()
    const one = await draw({ base, cells: [changed], changes: path('one') })
    expect(one.equals(expected.one)).toBe(true)
    const changes = [path('one')]
    const two = await draw({ base: { ...base, changes }, cells: [second], changes: path('two') })
    expect(two.equals(expected.two)).toBe(true)
    // Another page was drawn meanwhile.
    await draw({})
    expect((await draw({ base: { ...base, changes: [...changes, path('two')] } })).equals(expected.two)).toBe(false)
  })

  it('is not taken with changes that the page has not, and gets those that it has beside them', async () => {
    const { path, draw, base, changed, second, expected } = await createPages()
    await draw({ base, cells: [changed], changes: path('one') })
    const other = await draw({ base, cells: [second], changes: path('other') })
    expect(other.equals(expected.second)).toBe(true)
    const changes = [path('one')]
    await draw({ base: { ...base, changes }, cells: [second], changes: path('two') })
    await draw({ base, cells: [changed], changes: path('again') })
    const two = await draw({ base: { ...base, changes: [path('one'), path('two')] } })
    expect(two.equals(expected.two)).toBe(true)
  })

  it('is not taken after a draw that failed, and not where the file of the page is gone', async () => {
    const { path, draw, base, changed, second, expected } = await createPages()
    const missing = { ...second, path: path('missing') }
    await expect(draw({ base, cells: [changed, missing], changes: path('one') })).rejects.toMatchObject({
      code: 'image_not_found',
    })
    expect((await draw({ base, cells: [second], changes: path('two') })).equals(expected.second)).toBe(true)
    await rm(base.path)
    await expect(draw({ base: { ...base, changes: [path('two')] } })).rejects.toMatchObject({
      code: 'store_unavailable',
    })
  })
})

it('draws pages at the same time, and smaller ones after larger ones, each in pixels of its own', async () => {
  const { cell, draw } = await createCells()
  const cells = [await cell(0, 1), await cell(1, 2)]
  const alone = await Promise.all(cells.map((each) => draw({ cells: [each] })))
  const large = { width: 700, height: 600 }
  const again = await Promise.all([
    draw({ page: large, cells }),
    ...cells.map((each) => draw({ cells: [each] })),
    draw({ page: large, cells }),
  ])
  expect(again[1]?.equals(alone[0] ?? Buffer.alloc(0))).toBe(true)
  expect(again[2]?.equals(alone[1] ?? Buffer.alloc(0))).toBe(true)
  expect((await draw({})).every((value) => value === 0)).toBe(true)
})
