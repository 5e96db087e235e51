// The permission in the view of a project: what each caller may do, and that no cache gives it to another.

import { describe, expect, it } from 'vitest'
import { projectListSchema, projectSchema } from '../../../../src/http/schemas/projects.ts'
import { createTestApp } from '../../../support/app.ts'
import { createCast, type Who } from '../../../support/auth/access.ts'
import { guestOf } from '../../../support/auth/links.ts'
import { smallPhoto } from '../../../support/pictures/pictures.ts'
import { formOf } from '../../../support/upload.ts'

const PERMISSIONS = {
  anonymous: 'read',
  reader: 'read',
  viewer: 'read',
  stranger: 'read',
  writer: 'write',
  editor: 'write',
  owner: 'manage',
  admin: 'manage',
}

describe('the permission of a project', () => {
  it('is that of the caller, alone and in lists, and the answer is shared by those who may only read', async () => {
    const { ask, people } = await createCast()
    const read = async (who: Who) => {
      const answer = await ask(who, 'GET', '/projects/open')
      const { headers } = answer
      return {
        ...projectSchema.parse(await answer.json()),
        etag: headers.get('etag'),
        caching: headers.get('cache-control'),
      }
    }
    const found: Record<string, string> = {}
    const tags: Record<string, Set<string | null>> = {}
    for (const name of Object.keys(PERMISSIONS)) {
      const { permission, etag, caching } = await read(people[name] ?? {})
      found[name] = permission
      tags[permission] = (tags[permission] ?? new Set()).add(etag)
      expect(caching, name).toBe(permission === 'read' ? 'no-cache' : 'private, no-cache')
    }
    expect(found).toEqual(PERMISSIONS)
    // One tag for each permission, and none for two of them.
    expect(Object.values(tags).map(({ size }) => size)).toEqual([1, 1, 1])
    expect(new Set(Object.values(tags).flatMap((each) => [...each])).size).toBe(3)

    const listed = async (who: Who = {}) => {
      const { projects } = projectListSchema.parse(await (await ask(who, 'GET', '/projects')).json())
      return Object.fromEntries(projects.map(({ project_id, permission }) => [project_id, permission]))
    }
    expect(await listed(people.editor)).toEqual({ open: 'write', closed: 'write' })
    expect(await listed(people.viewer)).toEqual({ open: 'read', closed: 'read' })
    expect(await listed()).toEqual({ open: 'read', plain: 'read' })
  })

  it('is confirmed by 304 only to callers of the same permission', async () => {
    const { ask, people } = await createCast()
    const etagOf = async (who: Who = {}) => (await ask(who, 'GET', '/projects/open')).headers.get('etag') ?? ''
    const status = async (who: Who | undefined, etag: string) =>
      (await ask({ ...who, 'If-None-Match': etag }, 'GET', '/projects/open')).status
    const [anonymous, editor] = [await etagOf(), await etagOf(people.editor)]
    expect(await status({}, anonymous)).toBe(304)
    expect(await status(people.editor, anonymous)).toBe(200)
    expect(await status(people.editor, editor)).toBe(304)
    expect(await status({}, editor)).toBe(200)
    // Each of them is one of the revision.
    const rename = { title: 'Renamed' }
    expect((await ask({ ...people.editor, 'If-Match': editor }, 'PATCH', '/projects/open', rename)).status).toBe(200)
    expect((await ask({ ...people.editor, 'If-Match': editor }, 'PATCH', '/projects/open', rename)).status).toBe(412)
  })

  it('is upload for guests whose link allows it, and never less than the own one', async () => {
    const cast = await createCast()
    const { people } = cast
    const guest = await guestOf(cast, people.owner ?? {}, 'closed', { upload: true })
    const looking = await guestOf(cast, people.owner ?? {}, 'closed')
    const read = async (who: Who) => {
      const answer = await cast.ask(who, 'GET', '/projects/closed')
      expect(answer.headers.get('cache-control')).toBe('private, no-cache')
      return projectSchema.parse(await answer.json()).permission
    }
    expect(await read(looking)).toBe('read')
    expect(await read(guest)).toBe('upload')
    expect(await read({ ...people.viewer, ...guest })).toBe('upload')
    expect(await read({ ...people.editor, ...guest })).toBe('write')
    // Of another project: as any visitor.
    const elsewhere = await cast.ask(guest, 'GET', '/projects/open')
    expect(projectSchema.parse(await elsewhere.json()).permission).toBe('read')
  })

  it('is manage for everybody on an open server, where all get the same answer', async () => {
    const { app } = await createTestApp()
    await app.request('/projects/demo/images', { method: 'POST', body: formOf(await smallPhoto()) })
    const answer = await app.request('/projects/demo')
    expect(projectSchema.parse(await answer.json()).permission).toBe('manage')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
  })
})
