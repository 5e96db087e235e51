// Heads in memory, validated against the revisions on disk.

import { statSync } from 'node:fs'
import { rename, rm, symlink, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { createHeads, isNewest } from '../../../../src/stores/file/commit/heads.ts'
import { createPaths } from '../../../../src/stores/file/paths.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { plantProject } from '../../../support/store/planted-project.ts'

const DAMAGED = { code: 'project_damaged' }

const planted = async (revisions = 2) => {
  const storageDir = await temporaryFolder()
  const plant = (count: number) => plantProject({ storageDir, projectId: 'shop', revisions: count })
  await plant(revisions)
  const paths = createPaths(storageDir)
  return { paths, plant, path: (number: number) => paths.revision('shop', number), heads: createHeads({ paths }) }
}

describe('the head of a project', () => {
  it('is its newest revision, kept in memory', async () => {
    const { heads } = await planted()
    expect(heads.current('shop')).toBeUndefined()
    const head = await heads.read('shop')
    expect(head?.state.revision).toBe(2)
    expect(heads.current('shop')).toBe(head)
    expect(await heads.read('shop')).toBe(head)
    heads.forget('shop')
    expect(heads.current('shop')).toBeUndefined()
  })

  it('is the successor once another process has committed one', async () => {
    const { heads, plant } = await planted()
    await heads.read('shop')
    expect(await heads.isOvertaken('shop', 2)).toBe(false)
    await plant(3)
    expect(heads.current('shop')?.state.revision).toBe(3)
    expect(await heads.isOvertaken('shop', 2)).toBe(true)
    expect(await heads.isOvertaken('shop', 3)).toBe(false)
  })

  it('is undefined for a project that never existed', async () => {
    const { heads } = await planted()
    expect(await heads.read('toys')).toBeUndefined()
    expect(await heads.readToChange('toys')).toBeUndefined()
  })

  it('is remembered unless a newer one is known', async () => {
    const { heads, paths } = await planted()
    const older = await heads.read('shop')
    if (!older) return expect.unreachable()
    const others = createHeads({ paths })
    others.remember({ ...older, state: { ...older.state, revision: 9 } })
    expect(others.current('shop')).toBeUndefined()
    others.remember(older)
    expect(others.current('shop')).toBe(older)
    others.remember({ ...older, state: { ...older.state, revision: 1 } })
    expect(others.current('shop')).toBe(older)
  })
})

describe('a revision that this process is writing', () => {
  /** The successor of a head, as another object than its file gives. */
  const writing = async () => {
    const all = await planted()
    const head = await all.heads.read('shop')
    if (!head) return expect.unreachable()
    return { ...all, next: { ...head, state: { ...head.state, revision: 3 } } }
  }

  it('is the head without being read, once its file has the name', async () => {
    const { heads, plant, path, next } = await writing()
    await plant(3)
    heads.expect(next, statSync(path(3)))
    expect(heads.current('shop')).toBe(next)
  })

  it('is not the head where another file has the name', async () => {
    const { heads, plant, path, next } = await writing()
    heads.expect(next, statSync(path(2)))
    expect(heads.current('shop')?.state.revision).toBe(2)
    await plant(3)
    const head = heads.current('shop')
    expect(head?.state.revision).toBe(3)
    expect(head).not.toBe(next)
  })

  it('is not the head once there is a newer one, nor after it was given up', async () => {
    const { heads, plant, path, next } = await writing()
    await plant(4)
    heads.expect(next, statSync(path(3)))
    expect(heads.current('shop')?.state.revision).toBe(4)
    const other = await writing()
    await other.plant(3)
    other.heads.expect(other.next, statSync(other.path(3)))
    other.heads.forget('shop')
    expect(await other.heads.read('shop')).not.toBe(other.next)
  })
})

describe('the head of a damaged project', () => {
  it('is refused where its file is not a revision', async () => {
    const { heads, path } = await planted()
    await writeFile(path(3), '{}')
    await expect(heads.read('shop')).rejects.toMatchObject(DAMAGED)
  })

  it('is readable and cannot be changed where a newer revision was lost', async () => {
    const { heads, path } = await planted(3)
    await heads.read('shop')
    await rm(path(3))
    expect((await heads.read('shop'))?.state.revision).toBe(2)
    await expect(heads.readToChange('shop')).rejects.toMatchObject(DAMAGED)
  })

  it.each([
    [2, true],
    [3, false],
  ])('at revision 2 with a meta.json of revision %i: can be changed is %s', async (number, isChangeable) => {
    const { heads, paths } = await planted(2)
    await writeFile(paths.published('shop'), `{\n  "project_id": "shop",\n  "revision": ${number},\n}`)
    const outcome = await heads.readToChange('shop').then(
      () => true,
      () => false,
    )
    expect(outcome).toBe(isChangeable)
    expect((await createHeads({ paths, refuseLost: false }).readToChange('shop'))?.state.revision).toBe(2)
  })

  it('is refused where meta.json exists and no revision, except for repairs', async () => {
    const { heads, paths } = await planted()
    await rm(paths.meta('shop'), { recursive: true })
    await writeFile(paths.published('shop'), '{}')
    await expect(heads.read('shop')).rejects.toMatchObject(DAMAGED)
    expect(await createHeads({ paths, refuseLost: false }).read('shop')).toBeUndefined()
  })

  it('is refused where its folder is a symbolic link', async () => {
    const { heads, paths } = await planted()
    await rename(paths.meta('shop'), `${paths.root}/elsewhere`)
    await symlink(`${paths.root}/elsewhere`, paths.meta('shop'))
    await expect(heads.read('shop')).rejects.toMatchObject(DAMAGED)
  })
})

describe('the file of a head', () => {
  it('is the newest until it has a successor, is replaced or is gone', async () => {
    const { heads, path } = await planted()
    const head = await heads.locate('shop')
    if (!head) return expect.unreachable()
    expect(isNewest(head)).toBe(true)
    expect(isNewest({ ...head, modifiedMs: head.modifiedMs + 1 })).toBe(false)
    expect(isNewest({ ...head, inode: head.inode + 1 })).toBe(false)
    await writeFile(path(3), '')
    expect(isNewest(head)).toBe(false)
    await rm(path(3))
    expect(isNewest(head)).toBe(true)
    await rm(path(2))
    expect(isNewest(head)).toBe(false)
  })
})
