// Checks the files of collections: one whose newest entry cannot be read is no collection any more, and holds up their list.

import { join } from 'node:path'
import { collectionSchema } from '../../../../core/collections/collection.ts'
import { COLLECTION_ENTRIES, COLLECTIONS } from '../../../collections/collections.ts'
import { isPlainFolder } from '../../fs/no-follow.ts'
import { projectIdOf } from '../../paths.ts'
import { confirmedFindings, type DoctorContext } from '../context.ts'
import type { Problem } from '../problem.ts'
import { listNames, parseJson, readText } from '../read/files.ts'
import { moveToLost, unknownEntry } from './strays.ts'

const WITHOUT_IT = 'Without it, the collection is as the entry before it says, or gone: make it again'

const ENTRY = /^[1-9]\d*\.json$/

export async function* checkCollections(context: DoctorContext): AsyncGenerator<Problem> {
  const root = join(context.paths.root, COLLECTIONS)
  const entries = join(root, COLLECTION_ENTRIES)
  // Links are reported with those in place of other folders, and nothing is read through them.
  if (!isPlainFolder(root) || !isPlainFolder(entries)) return
  for (const name of await listNames(root))
    if (name !== COLLECTION_ENTRIES && name !== '.tmp') yield unknownEntry(context, join(root, name))
  for (const folder of await listNames(entries))
    if (projectIdOf(folder) === undefined) yield unknownEntry(context, join(entries, folder))
  for (const { path, detail } of await confirmedFindings(context, () => findDamage(entries)))
    yield {
      kind: 'collection_damaged',
      path: context.relativePath(path),
      detail,
      repair: () => moveToLost(context, path),
    }
}

const findDamage = async (entries: string): Promise<ReadonlyMap<string, { path: string; detail: string }>> => {
  const found = new Map<string, { path: string; detail: string }>()
  for (const folder of await listNames(entries)) {
    if (projectIdOf(folder) === undefined || !isPlainFolder(join(entries, folder))) continue
    for (const name of await listNames(join(entries, folder))) {
      const path = join(entries, folder, name)
      const file = ENTRY.test(name) ? await readText(path) : { type: 'missing' as const }
      if (file.type === 'missing') continue
      const isUnusable = file.type === 'unusable'
      if (!isUnusable && collectionSchema.safeParse(parseJson(file.text)).success) continue
      const detail = `it is ${isUnusable ? file.description : 'damaged'}. ${WITHOUT_IT}`
      found.set(path, { path, detail })
    }
  }
  return found
}
