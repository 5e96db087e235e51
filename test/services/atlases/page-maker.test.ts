// Pages of atlases: how many of them wait.

import { expect, it } from 'vitest'
import { atlasSizeOf } from '../../../src/core/atlas/size.ts'
import { createPageMaker } from '../../../src/services/atlases/page-maker.ts'
import { type AtlasPlan, emptyPage } from '../../../src/services/atlases/plan.ts'

const unused = async () => {
  throw new Error('a page without frames needs no picture')
}

/** Opens the pages of an atlas all at once. */
const openAll = async (count: number) => {
  const pages = createPageMaker({
    store: { withLocalFile: unused, focalPoint: unused },
    renders: { find: unused },
    encoders: { draw: async () => ({ width: 1, height: 1, bytes: 1, content: Buffer.alloc(1) }) },
    cache: {
      find: async () => undefined,
      get: async (_, { make }) => (await make(undefined, new AbortController().signal)) ?? Buffer.alloc(0),
    },
    pixels: {
      newest: async () => undefined,
      newPath: async () => undefined,
      keep: async () => {},
      keepChanges: async () => {},
      close: async () => {},
    },
    background: '#ffffff',
    folder: 'atlas',
  })
  const plan: AtlasPlan = {
    ...{
      owner: 'shop',
      name: 'thumb',
      size: atlasSizeOf('thumb', new Map()),
      side: 2048,
      revision: 1,
      keepsPixels: true,
    },
    pages: Array.from({ length: count }, (_, index) => emptyPage(index)),
  }
  return Promise.allSettled(plan.pages.map((page) => pages.open(plan, page, 'webp')))
}

it('are made where all pages of the largest atlas of thumbs are requested at once', async () => {
  expect((await openAll(240)).filter(({ status }) => status === 'rejected')).toEqual([])
})

it('are refused beyond a bound', async () => {
  const refused = (await openAll(400)).flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  expect(refused.length).toBeGreaterThan(0)
  for (const error of refused) expect(error).toMatchObject({ code: 'busy' })
})
