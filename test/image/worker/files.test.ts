import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { writeNew } from '../../../src/image/worker/files.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

const compiled = new URL('../../../dist/image/worker/files.js', import.meta.url).href

/** Writes in a process that may write files of so many KiB: the kernel itself cuts the write short, then refuses. */
const writeWithin = async (limitKib: number, path: string, bytes: number) => {
  const program = `
    const { writeNew } = await import(${JSON.stringify(compiled)})
    const [path, bytes] = [process.argv[1], Number(process.argv[2])]
    try { console.log(JSON.stringify(writeNew(path, [Buffer.alloc(bytes / 2), Buffer.alloc(bytes / 2)]))) }
    catch ({ code, cause }) { console.log(JSON.stringify({ code, cause: cause.code })) }`
  const shell = `ulimit -f ${limitKib}; exec "$0" --input-type=module -e "$1" "$2" "$3"`
  const { stdout } = await promisify(execFile)('bash', ['-c', shell, process.execPath, program, path, String(bytes)])
  return JSON.parse(stdout)
}

describe('a file that is written', () => {
  it('contains its parts in order; its size and hash are returned', async () => {
    const path = join(await temporaryFolder(), 'file')
    const pieces = ['one ', '', 'two'].map((text) => Buffer.from(text))
    expect(writeNew(path, pieces)).toEqual({ bytes: 7, sha256: createHash('sha256').update('one two').digest('hex') })
    expect(readFileSync(path, 'utf8')).toBe('one two')
  })

  it('is never one that exists', async () => {
    const path = join(await temporaryFolder(), 'file')
    writeNew(path, [Buffer.from('first')])
    expect(() => writeNew(path, [Buffer.from('second')])).toThrow(expect.objectContaining({ code: 'internal' }))
    expect(readFileSync(path, 'utf8')).toBe('first')
  })

  it('is refused as store_unavailable where the disk fails', async () => {
    const path = join(await temporaryFolder(), 'swept away', 'file')
    expect(() => writeNew(path, [Buffer.from('x')])).toThrow(expect.objectContaining({ code: 'store_unavailable' }))
  })

  it('is complete, or refused as storage_full where the disk has too little space', async () => {
    const folder = await temporaryFolder()
    expect(await writeWithin(64, join(folder, 'fits'), 40_000)).toMatchObject({ bytes: 40_000 })
    expect(await writeWithin(64, join(folder, 'large'), 400_000)).toEqual({ code: 'storage_full', cause: 'EFBIG' })
    expect(statSync(join(folder, 'large')).size).toBe(64 * 1024)
  })
})

it('finds the compiled program that it tests', () => {
  expect(statSync(fileURLToPath(compiled)).isFile()).toBe(true)
})
