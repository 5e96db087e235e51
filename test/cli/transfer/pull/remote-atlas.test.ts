// Atlases of servers: the files that a pull makes of them.

import { expect, it } from 'vitest'
import { readAtlas } from '../../../../src/cli/transfer/pull/remote-atlas.ts'

const HASH = 'abcdefghijklmnopqrstu'

const page = (at: number, revision = 1, pages = 2) => ({
  frames: { [`f${at}`]: { frame: { x: 2, y: 2, w: 50, h: 50 } } },
  meta: {
    image: `${at === 0 ? 'atlas/' : ''}game.2048.${at}.${revision}.${HASH}${at}.webp`,
    revision,
    pages,
    scale: '1',
    ...(at === 0 ? { related_multi_packs: ['atlas/1.json'] } : {}),
  },
})

/** Answers in their order. */
const read = async (...answers: unknown[]) => {
  const paths: string[] = []
  const send = async ({ path }: { path: string }) => {
    paths.push(path)
    return { ok: true as const, text: JSON.stringify(answers[paths.length - 1]) }
  }
  const files = await readAtlas({ send }, { base: '/projects/p', size: 'game', format: 'jpeg' })
  return { paths, files }
}

it('are pages and documents that name each other, without a revision', async () => {
  const { paths, files } = await read(page(0), page(1))
  expect(paths).toEqual([
    '/projects/p/atlas.json?size=game&format=webp',
    '/projects/p/atlas/1.json?size=game&format=webp',
  ])
  expect(files.map(({ path }) => path)).toEqual(['atlas@0.webp', 'atlas@1.webp', 'atlas.json', 'atlas@1.json'])
  expect(files[1]).toMatchObject({
    contentId: `${HASH}1`,
    source: { path: `/projects/p/atlas/game.2048.1.1.${HASH}1.webp` },
  })
  const documents = files.slice(2).map(({ source }) => JSON.parse('text' in source ? source.text : ''))
  expect(documents).toEqual([
    {
      frames: page(0).frames,
      meta: { image: 'atlas@0.webp', pages: 2, scale: '1', related_multi_packs: ['atlas@1.json'] },
    },
    { frames: page(1).frames, meta: { image: 'atlas@1.webp', pages: 2, scale: '1' } },
  ])
})

it('are read again where they changed between two documents', async () => {
  const { files } = await read(page(0), page(1, 2), page(0, 2), page(1, 2))
  expect(files[0]).toMatchObject({ source: { path: expect.stringContaining('.2.') } })
})

it.each(['../../etc/passwd', 'atlas/x.webp', `atlas/game.2048.0.1.${HASH}0.exe`, ''])(
  'refuse the page "%s"',
  async (image) => {
    const document = { ...page(0, 1, 1), meta: { ...page(0, 1, 1).meta, image } }
    await expect(read(document)).rejects.toThrow('expected the name of a page')
  },
)
