// Lists tell nothing of hidden projects: two stores that differ in private projects alone answer strangers to the byte.

import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { PROJECT_SORTS } from '../../src/core/project-query.ts'
import { imageListSchema } from '../../src/http/schemas/images/images.ts'
import { projectListSchema } from '../../src/http/schemas/projects.ts'
import { openApp } from '../support/app.ts'
import { ADMIN, createCast, type Who } from '../support/auth/access.ts'
import { plantProject } from '../support/store/planted-project.ts'

/** Before, between and behind the visible projects (open, plain), close to their ids, and of every length. */
const HIDDEN = [
  '0',
  'a'.repeat(64),
  'closed2',
  'openA',
  'opem',
  'opeo',
  'open-',
  'open.1',
  'pla',
  'plain0',
  'z',
  '_',
  '-',
]

interface Seen {
  status: number
  headers: Record<string, string>
  text: string
}

/** Two servers on equal stores, one with more private projects. */
const twoServers = async () => {
  const { storageDir, people } = await createCast()
  const fuller = join(storageDir, '..', `${storageDir.split('/').at(-1)}-fuller`)
  // What an open app has there alone, which comes and goes.
  const filter = (path: string): boolean => !/\/\.(?:cache|tmp)$/.test(path)
  await cp(storageDir, fuller, { recursive: true, filter })
  for (const projectId of HIDDEN) await plantProject({ storageDir: fuller, projectId, visibility: 'private' })
  for (let at = 0; at < 1200; at++)
    await plantProject({ storageDir: fuller, projectId: `m${at}`, visibility: 'private', images: 0 })
  const apps = await Promise.all(
    [storageDir, fuller].map((folder) => openApp(folder, { registration: 'open', apiKeys: [`admin:${ADMIN}`] })),
  )
  const ask = async (who: Who, path: string, only?: number): Promise<Seen[]> =>
    Promise.all(
      apps
        .filter((_, at) => only === undefined || at === only)
        .map(async ({ app }) => {
          const response = await app.request(path, { headers: who })
          const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'x-request-id'))
          return { status: response.status, headers, text: await response.text() }
        }),
    )
  // A server refuses the list of projects (503) until it has made its index.
  for (const { app } of apps)
    await vi.waitFor(async () => expect((await app.request('/projects')).status).toBe(200), { timeout: 60_000 })
  const close = async () => {
    await Promise.all(apps.map((app) => app.close()))
    await rm(fuller, { recursive: true })
  }
  return { ask, people, close }
}

describe('a list', () => {
  it('of projects or images is equal to the byte whatever private projects there are: every page, limit and cursor', async () => {
    const { ask, people, close } = await twoServers()
    const equal = async (who: Who, path: string) => {
      const [one, other] = await ask(who, path)
      expect(other, path).toEqual(one)
      return one?.text ?? ''
    }
    const strangers: Who[] = [{}, people.stranger ?? {}, people.owner ?? {}]
    const cursors = new Set<string>()
    for (const who of strangers)
      for (const limit of ['', 'limit=1', 'limit=2', 'limit=3', 'limit=999', 'limit=1000']) {
        let pages = 0
        for (let url: string | null = `/projects?${limit}`; url !== null && pages < 10; pages++) {
          const { next, projects } = projectListSchema.parse(JSON.parse(await equal(who, url)))
          expect(projects.some(({ project_id }) => HIDDEN.includes(project_id))).toBe(false)
          if (next !== null) cursors.add(new URL(next, 'http://x').searchParams.get('after') ?? '')
          url = next
        }
        expect(pages).toBeLessThan(10)
      }
    // Cursors of others, and of projects that the stranger cannot see, which only an admin gets.
    const [admin] = await ask(people.admin ?? {}, '/projects?limit=1', 1)
    cursors.add(
      new URL(projectListSchema.parse(JSON.parse(admin?.text ?? '')).next ?? '', 'http://x').search.slice(-123),
    )
    for (const who of strangers)
      for (const after of [...cursors, ...HIDDEN, 'A'.repeat(123)])
        for (const limit of [1, 2, 1000]) await equal(who, `/projects?limit=${limit}&after=${after}`)
    expect(cursors.size).toBeGreaterThanOrEqual(3)

    // Each order and search, where a hidden project would stand between the visible ones or match.
    for (const who of strangers)
      for (const sort of PROJECT_SORTS)
        for (const q of ['', 'o', 'PLA', 'closed', 'm1', 'z']) {
          let pages = 0
          for (let url: string | null = `/projects?limit=1&sort=${sort}&q=${q}`; url !== null; pages++) {
            const { next, projects } = projectListSchema.parse(JSON.parse(await equal(who, url)))
            expect(projects.some(({ project_id }) => HIDDEN.includes(project_id))).toBe(false)
            if (next !== null) expect(new URL(next, 'http://x').searchParams.get('sort')).toBe(sort)
            url = pages > 10 ? null : next
          }
          expect(pages).toBeLessThan(10)
        }

    for (const query of ['', '?limit=1', '?limit=1000']) {
      const [one, other] = await ask({}, `/projects/open/images${query}`)
      expect(imageListSchema.parse(JSON.parse(one?.text ?? '')).images).toHaveLength(1)
      expect(other).toEqual(one)
    }
    for (const id of HIDDEN) {
      const [one, other] = await ask({}, `/projects/${id}/images`)
      expect([one?.status, other]).toEqual([404, one])
    }
    await close()
  })
})
