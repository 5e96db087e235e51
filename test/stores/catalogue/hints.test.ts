// Hints between processes: each is read once by every other, and what may be lost is said.

import { appendFile, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createHints } from '../../../src/stores/catalogue/hints.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

const NONE = { ids: [], times: new Map(), isLost: false }

/** The hints of some processes. */
const processes = async (count: number) => {
  const path = join(await temporaryFolder(), '.cache', '.catalogue', 'changes')
  return { path, each: Array.from({ length: count }, () => createHints(path)) }
}

describe('hints', () => {
  it('are read once by every process, without repetitions', async () => {
    const { each, path } = await processes(3)
    const [one, two, three] = each
    for (const hints of each) expect(hints.read()).toEqual(NONE)
    one?.append('a')
    two?.append('b')
    one?.append('a')
    for (const hints of [one, two]) expect(hints?.read()).toEqual({ ...NONE, ids: ['a', 'b'], isLost: false })
    one?.append('c')
    expect(two?.read()).toEqual({ ...NONE, ids: ['c'], isLost: false })
    expect(two?.read()).toEqual(NONE)
    expect(three?.read()).toEqual({ ...NONE, ids: ['a', 'b', 'c'], isLost: false })
    expect(await readFile(path, 'latin1')).toMatch(/^[0-9a-z]{20}\na\nb\na\nc\n$/)
  })

  it('carry the times of commits, the last one of each project, apart from projects to be read', async () => {
    const { each, path } = await processes(2)
    const [one, two] = each
    two?.read()
    one?.append('a')
    one?.appendTimes(new Map())
    one?.appendTimes(
      new Map([
        ['a', 1_732_790_000_123],
        ['b', 5],
      ]),
    )
    one?.appendTimes(new Map([['b', 6]]))
    expect(await readFile(path, 'latin1')).toMatch(/^[0-9a-z]{20}\na\na 1732790000123\nb 5\nb 6\n$/)
    const times = new Map([
      ['a', 1_732_790_000_123],
      ['b', 6],
    ])
    expect(two?.read()).toEqual({ ids: ['a'], times, isLost: false })
    await appendFile(path, 'c -1\nc 1 2\nc x\n../d 1\nc \ne 7\n')
    expect(two?.read()).toEqual({ ...NONE, times: new Map([['e', 7]]) })
  })

  it('before the first call are not given', async () => {
    const { each } = await processes(2)
    each[0]?.append('a')
    expect(each[1]?.read()).toEqual(NONE)
    each[0]?.append('b')
    expect(each[1]?.read()).toEqual({ ...NONE, ids: ['b'], isLost: false })
  })

  it('may be lost where the file is removed, or replaced by one of any length', async () => {
    const { each, path } = await processes(2)
    const [one, two] = each
    one?.append('a')
    two?.read()
    await rm(path)
    expect(two?.read()).toEqual({ ...NONE, ids: [], isLost: true })
    expect(two?.read()).toEqual(NONE)
    one?.append('b')
    expect(two?.read()).toEqual({ ...NONE, ids: ['b'], isLost: false })
    for (const [token, rest] of [
      ['x', ''],
      ['y', 'a longer line\n'],
    ] as const) {
      await writeFile(path, `${token.repeat(20)}\n${rest}`)
      expect(two?.read()).toEqual({ ...NONE, ids: [], isLost: true })
      one?.append('c')
      expect(two?.read()).toEqual({ ...NONE, ids: ['c'], isLost: false })
    }
  })

  it('that are not whole yet are given once they are', async () => {
    const { each, path } = await processes(2)
    each[0]?.append('a')
    each[1]?.read()
    await writeFile(path, 'sh', { flag: 'a' })
    expect(each[1]?.read()).toEqual(NONE)
    await writeFile(path, 'op\n', { flag: 'a' })
    expect(each[1]?.read()).toEqual({ ...NONE, ids: ['shop'], isLost: false })
  })

  it('of anything but a project id are passed over', async () => {
    const { each, path } = await processes(2)
    each[0]?.append('a')
    each[1]?.read()
    await writeFile(path, '../x\n\n.hidden\nb\n', { flag: 'a' })
    expect(each[1]?.read()).toEqual({ ...NONE, ids: ['b'], isLost: false })
  })

  it('begin a new file once it is long, which all processes take for lost hints', async () => {
    const { each, path } = await processes(2)
    each[0]?.append('a')
    each[1]?.read()
    await writeFile(path, 'x'.repeat(2 ** 20), { flag: 'a' })
    each[0]?.append('b')
    expect((await stat(path)).size).toBeLessThan(100)
    expect(each[1]?.read()).toEqual({ ...NONE, ids: [], isLost: true })
    each[0]?.append('c')
    expect(each[1]?.read()).toEqual({ ...NONE, ids: ['c'], isLost: false })
  })

  it('cannot be appended where the folder cannot be made', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, '.cache'), '')
    const hints = createHints(join(folder, '.cache', '.catalogue', 'changes'))
    expect(() => hints.append('a')).toThrow()
  })
})
