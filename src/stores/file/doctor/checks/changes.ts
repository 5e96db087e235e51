// Checks the files of changes: each is intact, and has the name of its first revision.

import { join } from 'node:path'
import { decodeChanges, firstOf } from '../../../history/change-file.ts'
import { codeOf } from '../../fs/durable.ts'
import type { DoctorContext } from '../context.ts'
import type { Problem } from '../problem.ts'
import { iterateNames, readText, statOf } from '../read/files.ts'
import { revisionNumberOf } from '../read/history.ts'
import { moveToLost, unknownEntry } from './strays.ts'

/** A file is never changed, so that one reading is enough. */
export async function* checkChanges(context: DoctorContext, projectId: string): AsyncGenerator<Problem> {
  const folder = context.paths.changes(projectId)
  for await (const name of iterateNames(folder)) {
    const path = join(folder, name)
    const first = revisionNumberOf(name)
    if (first === undefined || firstOf(first) !== first) yield unknownEntry(context, path)
    else yield* faultsOf(context, projectId, path, first)
  }
}

async function* faultsOf(context: DoctorContext, projectId: string, path: string, first: number) {
  const fault = await findFault(path, projectId, first)
  // It may have expired meanwhile.
  if (fault === undefined || !(await statOf(path))) return
  yield {
    kind: 'changes_damaged' as const,
    path: context.relativePath(path),
    detail: `it ${fault}; the project is complete, and readers of its change feed that are so far behind start anew`,
    repair: () => moveToLost(context, path),
  }
}

const findFault = async (path: string, projectId: string, first: number): Promise<string | undefined> => {
  const file = await readText(path)
  if (file.type === 'missing') return undefined
  if (file.type === 'unusable') return `is ${file.description}`
  try {
    decodeChanges(file.text, projectId, first)
    return undefined
  } catch (error) {
    if (codeOf(error) !== undefined) throw error
    return 'fails its checksum or is of other revisions'
  }
}
