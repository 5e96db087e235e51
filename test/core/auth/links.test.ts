// Share links: tokens, and what grants allow.

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { decideAccess, OPEN_ACCESS, type Principal } from '../../../src/core/auth/access.ts'
import {
  groupIn,
  groupOf,
  isLinkId,
  isLinkSecret,
  type LinkGrant,
  newLink,
  noDownload,
  parseLinkToken,
  pictureGrant,
  projectGrant,
  unknownLink,
} from '../../../src/core/auth/links.ts'

const AT = '2026-05-04T09:30:00.000Z'
const SHOP = { project_id: 'shop', created_at: AT }

const grant = (fields: Partial<LinkGrant> = {}): LinkGrant => ({
  id: 'a'.repeat(24),
  projectId: 'shop',
  projectCreatedAt: AT,
  upload: false,
  download: true,
  expiresMs: 1000,
  ...fields,
})

describe('a token', () => {
  it('leads to its id, which begins with the group of the project', () => {
    const { id, token } = newLink('shop')
    expect(isLinkId(id)).toBe(true)
    expect(groupIn(id)).toBe(groupOf('shop'))
    expect(groupOf('Shop')).not.toBe(groupOf('shop'))
    expect(parseLinkToken(token)).toEqual({ id, secret: token.slice(-43) })
    expect(newLink('shop').id).not.toBe(id)
  })

  it('is stored as the SHA-256 of its secret, in hex', () => {
    const { token, sha256 } = newLink('shop')
    const secret = token.slice(-43)
    expect(isLinkSecret(secret)).toBe(true)
    expect(sha256).toBe(createHash('sha256').update(secret).digest('hex'))
  })

  it('has a group of 12 characters for every project', () => {
    const groups = Array.from({ length: 500 }, (_, at) => groupOf(`project-${at}`))
    expect(groups.filter((group) => !/^[0-9a-z]{12}$/.test(group))).toEqual([])
    expect(new Set(groups).size).toBe(500)
  })

  it.each([
    ['an empty text', () => ''],
    ['a shorter secret', (token: string) => token.slice(0, -1)],
    ['a longer secret', (token: string) => `${token}A`],
    ['capital letters in the id', (token: string) => token.replace(/^ttl_./, 'ttl_A')],
    ['another prefix', (token: string) => token.replace('ttl', 'tt')],
    ['a line behind it', (token: string) => `${token}\n`],
  ])('is refused as %s', (_, change) => {
    expect(parseLinkToken(change(newLink('shop').token))).toBeUndefined()
  })
})

describe('a grant', () => {
  const verdict = (
    links: LinkGrant[],
    action: Parameters<typeof decideAccess>[1],
    created_at: string | undefined = AT,
  ) => decideAccess({ kind: 'anonymous', links }, action, 'shop', { ...OPEN_ACCESS, visibility: 'private', created_at })

  it('allows to read the project, with upload to add pictures, and nothing else', () => {
    expect(verdict([grant()], 'read')).toBe('allowed')
    expect(verdict([grant()], 'upload')).toBe('sign_in')
    expect(verdict([grant({ upload: true })], 'upload')).toBe('allowed')
    for (const action of ['write', 'create', 'manage'] as const)
      expect(verdict([grant({ upload: true })], action)).toBe('sign_in')
    expect(verdict([grant()], 'list')).toBe('hidden')
  })

  it('allows nothing in another project, also a later one of the same id, or one that is gone', () => {
    for (const links of [
      [grant({ projectId: 'Shop', upload: true })],
      [grant({ projectCreatedAt: '2026-05-04T09:30:00.001Z', upload: true })],
    ]) {
      expect(verdict(links, 'read')).toBe('hidden')
      expect(verdict(links, 'upload')).toBe('sign_in')
    }
    const holder: Principal = { kind: 'anonymous', links: [grant({ upload: true })] }
    expect(decideAccess(holder, 'read', 'shop', undefined)).toBe('hidden')
    expect(decideAccess(holder, 'upload', 'shop', undefined)).toBe('sign_in')
  })

  it('adds to the rights of a user, and to those of no key', () => {
    const access = { ...OPEN_ACCESS, visibility: 'private', created_at: AT } as const
    const user: Principal = { kind: 'user', id: 'ada', links: [grant({ upload: true })] }
    expect(decideAccess(user, 'read', 'shop', access)).toBe('allowed')
    expect(decideAccess(user, 'upload', 'shop', access)).toBe('allowed')
    expect(decideAccess(user, 'write', 'shop', access)).toBe('hidden')
    expect(decideAccess({ ...user, links: undefined }, 'read', 'shop', access)).toBe('hidden')
  })

  it('of one image allows nothing in the project but this image', () => {
    const links = [grant({ imageId: 'one' })]
    expect(verdict(links, 'read')).toBe('hidden')
    expect(projectGrant(links, SHOP)).toBeUndefined()
    expect(pictureGrant(links, SHOP, () => ({ imageId: 'one', isOriginal: true }))).toEqual(links[0])
    expect(pictureGrant(links, SHOP, () => ({ imageId: 'two', isOriginal: false }))).toBeUndefined()
    expect(pictureGrant(links, SHOP, () => ({ isOriginal: false }))).toBeUndefined()
  })

  it('of the whole project shows each of its images, and pictures under other names', () => {
    const [whole, one] = [grant({ expiresMs: 2000 }), grant({ imageId: 'one', expiresMs: 3000 })]
    expect(pictureGrant([whole], SHOP, () => ({ imageId: 'two', isOriginal: true }))).toBe(whole)
    expect(pictureGrant([one, whole], SHOP, () => ({ imageId: 'two', isOriginal: true }))).toBe(whole)
    expect(pictureGrant([one, whole], SHOP, () => ({ isOriginal: true }))).toBe(whole)
    expect(pictureGrant([whole, one], SHOP, () => ({ imageId: 'one', isOriginal: true }))).toBe(one)
  })

  it('without downloads shows no originals, unless another link does, and lasts as long as the longer one', () => {
    const [look, load] = [grant({ download: false, expiresMs: 3000 }), grant({ id: 'b'.repeat(24), expiresMs: 2000 })]
    const original = () => ({ isOriginal: true })
    const medium = () => ({ isOriginal: false })
    expect(pictureGrant([look], SHOP, original)).toBe('no_download')
    expect(pictureGrant([look], SHOP, medium)).toBe(look)
    expect(pictureGrant([look, load], SHOP, original)).toBe(load)
    expect(pictureGrant([load, look], SHOP, medium)).toBe(look)
  })

  it('of two links to a project is the one with uploads', () => {
    const [look, upload] = [grant(), grant({ id: 'b'.repeat(24), upload: true })]
    expect(projectGrant([look, upload], SHOP)).toBe(upload)
    expect(projectGrant([look], SHOP)).toBe(look)
  })

  it('asks for nothing of a request where no link is of its project', () => {
    const wanted = () => {
      throw new Error('asked')
    }
    expect(pictureGrant([grant({ projectId: 'other' })], SHOP, wanted)).toBeUndefined()
    expect(pictureGrant(undefined, SHOP, wanted)).toBeUndefined()
  })
})

describe('the error of a link', () => {
  it('says that it shows no originals', () => {
    expect(noDownload('shop')).toMatchObject({
      code: 'forbidden',
      message: 'The link to project "shop" shows no originals and gives no archives.',
    })
  })

  it('does not say whether there was one', () => {
    expect(unknownLink()).toMatchObject({
      code: 'link_not_found',
      message: 'The link is unknown, has expired or was withdrawn.',
    })
  })
})
