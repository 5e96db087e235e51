// Quotas: the charged account, and the bytes of an image.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Principal } from '../../../src/core/auth/access.ts'
import { bytesOfImage, chargedTo } from '../../../src/core/project/quota.ts'

const project = {
  project_id: 'shop',
  revision: 1,
  title: null,
  created_at: '2026-11-28T12:00:00.000Z',
  updated_at: '2026-11-28T12:00:00.000Z',
  primary_image_id: null,
  image_count: 0,
}
const user: Principal = { kind: 'user', id: 'ada' }
const key: Principal = { kind: 'key', id: 'k1', role: 'writer' }

describe('the account of a project', () => {
  it('is its owner, before the key that created it and the uploading principal', () => {
    expect(chargedTo({ ...project, owner_id: 'bob', made_by: 'key:k2' }, user)).toBe('user:bob')
  })

  it('is the key that created it where it has no owner', () => {
    expect(chargedTo({ ...project, made_by: 'key:k2' }, user)).toBe('key:k2')
  })

  it('is the account without an owner where it has neither, whatever the uploading principal', () => {
    for (const principal of [user, key, undefined]) expect(chargedTo(project, principal)).toBe('nobody')
  })
})

describe('the account of a new project', () => {
  it.each<[string, Principal | undefined]>([
    ['user:ada', user],
    ['key:k1', key],
    ['nobody', { kind: 'anonymous' }],
    ['nobody', { kind: 'unrestricted' }],
    ['nobody', undefined],
  ])('is %s for %j', (account, principal) => {
    expect(chargedTo(undefined, principal)).toBe(account)
  })
})

describe('the bytes of an image', () => {
  it('are the sum of its four variants', () => {
    const bytes = fc.nat(2 ** 40)
    fc.assert(
      fc.property(bytes, bytes, bytes, bytes, (original, medium, thumb, game) => {
        const variant = (length: number) => ({ width: 1, height: 1, bytes: length, sha256: '0' })
        const sizes = {
          original: variant(original),
          medium: variant(medium),
          thumb: variant(thumb),
          game: variant(game),
        }
        expect(bytesOfImage({ sizes })).toBe(original + medium + thumb + game)
      }),
    )
  })
})
