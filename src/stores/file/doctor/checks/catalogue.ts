// Checks the files of the catalogue under .cache. Servers make them again, but not where an entry of another type is in
// their place: then every start reads all projects.

import type { Stats } from 'node:fs'
import { join } from 'node:path'
import { readIndex } from '../../../catalogue/index-file.ts'
import { codeOf, removeFile } from '../../fs/durable.ts'
import type { DoctorContext } from '../context.ts'
import type { Problem } from '../problem.ts'
import { describeType, listNames, statOf } from '../read/files.ts'
import { moveToLost, unknownEntry } from './strays.ts'

export async function* checkCatalogue(context: DoctorContext): AsyncGenerator<Problem> {
  const { cache, catalogue, catalogueIndex, catalogueHints } = context.paths
  // A link in place of `.cache` itself is reported like one in place of any folder.
  const stats = await statOf(cache)
  if (stats && !stats.isDirectory() && !stats.isSymbolicLink()) yield odd(context, cache, 'a folder', stats)
  if (!stats?.isDirectory()) return
  const folder = await statOf(catalogue)
  if (folder && !folder.isDirectory()) yield odd(context, catalogue, 'a folder', folder)
  if (!folder?.isDirectory()) return
  const files = [catalogueIndex, catalogueHints]
  for (const name of await listNames(catalogue)) {
    const path = join(catalogue, name)
    const found = await statOf(path)
    if (files.includes(path)) {
      if (found && !found.isFile()) yield odd(context, path, 'a file', found)
    }
    // Unfinished ones, which the next writer replaces.
    else if (!files.some((file) => path.startsWith(`${file}-`))) yield unknownEntry(context, path)
  }
  const problem = await checkIndex(context, catalogueIndex)
  if (problem) yield problem
}

const odd = (context: DoctorContext, path: string, expected: string, stats: Stats): Problem => ({
  kind: 'odd_entry',
  path: context.relativePath(path),
  detail: `expected ${expected}, found ${describeType(stats)}; servers cannot keep what belongs there`,
  repair: () => moveToLost(context, path),
})

/** The index is replaced by a rename, so what is read is one whole state. */
const checkIndex = async (context: DoctorContext, path: string): Promise<Problem | undefined> => {
  try {
    await readIndex(path)
    return undefined
  } catch (error) {
    const code = codeOf(error)
    if (code !== undefined)
      return { kind: 'unreadable', path: context.relativePath(path), detail: `cannot be read (${code})` }
    return {
      kind: 'index_damaged',
      path: context.relativePath(path),
      detail: 'it differs from its checksum, or is of another version; the next start makes it again',
      isRemains: true,
      async repair() {
        await removeFile(path)
        return 'removed'
      },
    }
  }
}
