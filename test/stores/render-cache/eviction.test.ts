// The limit of the render cache on disk. A file counts in blocks of 4096 bytes.

import { existsSync } from 'node:fs'
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createEviction } from '../../../src/stores/render-cache/eviction.ts'
import { filesIn, temporaryFolder } from '../../support/disk/folder.ts'
import { silent } from '../../support/store/file-store.ts'

const BLOCK = 4096

/** A cache of these files, oldest first, each of one block. */
const cacheOf = async (names: readonly string[], maxBytes: number) => {
  const folder = await temporaryFolder()
  const add = async (name: string, usedSeconds: number) => {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, 'a render')
    await utimes(path, usedSeconds, usedSeconds)
  }
  for (const [at, name] of names.entries()) await add(name, 1000 + at)
  const eviction = createEviction({ folder, maxBytes, log: silent })
  const evict = async (bytes = 1) => {
    eviction.added(bytes)
    await eviction.idle()
  }
  return { folder, add, evict, files: () => filesIn(folder) }
}

const named = (count: number) => Array.from({ length: count }, (_, at) => `shop/image/${String(at).padStart(2, '0')}`)

describe('an eviction', () => {
  it('removes nothing while the files are within the limit', async () => {
    const { evict, files } = await cacheOf(named(10), 10 * BLOCK)
    await evict()
    expect(await files()).toEqual(named(10))
  })

  it('removes the least recently used files of a cache above its limit, down to 90 percent', async () => {
    const { evict, files } = await cacheOf(named(11), 10 * BLOCK)
    await evict()
    expect(await files()).toEqual(named(11).slice(2))
  })

  it('keeps a file that was used recently, whatever its age', async () => {
    const { folder, evict, files } = await cacheOf(named(11), 10 * BLOCK)
    await utimes(join(folder, 'shop/image/00'), 5000, 1000)
    await evict()
    expect(await files()).toEqual(named(11).filter((_, at) => at === 0 || at > 2))
  })

  it('removes folders that it has emptied, and no others', async () => {
    const { folder, evict } = await cacheOf(['old/image/a', 'shop/one/b', 'shop/two/c'], 2 * BLOCK)
    await evict()
    expect(await readdir(folder)).toEqual(['shop'])
    expect(await readdir(join(folder, 'shop'))).toEqual(['two'])
  })

  it('removes marks of work that was abandoned an hour ago, and does not count marks', async () => {
    const { add, evict, files } = await cacheOf(named(2), 2 * BLOCK)
    const nowSeconds = Date.now() / 1000
    await add('shop/image/old.making', nowSeconds - 3660)
    await add('shop/image/new.making', nowSeconds - 3540)
    await evict()
    expect(await files()).toEqual([...named(2), 'shop/image/new.making'])
  })

  it('scans at the first file, and again once a 32nd of the limit was added', async () => {
    const { add, evict, files } = await cacheOf(named(64), 64 * BLOCK)
    await evict()
    await add('shop/image/first', 500)
    await evict(BLOCK)
    expect(await files()).toContain('shop/image/first')
    await evict(1)
    expect(await files()).not.toContain('shop/image/first')
  })

  it('does nothing where the folder is missing or contains a stray file', async () => {
    const { folder, evict } = await cacheOf(['stray'], 1)
    await evict()
    expect(existsSync(join(folder, 'stray'))).toBe(true)
    const missing = createEviction({ folder: join(folder, 'missing'), maxBytes: 1, log: silent })
    missing.added(1)
    await expect(missing.idle()).resolves.toBeUndefined()
  })
})
