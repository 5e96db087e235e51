// Plain files of the store; symbolic links and pipes at their paths are not followed.

import { execFileSync } from 'node:child_process'
import { mkdir, rename, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { codeOf } from '../../../../src/stores/file/fs/durable.ts'
import {
  isPlainFolder,
  linkBelow,
  openPlainFile,
  plainFileStats,
  readPlainFileNow,
  refuseLinkedProject,
  refuseLinks,
} from '../../../../src/stores/file/fs/no-follow.ts'
import { createPaths } from '../../../../src/stores/file/paths.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'

const CHUNK_BYTES = 128 * 1024

/** A folder with each kind of entry. */
const entries = async () => {
  const folder = await temporaryFolder()
  const at = (name: string) => join(folder, name)
  await writeFile(at('file'), 'content')
  await mkdir(at('folder'))
  await symlink(at('file'), at('link'))
  await symlink(at('folder'), at('folder-link'))
  execFileSync('mkfifo', [at('pipe')])
  return at
}

const opened = async (path: string) => {
  const file = await openPlainFile(path)
  if (!file) throw new Error('there is no plain file')
  onTestFinished(() => file.close())
  return file
}

const chunksOf = async (chunks: AsyncIterable<Uint8Array>) => {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return all
}

describe('a plain file', () => {
  it('is opened with its size and time', async () => {
    const at = await entries()
    const file = await opened(at('file'))
    const stats = plainFileStats(at('file'))
    expect([file.bytes, file.modifiedMs]).toEqual([7, stats?.mtimeMs])
    expect(Buffer.concat(await chunksOf(file.read(0, 7))).toString()).toBe('content')
    expect(Buffer.concat(await chunksOf(file.read(2, 5))).toString()).toBe('nte')
    expect(await chunksOf(file.read(3, 3))).toEqual([])
  })

  it.each([
    [CHUNK_BYTES, [CHUNK_BYTES]],
    [CHUNK_BYTES + 1, [CHUNK_BYTES, 1]],
  ])('of %i bytes is read in chunks of %j', async (bytes, sizes) => {
    const at = await entries()
    await writeFile(at('large'), Buffer.alloc(bytes, 'x'))
    const chunks = await chunksOf((await opened(at('large'))).read(0, bytes))
    expect(chunks.map(({ length }) => length)).toEqual(sizes)
  })

  it('ends with an error where it has become shorter since it was opened', async () => {
    const at = await entries()
    const file = await opened(at('file'))
    await truncate(at('file'), 3)
    await expect(chunksOf(file.read(0, 7))).rejects.toThrow('the file ends at byte 3')
  })

  it('is read at once up to the given size, and not beyond', async () => {
    const at = await entries()
    expect(readPlainFileNow(at('file'), 7)?.toString()).toBe('content')
    expect(readPlainFileNow(at('file'), 6)).toBeUndefined()
  })
})

it.each(['link', 'folder', 'pipe', 'missing', 'file/below'])(
  'reads no file from an entry that is a %s',
  async (name) => {
    const at = await entries()
    const opening = openPlainFile(at(name)).catch((error: unknown) => error)
    if (name === 'file/below') expect(await opening).toMatchObject({ code: 'ENOTDIR' })
    else expect(await opening).toBeUndefined()
    if (name !== 'file/below') expect(plainFileStats(at(name))).toBeUndefined()
    expect(readPlainFileNow(at(name), 100)).toBeUndefined()
  },
)

it('accepts every folder that is not a symbolic link, also a missing one', async () => {
  const at = await entries()
  expect(['folder', 'missing', 'file/below'].map((name) => isPlainFolder(at(name)))).toEqual([true, true, true])
  expect(isPlainFolder(at('folder-link'))).toBe(false)
})

describe('a folder below a symbolic link', () => {
  const planted = async () => {
    const root = await temporaryFolder()
    const outside = await temporaryFolder()
    await mkdir(join(root, 'plain', 'deep'), { recursive: true })
    await mkdir(join(outside, 'deep'))
    await symlink(outside, join(root, 'link'))
    return { root, paths: createPaths(root) }
  }

  it('is found from any depth, and missing folders are plain', async () => {
    const { root } = await planted()
    const found = (path: string) => linkBelow(root, join(root, path))
    expect(['plain', 'plain/deep', 'plain/missing/deep', '.'].map(found)).toEqual(Array(4).fill(undefined))
    for (const path of ['link', 'link/deep', 'link/missing/deep']) expect(found(path)).toBe(join(root, 'link'))
  })

  it('is not searched in the root and above it', async () => {
    const { root } = await planted()
    expect(linkBelow(join(root, 'link'), join(root, 'link', 'deep'))).toBeUndefined()
  })

  it('is refused by an error that names the link below the root', async () => {
    const { root } = await planted()
    expect(() => refuseLinks(root, join(root, 'plain', 'deep'))).not.toThrow()
    expect(() => refuseLinks(root, join(root, 'link', 'deep'))).toThrow(
      expect.objectContaining({
        code: 'store_unavailable',
        message: '"link" in the storage folder is a symbolic link; put the folder itself in its place.',
      }),
    )
  })

  it('damages its project, or the store where all projects are below it', async () => {
    const { root, paths } = await planted()
    const codeFor = () => {
      try {
        refuseLinkedProject(paths, 'shop', ...paths.folders('shop'))
      } catch (error) {
        return codeOf(error)
      }
    }
    await mkdir(paths.variants('shop', 'thumb'), { recursive: true })
    expect(codeFor()).toBeUndefined()
    await symlink(join(root, 'plain'), paths.variants('shop', 'game'))
    expect(codeFor()).toBe('project_damaged')
    await rename(paths.projects, join(root, 'moved'))
    await mkdir(join(root, 'empty'))
    await symlink(join(root, 'empty'), paths.projects)
    expect(codeFor()).toBe('store_unavailable')
  })
})
