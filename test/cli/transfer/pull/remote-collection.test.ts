// Collections of servers: paths of the covers.

import { expect, it } from 'vitest'
import { readCollection } from '../../../../src/cli/transfer/pull/remote-collection.ts'

const SIDES = { width: 1, height: 1 }
const SIZES = { original: SIDES, medium: SIDES, thumb: SIDES, game: SIDES }

/** Paths by project, of projects with these ids of covers. */
const pathsOf = async (covers: Record<string, string>) => {
  const projects = Object.entries(covers).map(([project_id, id]) => ({ project_id, cover: { id, sizes: SIZES } }))
  const send = async ({ path }: { path: string }) => {
    const body = path.endsWith('/changes') ? { tag: 'a'.repeat(22) } : { projects }
    return { ok: true as const, text: JSON.stringify(body) }
  }
  const request = { name: 'wall', size: 'game', format: 'webp', all: false } as const
  const { files } = await readCollection({ send }, request)
  return Object.fromEntries(files.map(({ name, path }) => [name, path]))
}

it('keep the paths of ids that differ only in case, whatever their covers and their order are', async () => {
  const [one, other] = ['0'.repeat(20), 'z'.repeat(20)]
  const expected = { Toys: 'Toys.webp', toys: 'toys-toys.webp' }
  expect(await pathsOf({ Toys: one, toys: other })).toEqual(expected)
  expect(await pathsOf({ Toys: other, toys: one })).toEqual(expected)
  expect(await pathsOf({ toys: one, Toys: other })).toEqual(expected)
})
