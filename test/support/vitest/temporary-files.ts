// Before any test: a folder for all temporary files, in memory where there is room. It is removed behind the last one.

import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises'
import { freemem, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { IN_MEMORY } from '../disk/memory-folder.ts'

/** Free bytes that the tests may need at once; containers often have a disk of 64 MB in memory. */
const NEEDED_BYTES = 2 * 2 ** 30

const PREFIX = 'tintype-tests-'

/** Variable with the folder of pictures that were encoded in this run, see encoders/remembering.ts. */
export const REMEMBERED = 'TINTYPE_TEST_REMEMBERED'

let made: string | undefined

export const setup = async (): Promise<void> => {
  // Each project of a run comes here.
  if (basename(tmpdir()).startsWith(PREFIX)) return
  const isFree = process.env.TMPDIR === undefined && (await hasRoom())
  made = await mkdtemp(join(isFree ? IN_MEMORY : tmpdir(), PREFIX))
  // Test processes inherit it.
  process.env.TMPDIR = made
  process.env[REMEMBERED] = join(made, 'remembered')
  await mkdir(process.env[REMEMBERED])
}

export const teardown = async (): Promise<void> => {
  if (made) await rm(made, { recursive: true, force: true, maxRetries: 3 })
}

const hasRoom = async (): Promise<boolean> => {
  const disk = await statfs(IN_MEMORY).catch(() => undefined)
  return disk !== undefined && disk.bavail * disk.bsize >= NEEDED_BYTES && freemem() >= 2 * NEEDED_BYTES
}
