import { mkdir, readdir, readFile, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { createChangeFiles } from '../../../../src/stores/file/commit/change-files.ts'
import { createPaths } from '../../../../src/stores/file/paths.ts'
import { CHANGES_A_FILE, firstOf } from '../../../../src/stores/history/change-file.ts'
import type { ListedEntry } from '../../../../src/stores/history/revision.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const entries = (from: number, to: number): ListedEntry[] =>
  Array.from({ length: to - from + 1 }, (_, at) => ({
    projectId: 'shop',
    revision: from + at,
    at: '2026-01-02T03:04:05.678Z',
    commit: `commit${from + at}`,
    previousCommit: `commit${from + at - 1}`,
    events: [{ type: 'project.changed' }],
  }))

const open = async () => {
  const folder = await temporaryFolder()
  const paths = createPaths(folder)
  await mkdir(paths.meta('shop'), { recursive: true })
  let nowMs = Date.now()
  const files = createChangeFiles(paths, () => new Date(nowMs))
  const firsts = async () =>
    (await readdir(paths.changes('shop'))).map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b)
  const later = (ms: number) => {
    nowMs += ms
  }
  /** Keeps the changes of revisions, file by file. */
  const keep = async (from: number, to: number) => {
    for (let first = firstOf(from); first <= to; first += CHANGES_A_FILE)
      await files.keep('shop', first, entries(Math.max(first, from), Math.min(first + CHANGES_A_FILE - 1, to)), folder)
  }
  return { folder, paths, files, firsts, keep, later }
}

describe('the files of changes', () => {
  it('hold 32 revisions each, and are found by any of them', async () => {
    const { files, firsts, keep } = await open()
    await keep(1, 70)
    expect(await firsts()).toEqual([1, 33, 65])
    expect(await files.read('shop', 40)).toEqual(entries(33, 64))
    expect(await files.read('shop', 70)).toEqual(entries(65, 70))
    expect(await files.read('shop', 97)).toEqual([])
  })

  it('are written once, whichever process is the first', async () => {
    const { folder, paths, files, keep } = await open()
    await keep(1, 32)
    const before = await readFile(paths.changeFile('shop', 1), 'utf8')
    await keep(20, 64)
    expect(await readFile(paths.changeFile('shop', 1), 'utf8')).toBe(before)
    expect(await files.read('shop', 33)).toEqual(entries(33, 64))
    expect((await readdir(folder)).filter((name) => name.startsWith('changes-'))).toEqual([])
  })

  it('are as good as absent where they are damaged or of another project, and not read through a link', async () => {
    const { folder, paths, files, keep } = await open()
    await keep(1, 96)
    await truncate(paths.changeFile('shop', 1), 100)
    await writeFile(paths.changeFile('shop', 33), await readFile(paths.changeFile('shop', 65), 'utf8'))
    expect(await files.read('shop', 5)).toEqual([])
    expect(await files.read('shop', 40)).toEqual([])
    expect(await files.read('shop', 70)).toEqual(entries(65, 96))
    await mkdir(paths.meta('Linked'), { recursive: true })
    await symlink(paths.changes('shop'), paths.changes('Linked'))
    await expect(files.read('Linked', 70)).rejects.toMatchObject({ code: 'project_damaged' })
    await expect(files.keep('Linked', 1, entries(1, 32), folder)).rejects.toMatchObject({ code: 'project_damaged' })
    await expect(files.expire('Linked', 5000)).rejects.toMatchObject({ code: 'project_damaged' })
  })
})

describe('the oldest files of changes', () => {
  it('stay for seven days, and then as long as there are no thousand newer changes', async () => {
    const { files, firsts, keep, later } = await open()
    await keep(1, 96)
    later(7 * DAY_MS - HOUR_MS)
    await files.expire('shop', 5000)
    expect(await firsts()).toEqual([1, 33, 65])
    later(2 * HOUR_MS)
    await files.expire('shop', 1031)
    expect(await firsts()).toEqual([1, 33, 65])
    await files.expire('shop', 1032)
    expect(await firsts()).toEqual([33, 65])
    await files.expire('shop', 5000)
    expect(await firsts()).toEqual([])
  })

  it('go beyond a hundred thousand changes, however new they are', async () => {
    const { files, firsts, keep } = await open()
    await keep(1, 96)
    await files.expire('shop', 100_031)
    expect(await firsts()).toEqual([1, 33, 65])
    await files.expire('shop', 100_032)
    expect(await firsts()).toEqual([33, 65])
  })

  it('stay where the clock was set back', async () => {
    const { paths, files, firsts, keep } = await open()
    await keep(1, 32)
    const ahead = new Date(Date.now() + DAY_MS)
    await utimes(paths.changeFile('shop', 1), ahead, ahead)
    await files.expire('shop', 5000)
    expect(await firsts()).toEqual([1])
  })
})
