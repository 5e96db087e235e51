// Archives made to write elsewhere, to fill the disk, or to keep the server busy.

import { deflateRawSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { type BulkResultView, bulkSchema } from '../../../src/http/schemas/images/bulk.ts'
import { tarOf } from '../../support/archives/tar.ts'
import { zipOf } from '../../support/archives/zip.ts'
import { leaksOf } from '../../support/attacks/raw.ts'
import { describeAttacks } from '../../support/attacks/under-attack.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'

const ZIP = 'application/zip'
const TAR = 'application/x-tar'

describeAttacks('archives', (attacked) => {
  const send = async (type: string, bytes: Uint8Array, project = 'archives') => {
    const { ask, ada } = attacked().target
    const headers = { ...ada.who, 'Content-Type': type }
    const answer = await ask(`/projects/${project}/images/bulk`, {
      method: 'POST',
      headers,
      body: new Uint8Array(bytes),
    })
    const text = await answer.text()
    expect(leaksOf(text)).toEqual([])
    return { status: answer.status, text }
  }
  const resultsOf = async (type: string, bytes: Uint8Array): Promise<BulkResultView[]> => {
    const { text } = await send(type, bytes)
    return bulkSchema.parse(JSON.parse(text)).results
  }

  it('with paths out of the store store pictures under generated names', async () => {
    const content = await smallPhoto()
    const names = ['../../../beside/evil.jpg', '/tmp/evil.jpg', '..\\..\\evil.jpg', 'a/../../evil.jpg', '../..']
    const entries = names.map((name) => ({ name, content }))
    for (const [type, bytes] of [
      [ZIP, zipOf(entries)],
      [TAR, tarOf(entries)],
    ] as const) {
      const results = await resultsOf(type, bytes)
      expect(results.map(({ name, status }) => [name, status])).toEqual([
        ...Array(4).fill(['evil.jpg', 201]),
        [null, 201],
      ])
    }
  })

  it('with links to files of the server pass them over', async () => {
    const secret = '../beside/secret.txt'
    const tar = tarOf(['1', '2'].map((type) => ({ name: 'a.jpg', type, linkname: secret })))
    const zip = zipOf([{ name: 'a.jpg', mode: 0o120777, content: secret }])
    for (const [type, bytes] of [
      [ZIP, zip],
      [TAR, tar],
    ] as const)
      for (const { status, skipped } of await resultsOf(type, bytes))
        expect([status, skipped]).toEqual([204, 'not_a_file'])
  })

  it('that inflate to much more than they say, or to gigabytes together, are refused', async () => {
    const zeros = Buffer.alloc(100 * 2 ** 20)
    const liar = zipOf([{ name: 'a.jpg', content: zeros, isDeflated: true, declared: 1000 }])
    expect((await resultsOf(ZIP, liar)).map(({ status }) => status)).toEqual([422])
    const honest = zipOf([{ name: 'a.jpg', content: zeros, isDeflated: true }])
    expect((await resultsOf(ZIP, honest)).map(({ status }) => status)).toEqual([413])
    const content = deflateRawSync(zeros)
    const many = Array.from({ length: 100 }, (_, at) => ({ name: `${at}.jpg`, content, method: 8, declared: 2 ** 26 }))
    expect((await send(ZIP, zipOf(many))).status).toBe(413)
  })

  it('whose files share their bytes are refused', async () => {
    const first = { name: 'a.jpg', content: 'x'.repeat(10_000), isDeflated: true }
    const others = Array.from({ length: 500 }, () => ({ ...first, sharedWith: 0 }))
    const { status, text } = await send(ZIP, zipOf([first, ...others]))
    expect([status, text]).toEqual([400, expect.stringContaining('malformed_archive')])
  })

  it('of very many or very long entries are refused', async () => {
    const many = Array.from({ length: 4001 }, () => ({ name: '.x' }))
    for (const [type, bytes] of [
      [ZIP, zipOf(many)],
      [ZIP, zipOf(Array.from({ length: 1001 }, () => ({ name: 'x' })))],
    ] as const)
      expect((await send(type, bytes)).status).toBe(400)
    const longName = { name: 'a'.repeat(60_000), content: 'x' }
    expect((await resultsOf(ZIP, zipOf([longName, longName]))).map(({ status }) => status)).toEqual([415, 415])
    // A header of a name that is longer than a name may be, and one that never ends.
    for (const declared of [5 * 2 ** 20, 2 ** 32])
      expect((await send(TAR, tarOf([{ name: 'x', type: 'x', content: 'x', declared }]))).status).toBe(400)
  })

  it('that are cut anywhere store nothing, or the files before the cut', async () => {
    const content = await smallPhoto()
    const entries = ['a.jpg', 'b.jpg'].map((name) => ({ name, content }))
    const [zip, tar] = [zipOf(entries), tarOf(entries)]
    for (const part of [0.1, 0.45, 0.7, 0.99]) {
      expect((await send(ZIP, zip.subarray(0, zip.length * part), 'cut')).status).toBe(400)
      const { status, text } = await send(TAR, tar.subarray(0, (tar.length - 1024) * part), 'cut')
      expect([200, 400]).toContain(status)
      expect(text).toContain('malformed_archive')
    }
  })

  it('of all kinds, many at once, do not block ordinary uploads', async () => {
    const { honest } = attacked()
    const content = Buffer.alloc(3_000_000)
    const entries = Array.from({ length: 20 }, (_, at) => ({ name: `${at}.jpg`, content, isDeflated: true }))
    const sent = Array.from({ length: 8 }, () => send(ZIP, zipOf(entries)))
    await honest.goesOn(7)
    for (const { status } of await Promise.all(sent)) expect(status).toBe(200)
    await honest.goesOn(7)
  })
})
