// A folder of its own for each test, removed at the end.

import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { onTestFinished, type TestContext } from 'vitest'

/** @param test the context of a test that runs beside others: they have to say which one it is that ends */
export const temporaryFolder = async (test?: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-test-'))
  const whenFinished = test?.onTestFinished ?? onTestFinished
  whenFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}

/** Every file below a folder, as sorted relative paths. */
export const filesIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}
