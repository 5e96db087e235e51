// Checks the revisions of a project: an intact head, and below it no fault and no gap.

import { confirmedFindings, type DoctorContext } from '../context.ts'
import type { Problem } from '../problem.ts'
import { assessHead } from '../read/head.ts'
import { faultsBelowHead, readHistory } from '../read/history.ts'
import { recoveryKey, repairHead } from '../repair/head.ts'
import { repairRevision } from '../repair/revisions.ts'

export const checkHead = async (context: DoctorContext, projectId: string): Promise<Problem | undefined> => {
  const [recovery] = await confirmedFindings(context, async () => {
    const found = (await assessHead(context.paths, projectId)).recovery
    return new Map(found ? [[recoveryKey(found), found]] : [])
  })
  if (!recovery) return undefined
  const { kind, path, detail } = recovery
  return {
    kind,
    path: context.relativePath(path),
    detail,
    repair: () => repairHead(context, projectId, recovery),
  }
}

/** Reports nothing where the head is damaged: it is repaired first. */
export const checkOlderRevisions = async (context: DoctorContext, projectId: string): Promise<Problem[]> => {
  const faults = await confirmedFindings(context, async () => {
    const found = faultsBelowHead(await readHistory(context.paths, projectId))
    return new Map(found.map((fault) => [`${fault.kind} ${fault.number}`, fault]))
  })
  return faults.map(({ number, kind, detail }) => ({
    kind,
    path: context.relativePath(context.paths.revision(projectId, number)),
    detail,
    repair: () => repairRevision(context, projectId, number),
  }))
}
