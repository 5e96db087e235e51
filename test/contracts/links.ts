// What every store of share links must do. One passes by ~10 lines: see test/stores/links/file-links.test.ts.

import { describe, expect, it, vi } from 'vitest'
import { newLink } from '../../src/core/auth/links.ts'
import type { LinkRecord, Links } from '../../src/stores/links/links.ts'

export interface LinksFixture {
  links: Links
  /** The same links as another process has them. */
  another(): Links
  /** True where what another process removes may count for some seconds where nothing is read. @default false */
  isStale?: boolean
}

const CREATED = '2026-05-04T09:30:00.000Z'
const EXPIRES = '2026-06-01T00:00:00.000Z'

export const linkRecord = (projectId: string, fields: Partial<LinkRecord> = {}): LinkRecord => {
  const { id, sha256 } = newLink(projectId)
  return {
    id,
    project_id: projectId,
    project_created_at: CREATED,
    image_id: null,
    upload: false,
    download: true,
    sha256,
    created_at: CREATED,
    expires_at: EXPIRES,
    ...fields,
  }
}

export const linksContract = (name: string, open: () => Promise<LinksFixture>): void => {
  describe(`${name} keeps the promises of share links`, () => {
    it('finds a link in every process, and lists those of a project oldest first', async () => {
      const { links, another } = await open()
      expect(await links.list('shop')).toEqual([])
      const newer = linkRecord('shop', { created_at: EXPIRES, upload: true, download: false })
      const older = linkRecord('shop', { image_id: 'a'.repeat(20) })
      const other = linkRecord('Shop')
      for (const record of [newer, older, other]) await links.add(record)
      for (const each of [links, another()]) {
        expect(await each.find(newer.id)).toEqual(newer)
        expect(await each.list('shop')).toEqual([older, newer])
        expect(await each.list('Shop')).toEqual([other])
        expect(await each.list('sho')).toEqual([])
      }
    })

    it('removes a link in every process at once', async () => {
      const { links, another, isStale } = await open()
      const [record, kept] = [linkRecord('shop'), linkRecord('shop')]
      await links.add(record)
      await links.add(kept)
      const other = another()
      await other.find(record.id)
      expect(other.current(record.id)).toEqual(record)
      expect(await links.remove(record.id)).toBe(true)
      expect(links.current(record.id)).toBeUndefined()
      if (isStale) await vi.waitUntil(() => !other.current(record.id), 60_000)
      for (const each of [links, other, another()]) {
        expect(each.current(record.id)).toBeUndefined()
        expect(await each.find(record.id)).toBeUndefined()
        expect(await each.list('shop')).toEqual([kept])
        expect(await each.remove(record.id)).toBe(false)
      }
    })

    it('sweeps links that have expired, and no others', async () => {
      const { links, another } = await open()
      const [record, other] = [linkRecord('shop'), linkRecord('other', { expires_at: '2026-06-01T00:00:00.001Z' })]
      await links.sweep(Date.parse(EXPIRES))
      for (const each of [record, other]) await links.add(each)
      await links.sweep(Date.parse(EXPIRES))
      expect(await another().list('shop')).toEqual([record])
      await links.sweep(Date.parse(EXPIRES) + 1)
      expect(await another().list('shop')).toEqual([])
      expect(await another().list('other')).toEqual([other])
    })

    it('finds no other id, and none that could be a path', async () => {
      const { links } = await open()
      await links.add(linkRecord('shop'))
      for (const id of ['b'.repeat(24), '../../secret', '', 'constructor', 'x'.repeat(5000)]) {
        expect(await links.find(id)).toBeUndefined()
        expect(links.current(id)).toBeUndefined()
        expect(await links.remove(id)).toBe(false)
      }
    })
  })
}
