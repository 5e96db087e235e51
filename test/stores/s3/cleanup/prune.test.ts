import { expect, it } from 'vitest'
import { emptyProject } from '../../../../src/core/project/state.ts'
import { encodeRevision, type Revision } from '../../../../src/stores/history/revision.ts'
import { createPruner, type KeptRevisions } from '../../../../src/stores/s3/cleanup/prune.ts'
import { entryName, keys } from '../../../../src/stores/s3/keys.ts'
import { silent } from '../../../support/store/file-store.ts'

const HOUR_MS = 3_600_000
const NOW_MS = Date.parse('2026-05-01T00:00:00Z')

const revisionOf = (revision: number, droppedSegments: string[] = []): Revision => ({
  state: { ...emptyProject('shop', '2026-01-01T00:00:00.000Z'), revision },
  commits: [`token${revision}`],
  removing: [],
  removingSegments: [],
  droppedSegments,
  events: [],
})

/** Numbers of the revisions that stay of 256, and the segments that go. @param ageMs of a revision by its number */
const prune = async (ageMs: (revision: number) => number, kept: Partial<KeptRevisions> = {}, newest = 256) => {
  const texts = new Map<string, string>()
  for (let n = 1; n <= newest; n++)
    texts.set(keys.meta('shop') + entryName(n), encodeRevision(revisionOf(n, [`s${n}`])))
  const removed: string[] = []
  const pruner = createPruner({
    bucket: {
      listAll: async () => ({
        dateMs: NOW_MS,
        objects: [...texts.keys()].map((key, at) => ({ key, bytes: 1, modifiedMs: NOW_MS - ageMs(at + 1) })),
      }),
      text: async (key) => texts.get(key),
      remove: async (key) => {
        removed.push(key)
        texts.delete(key)
      },
    },
    kept,
    log: silent,
  })
  pruner.prune('shop', revisionOf(newest))
  await pruner.idle()
  return {
    first: newest - texts.size + 1,
    segments: removed.filter((key) => key.includes('/runs/')).map((key) => key.replace(/^.*\/|\.json$/g, '')),
  }
}

it('removes old revisions beyond those that are kept, with the segments that they were the last to name', async () => {
  const { first, segments } = await prune(() => 8 * 24 * HOUR_MS, { count: 250 })
  expect(first).toBe(7)
  expect(segments).toEqual(['s2', 's3', 's4', 's5', 's6', 's7'])
})

it('keeps those of seven days, but not more than the most, and all of an hour', async () => {
  expect((await prune(() => 6 * 24 * HOUR_MS, { count: 10 })).first).toBe(1)
  expect((await prune(() => 6 * 24 * HOUR_MS, { count: 10, most: 100 })).first).toBe(157)
  expect((await prune(() => HOUR_MS, { count: 10, most: 100 })).first).toBe(1)
  expect((await prune((n) => (n < 50 ? 2 * HOUR_MS : 0), { count: 10, most: 100 })).first).toBe(50)
})

it('leaves no gap behind a young revision', async () => {
  expect((await prune((n) => (n === 20 ? 0 : 8 * 24 * HOUR_MS), { count: 10 })).first).toBe(20)
})

it('is due at every 128th revision alone', async () => {
  expect((await prune(() => 8 * 24 * HOUR_MS, { count: 10 }, 255)).first).toBe(1)
})
