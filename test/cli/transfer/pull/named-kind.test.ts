// Names on servers: of projects, collections or both.

import { expect, it } from 'vitest'
import type { Answer } from '../../../../src/cli/transfer/answer.ts'
import { kindOf } from '../../../../src/cli/transfer/pull/named-kind.ts'

const FOUND: Answer = { ok: true, text: '{}' }
const problem = (status: number, code: string): Answer => ({ ok: false, status, code, detail: code })
const [NO_PROJECT, NO_COLLECTION] = [problem(404, 'project_not_found'), problem(404, 'collection_not_found')]

const kind = (project: Answer, collection: Answer) =>
  kindOf({ send: async ({ path }) => (path.startsWith('/projects/') ? project : collection) }, 'shop')

it.each([
  ['project', FOUND, NO_COLLECTION],
  ['collection', NO_PROJECT, FOUND],
  ['both', FOUND, FOUND],
  // The pull of the project then reports it.
  ['project', problem(401, 'unauthenticated'), NO_COLLECTION],
] as const)('is %s', async (expected, project, collection) => {
  expect(await kind(project, collection)).toBe(expected)
})

it('is refused where there is neither', async () => {
  await expect(kind(NO_PROJECT, NO_COLLECTION)).rejects.toThrow('no project "shop" and no collection of this name')
})
