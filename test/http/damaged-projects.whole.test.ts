// Damaged projects, whose newest revision cannot be read: hidden from other principals, and logged.

import { cp, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { projectListSchema } from '../../src/http/schemas/projects.ts'
import { createApiKeys } from '../../src/services/auth/api-keys.ts'
import { createFileKeys } from '../../src/stores/accounts/file-keys.ts'
import { createTestApp, problemOf, uploadTo } from '../support/app.ts'
import { createCast, keyOf, type Who } from '../support/auth/access.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { formOf } from '../support/upload.ts'

const metaOf = (storageDir: string, projectId: string) => join(storageDir, 'projects', projectId, '.meta')

/** Every way in which the files of a list can be there and say nothing. */
const DAMAGES: Record<string, (meta: string) => Promise<void>> = {
  'files that are something else': async (meta) => {
    for (const name of await readdir(meta)) if (name.endsWith('.json')) await writeFile(join(meta, name), 'x')
  },
  'a folder in place of the newest': (meta) => mkdir(join(meta, '2.json')).then(() => {}),
  'a link that leads to itself': async (meta) => {
    await rm(meta, { recursive: true })
    await symlink(meta, meta)
  },
}

const damage = (storageDir: string, projectId: string) =>
  DAMAGES['files that are something else']?.(metaOf(storageDir, projectId))

const logged = () => {
  const lines: Record<string, unknown>[] = []
  return { lines, log: pino({ level: 'warn' }, { write: (line) => void lines.push(JSON.parse(line)) }) }
}

/** Lines that say of a project that it is damaged. */
const toldOf = (lines: readonly Record<string, unknown>[], projectId: string): number =>
  lines.filter((line) => line.projectId === projectId && /^damaged project; answering 404/.test(String(line.msg)))
    .length

const listed = async (response: Response | Promise<Response>) =>
  projectListSchema.parse(await (await response).json()).projects.map(({ project_id }) => project_id)

describe('a damaged project', () => {
  it.each(Object.keys(DAMAGES))('is omitted from the list, and logged once: %s', async (name) => {
    const { lines, log } = logged()
    const { app, storageDir } = await createTestApp({ log })
    for (const id of ['a', 'b', 'c', 'd']) await uploadTo(app, id)
    for (const id of ['b', 'c']) await DAMAGES[name]?.(metaOf(storageDir, id))
    expect(await listed(app.request('/projects'))).toEqual(['a', 'd'])
    expect(lines).toEqual([expect.objectContaining({ level: 40, projects: ['b', 'c'] })])
    const { next } = projectListSchema.parse(await (await app.request('/projects?limit=1')).json())
    lines.length = 1
    expect(await listed(app.request(next ?? ''))).toEqual(['d'])
    expect(lines).toHaveLength(2)
    expect(await problemOf(app.request('/projects/b'))).toMatchObject({ status: 500, code: 'project_damaged' })
  })

  it('is answered byte for byte as an absent one, except to keys with access', async () => {
    const { log, lines } = logged()
    const { ask, people, images, storageDir } = await createCast({ log })
    const apiKeys = createApiKeys({ keys: createFileKeys({ storageDir }) })
    const scoped = async (project: string) =>
      keyOf((await apiKeys.create({ name: project, role: 'admin', projects: [project] })).key)
    const others: Record<string, Who> = { ...people, elsewhere: await scoped('open') }
    for (const project of ['open', 'closed']) await damage(storageDir, project)

    for (const project of ['open', 'closed']) {
      for (const who of ['anonymous', 'stranger', 'owner', 'editor', 'elsewhere'] as const) {
        if (who === 'elsewhere' && project === 'open') continue
        for (const [method, path, body] of [
          ['GET', ''],
          ['GET', '/images'],
          ['GET', '/thumbnail'],
          ['GET', '/cover.jpg'],
          ['GET', `/images/${images[project]}?size=thumb`],
          ['PATCH', '', { title: 'A title' }],
          ['DELETE', ''],
          ['PUT', `/primary/${images[project]}`],
        ] as const) {
          const [found, absent] = await Promise.all(
            [project, 'absent'].map(async (id) => {
              const response = await ask(others[who] ?? {}, method, `/projects/${id}${path}`, body)
              const headers = [...response.headers].filter(([name]) => name !== 'x-request-id')
              return JSON.stringify([response.status, headers, (await response.text()).replaceAll(id, '…')])
            }),
          )
          expect({ who, path, answer: found }).toEqual({ who, path, answer: absent })
        }
      }
      for (const who of [people.admin, people.reader, await scoped(project)])
        for (const path of ['', '/images', '/thumbnail'])
          expect(await problemOf(ask(who ?? {}, 'GET', `/projects/${project}${path}`))).toMatchObject({ status: 500 })
    }
    expect(toldOf(lines, 'closed')).toBe(1)
  })

  it('is logged again after a repair', async () => {
    const { log, lines } = logged()
    const { ask, storageDir } = await createCast({ log })
    const look = async () => (await ask({}, 'GET', '/projects/open')).status
    const [meta, kept] = [metaOf(storageDir, 'open'), join(storageDir, 'kept')]
    for (const told of [1, 2]) {
      await cp(meta, kept, { recursive: true })
      await damage(storageDir, 'open')
      expect([await look(), await look(), toldOf(lines, 'open')]).toEqual([404, 404, told])
      await rm(meta, { recursive: true })
      await rename(kept, meta)
      expect(await look()).toBe(200)
    }
  })

  it('refuses uploads of principals without access', async () => {
    const { ask, people, storageDir } = await createCast()
    await damage(storageDir, 'closed')
    const upload = async (who: Who) => ask(who, 'POST', '/projects/closed/images', formOf(await smallPhoto()))
    for (const who of ['stranger', 'owner'] as const)
      expect(await problemOf(upload(people[who] ?? {}))).toMatchObject({ status: 404, code: 'project_not_found' })
    expect((await upload({})).status).toBe(401)
    expect(await problemOf(upload(people.admin ?? {}))).toMatchObject({ status: 500, code: 'project_damaged' })
  })

  it('does not change the lists of other projects', async () => {
    const { ask, people, storageDir } = await createCast()
    await damage(storageDir, 'closed')
    const lists: Record<string, string[]> = {}
    for (const who of ['anonymous', 'stranger', 'owner', 'admin'] as const)
      lists[who] = await listed(ask(people[who] ?? {}, 'GET', '/projects'))
    expect(lists).toEqual({ anonymous: ['open', 'plain'], stranger: [], owner: ['open'], admin: ['open', 'plain'] })
  })
})
