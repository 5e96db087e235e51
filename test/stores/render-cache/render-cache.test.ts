// The disk cache: bounded, made once by all processes, aborted without a waiting request.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { readWhole } from '../../../src/services/images/read-whole.ts'
import { sealOwner } from '../../../src/stores/file/staging/owner-file.ts'
import { createRenderCache, type RenderCacheOptions } from '../../../src/stores/render-cache/render-cache.ts'
import { filesIn, temporaryFolder } from '../../support/disk/folder.ts'
import { silent } from '../../support/store/file-store.ts'

const IMAGE = '4f0z6k1m9q2w8e5r7t3y'
const keyOf = (number: number) => ({
  projectId: 'Demo',
  imageId: IMAGE,
  name: `${String(number).padStart(32, '0')}.webp`,
})
const MODIFIED_MS = 1_700_000_000_123
const MINUTE_MS = 60_000

/** Makes a render of this content. */
const writeOrReturn = async (target: string | undefined, content: Buffer<ArrayBuffer>) => {
  if (target === undefined) return content
  await writeFile(target, content)
  return undefined
}

const open = async (options: Partial<RenderCacheOptions> = {}) => {
  const storageDir = options.storageDir ?? (await temporaryFolder())
  await mkdir(join(storageDir, '.tmp'), { recursive: true })
  const cache = createRenderCache({ storageDir, log: silent, ...options })
  onTestFinished(() => cache.close())
  let made = 0
  const get = async (number: number, more: Partial<Parameters<typeof cache.get>[1]> = {}) => {
    const file = await cache.get(keyOf(number), {
      make(target) {
        made++
        return writeOrReturn(target, Buffer.alloc(10_000, number))
      },
      modifiedMs: MODIFIED_MS,
      isWanted: async () => true,
      ...more,
    })
    if (Buffer.isBuffer(file)) return { content: file, wasRead: true }
    const content = await readWhole(file)
    return { content, wasRead: false }
  }
  const folder = join(storageDir, '.cache', '!demo', IMAGE)
  return { cache, get, made: () => made, folder, storageDir, kept: () => filesIn(join(storageDir, '.cache')) }
}

describe('the disk cache', () => {
  it('makes a file once and then finds it, with the date of its original', async () => {
    const { cache, get, made, kept } = await open()
    const first = await get(1)
    await expect.poll(kept).toEqual([join('!demo', IMAGE, keyOf(1).name)])
    const second = await get(1)
    expect(made()).toBe(1)
    expect(second.content.equals(first.content)).toBe(true)
    const found = await cache.find(keyOf(1))
    await found?.close()
    expect(found).toMatchObject({ bytes: 10_000, modifiedMs: 1_700_000_000_000 })
  })

  it.each([
    [0, true],
    [128 * 1024, true],
    [128 * 1024 + 1, false],
  ])('has in memory a file of %i bytes that was just made: %s', async (bytes, wasRead) => {
    const { get } = await open()
    const content = Buffer.alloc(bytes, 7)
    expect(await get(1, { make: (target) => writeOrReturn(target, content) })).toEqual({ content, wasRead })
  })

  it('leaves only its owner file, and continues where that was swept', async () => {
    const { get, kept, storageDir } = await open()
    const temporary = join(storageDir, '.tmp')
    for (const number of [1, 2]) {
      await Promise.all([get(number * 2), get(number * 2 + 1)])
      await expect.poll(kept).toHaveLength(number * 2)
      await expect.poll(async () => (await filesIn(temporary)).map((path) => basename(path))).toEqual(['owner.json'])
      expect(await readdir(temporary)).toHaveLength(1)
      for (const owner of await readdir(temporary)) await rm(join(temporary, owner), { recursive: true })
    }
  })

  it('makes a file once for four processes with 25 requests each', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, '.tmp'))
    const log = join(folder, 'made.log')
    const script = fileURLToPath(new URL('./processes/make-once.mjs', import.meta.url))
    const children: ChildProcess[] = Array.from({ length: 4 }, () => fork(script, [folder, log]))
    onTestFinished(() => {
      for (const child of children) child.kill('SIGKILL')
    })
    await Promise.all(children.map((child) => once(child, 'message')))
    const answers = children.map((child) => once(child, 'message'))
    for (const child of children) child.send('go')
    expect((await Promise.all(answers)).flat().filter((answer) => typeof answer === 'string')).toEqual(
      Array(4).fill('same'),
    )
    expect((await readFile(log, 'utf8')).trim().split('\n')).toHaveLength(1)
    expect((await readdir(join(folder, '.cache', 'demo', IMAGE))).some((name) => name.endsWith('.making'))).toBe(false)
  })

  it('does not wait for a process that died while it made the file', async () => {
    const { get, folder, made } = await open()
    await mkdir(folder, { recursive: true })
    const dead = { pid: 2 ** 22 - 3, host: (await import('node:os')).hostname(), started: '1' }
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim()
    const namespace = await import('node:fs/promises').then((fs) => fs.readlink('/proc/self/ns/pid').catch(() => ''))
    const mark = join(folder, `${keyOf(1).name}.making`)
    await writeFile(mark, sealOwner(mark, { ...dead, boot, namespace }))
    expect((await get(1)).content).toHaveLength(10_000)
    expect(made()).toBe(1)
  })

  it('waits at most its timeout for a process that hangs', async () => {
    const { get, folder, made } = await open({ waitMs: 100 })
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, `${keyOf(1).name}.making`), 'a process of another machine')
    expect((await get(1)).content).toHaveLength(10_000)
    expect(made()).toBe(1)
  })

  it('evicts the least recently used files, and stays within its limit', async () => {
    // Each takes three blocks of 4 KiB.
    const { cache, get, folder } = await open({ maxBytes: 10 * 12_288 })
    for (let number = 1; number <= 10; number++) {
      await get(number)
      const path = join(folder, keyOf(number).name)
      await expect
        .poll(() =>
          stat(path).then(
            () => true,
            () => false,
          ),
        )
        .toBe(true)
      const usedMs = Date.now() - (100 - number) * MINUTE_MS
      await utimes(path, usedMs / 1000, MODIFIED_MS / 1000)
    }
    // Wanted again: now it is the newest.
    await get(1)
    await get(11)
    await cache.close()
    const left = (await readdir(folder)).map((name) => Number.parseInt(name, 10))
    expect(left).toEqual(expect.arrayContaining([1, 11]))
    expect(left).not.toContain(2)
    expect(left.length).toBeLessThanOrEqual(10)
  })

  it('leaves no file of an image that was deleted during its render', async () => {
    const { cache, get, kept } = await open()
    expect((await get(1, { isWanted: async () => false })).content).toHaveLength(10_000)
    await cache.close()
    expect(await kept()).toEqual([])
  })

  it('does not begin a render whose requests were all aborted before its turn', async () => {
    const { get } = await open()
    const client = new AbortController()
    const make = vi.fn(async () => undefined)
    const leaving = get(1, { make, signal: client.signal })
    client.abort(new Error('gone'))
    await expect(leaving).rejects.toThrow('gone')
    expect((await get(1)).content).toHaveLength(10_000)
    expect(make).not.toHaveBeenCalled()
  })

  it('aborts a render whose requests were all aborted, and makes it for a later request', async () => {
    const { get } = await open()
    const client = new AbortController()
    let begun = false
    let given = false
    const leaving = get(1, {
      make: (_, signal) =>
        new Promise((_, reject) => {
          begun = true
          signal.addEventListener('abort', () => {
            given = true
            reject(signal.reason)
          })
        }),
      signal: client.signal,
    })
    await expect.poll(() => begun).toBe(true)
    client.abort(new Error('gone'))
    await expect(leaving).rejects.toThrow('gone')
    await expect.poll(() => given).toBe(true)
    expect((await get(1)).content).toHaveLength(10_000)
  })

  it('continues for the other clients where one disconnects', async () => {
    const { get, made } = await open()
    const client = new AbortController()
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const make = async (target: string | undefined) => {
      await gate
      return writeOrReturn(target, Buffer.from('made'))
    }
    const leaving = get(1, { make, signal: client.signal })
    const staying = get(1, { make })
    client.abort(new Error('gone'))
    await expect(leaving).rejects.toThrow('gone')
    release()
    expect((await staying).content.toString()).toBe('made')
    expect(made()).toBe(0)
  })

  it('passes on a failure, stores nothing of it and tries again', async () => {
    const { get, kept, storageDir } = await open()
    const failing = { make: () => Promise.reject(new Error('cannot be decoded')) }
    await expect(get(1, failing)).rejects.toThrow('cannot be decoded')
    expect((await kept()).filter((path) => dirname(path) !== '.')).toEqual([])
    expect((await filesIn(join(storageDir, '.tmp'))).filter((path) => path.includes('made-'))).toEqual([])
    expect((await get(1)).content).toHaveLength(10_000)
  })

  it('makes a render in memory where its bound is 0, without touching the disk', async () => {
    const { get, storageDir, made } = await open({ maxBytes: 0 })
    const both = await Promise.all([get(1), get(1)])
    expect(both.map(({ content }) => content.length)).toEqual([10_000, 10_000])
    expect(made()).toBe(1)
    expect(await readdir(storageDir, { recursive: true })).toEqual(['.tmp'])
  })

  it('returns a render that is not in a file before it is kept', async () => {
    const { cache, get, kept, made } = await open()
    const content = Buffer.from('made')
    expect(await get(1, { make: async () => content })).toEqual({ content, wasRead: true })
    expect((await kept()).filter((path) => path.endsWith('.webp'))).toEqual([])
    await expect.poll(kept).toEqual([join('!demo', IMAGE, keyOf(1).name)])
    expect(await get(1)).toEqual({ content, wasRead: false })
    expect(made()).toBe(0)
    const found = await cache.find(keyOf(1))
    await found?.close()
    expect(found).toMatchObject({ bytes: 4, modifiedMs: 1_700_000_000_000 })
  })

  it('keeps a render of which the encoder could write a part only', async () => {
    const { get, folder } = await open()
    const content = Buffer.from('made')
    const make = async (target: string | undefined) => {
      if (target !== undefined) await writeFile(target, 'a longer part')
      return content
    }
    expect((await get(1, { make })).content).toEqual(content)
    await expect.poll(() => readFile(join(folder, keyOf(1).name), 'utf8').catch(() => 'nothing')).toBe('made')
  })

  it('makes a render again where the kept one cannot be read', async () => {
    const { get, folder } = await open()
    // A loop of links in place of its folder.
    await mkdir(dirname(folder), { recursive: true })
    await symlink(folder, folder)
    expect((await get(1)).content).toHaveLength(10_000)
  })
})
