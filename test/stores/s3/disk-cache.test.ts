import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createDiskCache, type DiskCache } from '../../../src/stores/s3/disk-cache.ts'
import { textOf } from '../../contracts/store.ts'
import { filesIn, temporaryFolder } from '../../support/disk/folder.ts'
import { silent } from '../../support/store/file-store.ts'

const contentOf = (text: string) => ({
  bytes: text.length,
  sha256: createHash('sha256').update(text).digest('hex'),
})

const open = async (maxBytes = 1000, folder?: string) => {
  const used = folder ?? (await temporaryFolder())
  const work = await temporaryFolder()
  const workFolder = () => mkdtemp(join(work, 'work-'))
  const cache = createDiskCache({ folder: used, workFolder, maxBytes, log: silent })
  await cache.open()
  let fetches = 0
  const source = (text: string) =>
    async function* () {
      fetches++
      yield Buffer.from(text)
    }
  const read = async (each: DiskCache, text: string, stored = text) => {
    const file = await each.file(contentOf(text), source(stored))
    const found = await textOf(file)
    await file.close()
    return found
  }
  return {
    folder: used,
    work,
    cache,
    read: (text: string, stored?: string) => read(cache, text, stored),
    fetched: () => fetches,
  }
}

const pathOf = async (folder: string): Promise<string> => join(folder, (await filesIn(folder))[0] ?? '')

describe('the disk cache', () => {
  it('fetches a content once, for all that want it at once and later', async () => {
    const { read, fetched } = await open()
    expect(await Promise.all(['a', 'a', 'a', 'b'].map((text) => read(text)))).toEqual(['a', 'a', 'a', 'b'])
    expect(await read('a')).toBe('a')
    expect(fetched()).toBe(2)
  })

  it('refuses what is not the content, keeps none of it, and tries again', async () => {
    const { read, folder, fetched } = await open()
    await expect(read('a', 'damaged')).rejects.toMatchObject({ code: 'project_damaged' })
    expect(await filesIn(folder)).toEqual([])
    expect(await read('a')).toBe('a')
    expect(fetched()).toBe(2)
  })

  it('finds copies of an earlier process, and checks each before it is served', async () => {
    const { read, folder } = await open()
    await read('sound')
    const later = await open(1000, folder)
    expect([await later.read('sound'), later.fetched()]).toEqual(['sound', 0])
    await writeFile(await pathOf(folder), 'wrong')
    const last = await open(1000, folder)
    expect([await last.read('sound'), last.fetched()]).toEqual(['sound', 1])
  })

  it('may be deleted at any moment, also while a copy is read', async () => {
    const { cache, read, folder, fetched } = await open()
    const file = await cache.file(contentOf('a'), async function* () {
      yield Buffer.from('a')
    })
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true })
    expect(await textOf(file)).toBe('a')
    await file.close()
    expect(await read('a')).toBe('a')
    expect(fetched()).toBe(1)
  })

  it('may be deleted repeatedly while copies are made, and leaves no drafts', async () => {
    const { cache, folder, work, read } = await open()
    let isOver = false
    const deleting = (async () => {
      while (!isOver) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    })()
    const slow = async function* () {
      await setImmediate()
      yield Buffer.from('used')
    }
    try {
      for (let round = 0; round < 50; round++) {
        expect(await read('read')).toBe('read')
        expect(await cache.withPath(contentOf('used'), slow, (path) => readFile(path, 'utf8'))).toBe('used')
      }
    } finally {
      isOver = true
      await deleting
    }
    expect(await readdir(work)).toEqual([])
  })

  it('keeps the path of a copy for as long as it is used', async () => {
    const { cache, folder } = await open(4)
    const source = async function* () {
      yield Buffer.from('larger')
    }
    const used = await cache.withPath(contentOf('larger'), source, async (path) => {
      await rm(folder, { recursive: true })
      return readFile(path, 'utf8')
    })
    expect(used).toBe('larger')
  })

  it('holds no more than its bytes, the least recently read out first', async () => {
    const { read, folder, fetched } = await open(10)
    for (const text of ['aaaa', 'bbbb', 'aaaa', 'cccc']) await read(text)
    await expect.poll(() => filesIn(folder)).toHaveLength(2)
    await read('aaaa')
    expect(fetched(), 'the first one stayed').toBe(3)
    await read('bbbb')
    expect(fetched()).toBe(4)
  })

  it('serves a content larger than itself, and forgets it', async () => {
    const { read, folder } = await open(10)
    expect(await read('a'.repeat(11))).toBe('a'.repeat(11))
    await expect.poll(() => filesIn(folder)).toEqual([])
  })

  it('keeps local files that have a content', async () => {
    const { cache, read, fetched } = await open()
    const path = join(await temporaryFolder(), 'upload')
    await writeFile(path, 'uploaded')
    await cache.keep(contentOf('uploaded'), path)
    await rm(path)
    expect([await read('uploaded'), fetched()]).toEqual(['uploaded', 0])
    await cache.keep(contentOf('gone'), path)
    expect([await read('gone'), fetched()]).toEqual(['gone', 1])
  })
})
