// Authorization of collections: the rules of projects, without share links and keys for single projects.

import { describe, expect, it } from 'vitest'
import type { Principal, ProjectAccess } from '../../../src/core/auth/access.ts'
import { decideCollection, requireCollectionAccess } from '../../../src/core/collections/access.ts'

const owned = (visibility: 'public' | 'private') => ({
  owner_id: 'ada',
  visibility,
  members: { bob: 'editor', eve: 'viewer' } as const,
})
const user = (id: string): Principal => ({ kind: 'user', id })
const key = (role: 'admin' | 'writer' | 'reader', projects?: string[]): Principal => ({
  ...{ kind: 'key', id: 'abcdefghijkl', role },
  ...(projects ? { projects } : {}),
})

const ACTIONS = ['read', 'list', 'write', 'create', 'manage'] as const

describe('the decision on a collection', () => {
  it.each<[string, Principal, string, string, string]>([
    // In order: no collection, a public one, a private one.
    ['anonymous', { kind: 'anonymous' }, 'hhsss', 'aasss', 'hhsss'],
    ['an open server', { kind: 'unrestricted' }, 'aaaaa', 'aaaaa', 'aaaaa'],
    ['the owner', user('ada'), 'hhhah', 'aaaaa', 'aaaaa'],
    ['an editor', user('bob'), 'hhhah', 'aaaaf', 'aaaaf'],
    ['a viewer', user('eve'), 'hhhah', 'aafff', 'aafff'],
    ['a stranger', user('dan'), 'hhhah', 'ahfff', 'hhhhh'],
    ['a key of the role writer', key('writer'), 'aaaaf', 'aaaaf', 'aaaaf'],
    ['a key for a project of this name', key('admin', ['wall']), 'hhhfh', 'ahfff', 'hhhfh'],
  ])('of %s is that on a project', (_, principal, ...expected) => {
    const letters = [undefined, owned('public'), owned('private')].map((access) =>
      ACTIONS.map((action) => decideCollection(principal, action, 'wall', access).charAt(0)).join(''),
    )
    expect(letters).toEqual(expected)
  })

  it('is not changed by a share link, also to a project of its name and time', () => {
    const created_at = '2026-05-04T09:30:00.000Z'
    const link = {
      id: 'l',
      projectId: 'wall',
      projectCreatedAt: created_at,
      upload: true,
      download: true,
      expiresMs: 1,
    }
    const links = [link, { ...link, projectId: 'collection wall' }]
    const access: ProjectAccess = { ...owned('private'), created_at }
    expect(decideCollection({ kind: 'anonymous', links }, 'read', 'wall', access)).toBe('hidden')
    expect(decideCollection({ kind: 'user', id: 'dan', links }, 'read', 'wall', access)).toBe('hidden')
  })
})

describe('a refusal', () => {
  const requiring =
    (principal: Principal, action: (typeof ACTIONS)[number], access = owned('private')) =>
    () =>
      requireCollectionAccess(principal, action, 'wall', access)

  it('is none where the action is allowed', () => {
    expect(requiring(user('ada'), 'manage')).not.toThrow()
    expect(requiring({ kind: 'anonymous' }, 'read', owned('public'))).not.toThrow()
  })

  it('hides a collection that the principal may not read', () => {
    expect(requiring(user('dan'), 'read')).toThrow(
      expect.objectContaining({ code: 'collection_not_found', message: 'There is no collection "wall".' }),
    )
  })

  it.each([
    ['write', 'may change'],
    ['create', 'may change'],
    ['manage', 'may manage'],
  ] as const)('of the action %s names what the key or user lacks', (action, may) => {
    expect(requiring(user('eve'), action)).toThrow(
      expect.objectContaining({
        code: 'forbidden',
        message: `Expected a key or user that ${may} collection "wall".`,
      }),
    )
  })

  it('without credentials is answered with how to send them', () => {
    expect(requiring({ kind: 'anonymous' }, 'write')).toThrow(expect.objectContaining({ code: 'unauthenticated' }))
  })
})
