// `tintype serve` with FALLBACK: kills, a bucket that is away, and its owner.

import { readFile, rm, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { uploadSchema } from '../../../src/http/schemas/images/images.ts'
import { filesIn, temporaryFolder } from '../../support/disk/folder.ts'
import { plainJpeg } from '../../support/pictures/pictures.ts'
import { CEPH_KEYS } from '../../support/processes/ceph.mjs'
import { runTintype, serve } from '../../support/processes/tintype.ts'
import { startMemoryEngine } from '../../support/s3/engine.ts'
import { startProxy } from '../../support/s3/proxy.ts'

const environment = (endpoint: string) => ({
  S3_ENDPOINT: endpoint,
  AWS_ACCESS_KEY_ID: CEPH_KEYS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CEPH_KEYS.secretAccessKey,
})

const FALLBACK = ['--fallback', 's3://pictures/store', '--lock-stale-ms', '2000'] as const

const storage = async () => join(await temporaryFolder(), 'storage')

const uploadTo = async (url: string, side: number): Promise<string> => {
  const body = new FormData()
  body.set('file', new Blob([new Uint8Array(await plainJpeg(side, 30))]), 'file.jpg')
  const response = await fetch(`${url}/projects/shop/images`, { method: 'POST', body })
  expect(response.status).toBe(201)
  return uploadSchema.parse(await response.json()).image_id
}

/** Value of a metric, undefined where there is none. */
const metric = async (url: string, name: string): Promise<number | undefined> => {
  const text = await (await fetch(`${url}/metrics`)).text()
  const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]
  return value === undefined ? undefined : Number(value)
}

const until = (isSo: () => Promise<boolean>) =>
  vi.waitFor(async () => expect(await isSo()).toBe(true), { timeout: 60_000, interval: 20 })

const pictures = async (storageDir: string) => {
  const folder = join(storageDir, 'projects', 'shop')
  const files = (await filesIn(folder)).filter((path) => path.endsWith('.jpg') || path === 'meta.json')
  return Promise.all(files.map(async (path) => [path, await readFile(join(folder, path), 'base64')] as const))
}

describe('a server with a fallback', () => {
  it('that is killed while it copies loses nothing, goes on, and gives lost files back', async () => {
    const engine = await startMemoryEngine()
    const env = environment(engine.endpoint)
    const storageDir = await storage()
    const flags = ['--storage', storageDir, ...FALLBACK]
    const ids: string[] = []
    const copies = () => engine.keys().filter((key) => key.endsWith('.jpg')).length
    for (let kills = 0; kills < 3; kills++) {
      const { url, kill } = await serve(flags, { env })
      const before = copies()
      const uploads = Array.from({ length: 6 }, (_, n) => uploadTo(url, 40 + 10 * kills + n))
      ids.push(...(await Promise.all(uploads)))
      await until(async () => copies() > before)
      await kill()
    }
    const { url } = await serve([...flags, '--workers', '2'], { env })
    ids.push(await uploadTo(url, 80))
    const names = ids.map((id) => `pictures/store/projects/shop/game/${id}.jpg`)
    await until(async () => names.every((name) => engine.keys().includes(name)))
    await until(async () => (await metric(url, 'tintype_fallback_waiting_projects')) === 0)
    expect(await metric(url, 'tintype_fallback_oldest_seconds')).toBe(0)
    const original = (id: string | undefined) => join(storageDir, 'projects', 'shop', 'original', `${id}.jpg`)
    await rm(original(ids[0]))
    expect((await fetch(`${url}/projects/shop/images/${ids[0]}`)).status).toBe(200)
    expect(await stat(original(ids[0]))).toBeDefined()
    await truncate(original(ids[1]), 100)
    const mending = await runTintype(['doctor', '--fix', '--storage', storageDir], {
      env: { ...env, FALLBACK: FALLBACK[1] },
    })
    expect([await mending.ended, mending.stdout()]).toEqual([2, expect.stringContaining('restored from the fallback')])
    const to = await storage()
    const copy = await runTintype(['copy', 's3://pictures/store', to, '--verify'], { env })
    expect([await copy.ended, copy.stderr()]).toEqual([0, ''])
    expect(await pictures(to)).toEqual(await pictures(storageDir))
    const doctor = await runTintype(['doctor', '--storage', to])
    expect([await doctor.ended, doctor.stderr()]).toEqual([0, ''])
  })

  it('serves while the bucket is away, and copies once it is back', async () => {
    const engine = await startMemoryEngine()
    const proxy = await startProxy(engine.endpoint)
    proxy.decideBy(() => ({ isCarriedOut: false, answer: 'lost' }))
    const env = environment(proxy.endpoint)
    const { url } = await serve(['--storage', await storage(), ...FALLBACK], { env })
    const id = await uploadTo(url, 40)
    expect((await fetch(`${url}/ready`)).status).toBe(200)
    await until(async () => (await metric(url, 'tintype_fallback_waiting_projects')) === 1)
    await until(async () => ((await metric(url, 'tintype_fallback_oldest_seconds')) ?? 0) > 0)
    expect((await fetch(`${url}/ready`)).status).toBe(200)
    proxy.decideBy(() => undefined)
    await until(async () => (await metric(url, 'tintype_fallback_waiting_projects')) === 0)
    expect(engine.keys()).toContain(`pictures/store/projects/shop/original/${id}.jpg`)
  })

  it('serves a lost store from an empty folder, and goes on where a start was killed', async () => {
    const engine = await startMemoryEngine()
    const proxy = await startProxy(engine.endpoint)
    const env = environment(proxy.endpoint)
    const lost = await serve(['--storage', await storage(), ...FALLBACK], { env })
    const ids = [await uploadTo(lost.url, 40), await uploadTo(lost.url, 41)]
    const image = async (url: string, path: string) => {
      const response = await fetch(`${url}/projects/shop/${path}`)
      return [response.status, Buffer.from(await response.arrayBuffer()).toString('base64')]
    }
    const paths = [...ids.map((id) => `images/${id}`), `images/${ids[0]}?size=thumb&format=webp`, 'primary?size=game']
    const before = await Promise.all(paths.map((path) => image(lost.url, path)))
    await until(async () => (await metric(lost.url, 'tintype_fallback_waiting_projects')) === 0)
    const names = ids.map((id) => `pictures/store/projects/shop/game/${id}.jpg`)
    await until(async () => names.every((name) => engine.keys().includes(name)))
    await lost.kill()

    const to = await storage()
    const flags = ['--storage', to, ...FALLBACK, '--take-over', '--workers', '2']
    let isCut = true
    let reads = 0
    // Lists are read, and no revision.
    proxy.decideBy(({ path }) => {
      if (!isCut || !path.includes('/.meta/0')) return undefined
      reads++
      return { isCarriedOut: false, answer: 'lost' }
    })
    const killed = await runTintype(['serve', '--port', '0', ...flags], { env })
    await until(async () => reads > 0)
    await killed.kill()
    isCut = false
    const { url } = await serve(flags, { env })
    expect(await Promise.all(paths.map((path) => image(url, path)))).toEqual(before)
    const id = await uploadTo(url, 42)
    await until(async () => engine.keys().includes(`pictures/store/projects/shop/game/${id}.jpg`))
    expect(names.every((name) => engine.keys().includes(name))).toBe(true)
  })

  it('bounds its originals whatever is killed, and serves and deletes those that are in the bucket alone', async () => {
    const engine = await startMemoryEngine()
    const env = environment(engine.endpoint)
    const storageDir = await storage()
    // Less than one original.
    const flags = ['--storage', storageDir, ...FALLBACK, '--local-bytes', '100', '--workers', '2']
    const folder = join(storageDir, 'projects', 'shop', 'original')
    const originals = async () => (await filesIn(folder)).length
    const first = await serve(flags, { env })
    const ids: string[] = []
    for (let n = 0; n < 3; n++) ids.push(await uploadTo(first.url, 40 + n))
    const [id = '', other = ''] = ids
    const rendered = `${first.url}/projects/shop/images/${id}?size=thumb&format=webp`
    const render = Buffer.from(await (await fetch(rendered)).arrayBuffer())
    // Small renders are sent before they are stored.
    await until(async () =>
      (await filesIn(join(storageDir, '.cache'))).some((path) => path.includes(id) && !path.endsWith('.making')),
    )
    await until(async () => ((await metric(first.url, 'tintype_fallback_evicted_originals_total')) ?? 0) > 0)
    await first.kill()
    const { url } = await serve(flags, { env })
    await until(async () => (await originals()) === 0)
    await until(async () => (await metric(url, 'tintype_fallback_local_original_bytes')) === 0)

    // What was made of it before needs no original.
    const again = await fetch(rendered.replace(first.url, url))
    expect([again.status, Buffer.from(await again.arrayBuffer())]).toEqual([200, render])
    expect((await fetch(`${url}/projects/shop/images/${id}?size=medium`)).status).toBe(200)
    expect(await metric(url, 'tintype_fallback_fetched_files_total')).toBe(0)
    const inBucket = engine.keys().filter((key) => key.includes('/original/'))
    expect(inBucket).toHaveLength(3)
    const fresh = await fetch(`${url}/projects/shop/images/${other}?size=medium&format=webp`)
    expect([fresh.status, (await fresh.arrayBuffer()).byteLength > 0]).toEqual([200, true])
    const original = await fetch(`${url}/projects/shop/images/${id}`)
    expect((await original.arrayBuffer()).byteLength).toBe(Number(original.headers.get('content-length')))
    const archive = await fetch(`${url}/projects/shop/archive?size=original`)
    expect((await archive.arrayBuffer()).byteLength).toBe(Number(archive.headers.get('content-length')))
    expect(await metric(url, 'tintype_fallback_fetched_files_total')).toBeGreaterThan(2)
    const doctor = await runTintype(['doctor', '--storage', storageDir], { env: { ...env, FALLBACK: FALLBACK[1] } })
    expect([await doctor.ended, doctor.stderr()]).toEqual([0, ''])
    expect((await fetch(`${url}/projects/shop/images/${id}`, { method: 'DELETE' })).ok).toBe(true)
    await until(async () => engine.keys().every((key) => !key.includes(id)))
    await until(async () => (await filesIn(join(storageDir, 'projects', 'shop'))).every((path) => !path.includes(id)))
  })

  it('is refused the bucket of another store in one line, unless it takes it over', async () => {
    const engine = await startMemoryEngine()
    const env = environment(engine.endpoint)
    const one = await serve(['--storage', await storage(), ...FALLBACK], { env })
    await uploadTo(one.url, 40)
    await until(async () => (await metric(one.url, 'tintype_fallback_waiting_projects')) === 0)
    await one.kill()
    const flags = ['--storage', await storage(), ...FALLBACK]
    const refused = await runTintype(['serve', '--port', '0', ...flags], { env })
    expect(await refused.ended).toBe(1)
    expect(refused.stderr().trim()).toMatch(
      /^tintype: s3:\/\/pictures\/store is the fallback of another store, since [^\n]*--take-over\.$/,
    )
    const taking = await serve([...flags, '--take-over'], { env })
    const id = await uploadTo(taking.url, 41)
    expect((await fetch(`${taking.url}/ready`)).status).toBe(200)
    expect(id).toHaveLength(20)
  })
})
