import { mkdir, open, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { TintypeError } from '../../../../src/core/errors.ts'
import {
  codeOf,
  linkNew,
  makeFolder,
  removeFile,
  removeFolder,
  storeError,
  sync,
  writeAll,
  writeAllOf,
  writeNew,
} from '../../../../src/stores/file/fs/durable.ts'
import { filesIn, temporaryFolder } from '../../../support/disk/folder.ts'

const systemError = (code: string): Error => Object.assign(new Error(`${code}: it failed`), { code })

describe('writing all of a chunk', () => {
  it('continues after a partial write', async () => {
    const path = join(await temporaryFolder(), 'file')
    const handle = await open(path, 'wx')
    const write = handle.write.bind(handle)
    const atMostSeven = vi.fn((chunk: Uint8Array, at: number) => write(chunk, at, Math.min(7, chunk.byteLength - at)))
    try {
      Object.assign(handle, { write: atMostSeven })
      await writeAll(handle, Buffer.from('a chunk of more than seven bytes'))
      await writeAll(handle, Buffer.alloc(0))
    } finally {
      await handle.close()
    }
    expect(await readFile(path, 'utf8')).toBe('a chunk of more than seven bytes')
    expect(atMostSeven).toHaveBeenCalledTimes(5)
  })

  it('throws the error of the disk, after the part before it was written', async () => {
    const path = join(await temporaryFolder(), 'file')
    const handle = await open(path, 'wx')
    const write = handle.write.bind(handle)
    try {
      const outcomes = [() => write(Buffer.from('abc'), 0, 2), () => Promise.reject(systemError('ENOSPC'))]
      Object.assign(handle, { write: () => outcomes.shift()?.() })
      await expect(writeAll(handle, Buffer.from('abc'))).rejects.toMatchObject({ code: 'ENOSPC' })
    } finally {
      await handle.close()
    }
    expect(await readFile(path, 'utf8')).toBe('ab')
  })
})

describe('writing a new file', () => {
  it('writes text and bytes, and never overwrites a file', async () => {
    const folder = await temporaryFolder()
    await writeNew(join(folder, 'text'), 'Größe')
    await writeNew(join(folder, 'bytes'), Buffer.alloc(100_000, 7))
    await expect(writeNew(join(folder, 'text'), 'other')).rejects.toMatchObject({ code: 'EEXIST' })
    expect(await readFile(join(folder, 'text'), 'utf8')).toBe('Größe')
    expect(await readFile(join(folder, 'bytes'))).toEqual(Buffer.alloc(100_000, 7))
  })

  it('leaves no file where it fails', async () => {
    const folder = await temporaryFolder()
    const unwritable: string = Object.create(null)
    await expect(writeNew(join(folder, 'file'), unwritable)).rejects.toThrow()
    await expect(writeNew(join(folder, 'none', 'file'), 'x')).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await filesIn(folder)).toEqual([])
  })
})

describe('linking a file', () => {
  it('succeeds once, and does not change an entry that has the name already', async () => {
    const folder = await temporaryFolder()
    const [a, b, name] = [join(folder, 'a'), join(folder, 'b'), join(folder, 'name')]
    await writeFile(a, 'a')
    await writeFile(b, 'b')
    expect(await linkNew(a, name)).toBe(true)
    expect(await linkNew(b, name)).toBe(false)
    expect(await readFile(name, 'utf8')).toBe('a')
    await expect(linkNew(join(folder, 'none'), join(folder, 'other'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('folders', () => {
  it('are created with their parents, also repeatedly and simultaneously', async () => {
    const path = join(await temporaryFolder(), 'a', 'b', 'c')
    await Promise.all([makeFolder(path), makeFolder(path)])
    await makeFolder(path)
    expect((await stat(path)).isDirectory()).toBe(true)
  })

  it('are not created where a file or a broken link is in the way', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'file'), 'x')
    await symlink(join(folder, 'none'), join(folder, 'broken'))
    await expect(makeFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' })
    await expect(makeFolder(join(folder, 'file', 'a', 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' })
    await expect(makeFolder(join(folder, 'broken', 'a'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('are synced like files; a missing one throws', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'file'), 'x')
    await sync(folder)
    await sync(join(folder, 'file'))
    await expect(sync(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('removing', () => {
  it('ignores missing files, and throws where it cannot remove', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'full'))
    await writeFile(join(folder, 'full', 'file'), 'x')
    await expect(removeFile(join(folder, 'full'))).rejects.toThrow()
    await removeFile(join(folder, 'full', 'file'))
    await removeFile(join(folder, 'full', 'file'))
    await removeFolder(join(folder, 'full'))
    await removeFolder(join(folder, 'full'))
    expect(await filesIn(folder)).toEqual([])
  })
})

describe('an error of the disk', () => {
  it.each([
    ['ENOSPC', 'storage_full'],
    ['EDQUOT', 'storage_full'],
    ['EIO', 'store_unavailable'],
    ['EROFS', 'store_unavailable'],
    ['EACCES', 'store_unavailable'],
    ['EMFILE', 'store_unavailable'],
    ['ENOENT', 'store_unavailable'],
  ])('%s means %s to a caller', (code, meaning) => {
    const error = storeError(systemError(code))
    expect(error).toMatchObject({ code: meaning, cause: expect.objectContaining({ code }) })
    expect(error.message).not.toContain('it failed')
  })

  it('has a time until a retry, unless the disk is full', () => {
    expect(storeError(systemError('EIO')).retryAfterSeconds).toBeGreaterThan(0)
    expect(storeError(systemError('ENOSPC')).retryAfterSeconds).toBeUndefined()
  })

  it('is unchanged where its meaning is known', () => {
    const error = new TintypeError('busy', 'Wait.')
    expect(storeError(error)).toBe(error)
  })

  it('has a code only where it comes from the system', () => {
    expect(codeOf(systemError('EIO'))).toBe('EIO')
    for (const other of [
      new Error('x'),
      { code: 'EIO' },
      'EIO',
      null,
      undefined,
      Object.assign(new Error(), { code: 5 }),
    ])
      expect(codeOf(other)).toBeUndefined()
    expect(storeError('a string')).toMatchObject({ code: 'store_unavailable', cause: 'a string' })
  })
})

describe('writing several chunks at once', () => {
  it('continues after a partial write of them', async () => {
    const path = join(await temporaryFolder(), 'file')
    const handle = await open(path, 'wx')
    const writev = handle.writev.bind(handle)
    const chunks = ['one ', '', 'two ', 'three'].map((text) => Buffer.from(text))
    try {
      await writeAllOf(handle, chunks)
      Object.assign(handle, { writev: () => writev([Buffer.from('one t')]) })
      await writeAllOf(handle, chunks)
    } finally {
      await handle.close()
    }
    expect(await readFile(path, 'utf8')).toBe('one two threeone two three')
  })
})
