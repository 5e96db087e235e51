// The permission of a principal in a project, held equal to the decisions on each action.

import { describe, expect, it } from 'vitest'
import { decideAccess, type Principal, type ProjectAccess, ROLES } from '../../../src/core/auth/access.ts'
import { PERMISSIONS, permissionOf } from '../../../src/core/auth/permission.ts'

const PROJECT: ProjectAccess = {
  owner_id: 'owner',
  visibility: 'public',
  members: { editor: 'editor', viewer: 'viewer' },
  created_at: '2026-05-04T09:30:00.000Z',
}

const guest = (upload: boolean): Principal => ({
  kind: 'anonymous',
  links: [
    {
      ...{ id: 'link', projectId: 'shop', projectCreatedAt: PROJECT.created_at ?? '' },
      ...{ upload, download: true, expiresMs: 0 },
    },
  ],
})

describe('the permission in a project', () => {
  it.each<[string, Principal, string]>([
    ['a visitor', { kind: 'anonymous' }, 'read'],
    ['a guest', guest(false), 'read'],
    ['a guest who may add pictures', guest(true), 'upload'],
    ['a viewer', { kind: 'user', id: 'viewer' }, 'read'],
    ['an editor', { kind: 'user', id: 'editor' }, 'write'],
    ['the owner', { kind: 'user', id: 'owner' }, 'manage'],
    ['a stranger', { kind: 'user', id: 'stranger' }, 'read'],
    ['an open server', { kind: 'unrestricted' }, 'manage'],
    ...ROLES.map((role): [string, Principal, string] => [
      `a key of the role ${role}`,
      { kind: 'key', id: 'key', role },
      { reader: 'read', writer: 'write', admin: 'manage' }[role],
    ]),
    ['a key for another project', { kind: 'key', id: 'key', role: 'admin', projects: ['other'] }, 'read'],
  ])('of %s is the last action that is allowed, and those before it are', (_, principal, expected) => {
    for (const visibility of ['public', 'private'] as const) {
      const access = { ...PROJECT, visibility }
      const isAllowed = (action: (typeof PERMISSIONS)[number]) =>
        decideAccess(principal, action, 'shop', access) === 'allowed'
      if (!isAllowed('read')) continue
      const permission = permissionOf(principal, 'shop', access)
      expect(permission).toBe(expected)
      const last = PERMISSIONS.indexOf(permission)
      expect(PERMISSIONS.map(isAllowed)).toEqual(PERMISSIONS.map((_, at) => at <= last))
    }
  })
})
