// Signed URLs that were changed, doubled, extended, or are used beyond their time and place.

import { expect, it } from 'vitest'
import { KEYS } from '../support/attacks/attacked-server.ts'
import { keyHeader, signedPath } from '../support/attacks/target.ts'
import { describeAttacks } from '../support/attacks/under-attack.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { formOf } from '../support/upload.ts'

describeAttacks('signed URLs', (attacked) => {
  const statusOf = async (path: string) => (await attacked().target.ask(path)).status
  const image = () => `/projects/closed/images/${attacked().target.closed}`
  const render = () => `${image()}/render?w=40&h=30&fit=cover`
  const entries = (path: string): string[] => (path.split('?')[1] ?? '').split('&')
  const withQuery = (path: string, query: readonly string[]) => `${path.split('?')[0]}?${query.join('&')}`

  it('are valid in any order of their parameters', async () => {
    for (const path of [signedPath(render()), signedPath(`${image()}?size=thumb`)]) {
      expect(await statusOf(path)).toBe(200)
      expect(await statusOf(withQuery(path, entries(path).reverse()))).toBe(200)
      expect(await statusOf(withQuery(path, entries(path).sort()))).toBe(200)
    }
  })

  it('are refused with any parameter repeated, removed, added or changed', async () => {
    for (const path of [
      signedPath(render()),
      signedPath(`${image()}?size=thumb`),
      signedPath(`${image()}/thumb.jpg`),
    ]) {
      const query = entries(path)
      const forged: string[] = []
      for (const [at, entry] of query.entries()) {
        const name = entry.split('=')[0] ?? ''
        forged.push(withQuery(path, [...query, entry]), withQuery(path, [entry, ...query]))
        forged.push(withQuery(path, query.toSpliced(at, 1)))
        for (const value of ['', '1', '9999999999', 'original', 'contain']) {
          if (entry === `${name}=${value}`) continue
          forged.push(withQuery(path, query.with(at, `${name}=${value}`)))
          forged.push(withQuery(path, [...query, `${name}=${value}`]), withQuery(path, [`${name}=${value}`, ...query]))
          forged.push(withQuery(path, query.with(at, `${name}[]=${value}`)))
        }
      }
      for (const extra of [
        'q=1',
        'format=webp',
        'size=original',
        'x=1',
        'Exp=9999999999',
        'sig[]=x',
        '__proto__=1',
        'w=4000',
      ])
        if (!query.some((entry) => entry.split('=')[0] === extra.split('=')[0]))
          forged.push(withQuery(path, [...query, extra]))
      for (const each of forged) {
        const status = await statusOf(each)
        // A transform without its default means the same, and is signed by what it means.
        expect([400, 401, 403, 404], each).toContain(status)
      }
    }
  })

  it('are valid for their own picture in their own project alone', async () => {
    const { ask, closed, open } = attacked().target
    const headers = keyHeader(KEYS.admin)
    const uploaded = await ask('/projects/vault/images', { method: 'POST', headers, body: formOf(await smallPhoto()) })
    const { image_id: other } = JSON.parse(await uploaded.text())
    const init = { method: 'PATCH', headers: { ...headers, 'Content-Type': 'application/json' } }
    expect((await ask('/projects/vault', { ...init, body: '{"visibility":"private"}' })).status).toBe(200)
    for (const path of [
      signedPath(`${image()}?size=thumb`),
      signedPath(render()),
      signedPath(`${image()}/thumb.jpg`),
    ]) {
      expect(await statusOf(path)).toBe(200)
      for (const [from, to] of [
        ['closed', 'vault'],
        [`closed/images/${closed}`, `vault/images/${other}`],
        [closed, open],
        ['thumb', 'original'],
        ['closed', 'CLOSED'],
        ['/render', '/original.jpg'],
      ] as const) {
        const forged = path.replace(from, to)
        if (forged !== path) expect([400, 403, 404], forged).toContain(await statusOf(forged))
      }
    }
    const cover = signedPath('/projects/closed/thumbnail')
    expect(await statusOf(cover)).toBe(200)
    expect(await statusOf(cover.replace('closed', 'vault'))).toBe(403)
    expect(await statusOf(cover.replace('/thumbnail', '/images'))).toBe(404)
    expect((await ask(cover, { method: 'DELETE' })).status).toBe(405)
  })

  it('expire, and are refused with another expiry, without one, or signed by another key', async () => {
    const path = signedPath(`${image()}?size=thumb`, -1000)
    expect(await statusOf(path)).toBe(403)
    for (const end of ['9999999999', '1e12', '-1', '0x7fffffff', 'Infinity', '9'.repeat(400), ''])
      expect([400, 403], end).toContain(await statusOf(path.replace(/exp=\d+/, `exp=${end}`)))
    expect(await statusOf(path.replace(/&?exp=\d+/, ''))).toBe(403)
    const wrong = signedPath(`${image()}?size=thumb`, 600_000, 'a-key-of-another-server')
    expect(await statusOf(wrong)).toBe(403)
    const good = signedPath(`${image()}?size=thumb`)
    for (const signature of ['', 'x', 'A'.repeat(43), 'A'.repeat(5000), '%00', '='])
      expect(await statusOf(good.replace(/sig=[^&]*/, `sig=${signature}`)), signature).toBe(403)
    expect(await statusOf(good)).toBe(200)
  })

  it('do not reveal whether a private project or its picture exists', async () => {
    const { ask, closed } = attacked().target
    const answer = async (path: string) => {
      const { status, headers } = await ask(path)
      return [status, headers.get('content-length')]
    }
    for (const query of ['', '?sig=x&exp=9999999999', '?sig=x', '?exp=9999999999']) {
      // Of the same length, so that the answers are too.
      const there = await answer(`/projects/closed/images/${closed}${query}`)
      expect(await answer(`/projects/clased/images/${closed}${query}`), query).toEqual(there)
    }
  })
})
