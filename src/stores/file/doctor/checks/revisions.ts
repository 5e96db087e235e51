// Older revisions: each sound, in its place, and none missing between them. Stand-ins for those that are lost.

import { seenTwice, type Tools } from '../context.ts'
import type { Problem, ProblemKind } from '../problem.ts'
import { FEWEST_REVISIONS, type History, isRestored, readHistory } from '../read/history.ts'
import { placeRevision, standInFor } from '../repair/revisions.ts'

interface Fault {
  number: number
  kind: ProblemKind
  detail: string
}

/** Finds nothing where the newest one is not sound: that comes first. */
export const checkOlder = async (tools: Tools, projectId: string): Promise<Problem[]> => {
  const faults = await seenTwice(tools, async () => {
    const found = faultsIn(await readHistory(tools.paths, projectId))
    return new Map(found.map((fault) => [`${fault.kind} ${fault.number}`, fault]))
  })
  return faults.map(({ number, kind, detail }) => ({
    kind,
    path: tools.name(tools.paths.revision(projectId, number)),
    detail,
    mend: () => standIn(tools, projectId, number),
  }))
}

/** Replaces an older revision, unless it was removed or replaced meanwhile. */
export const standIn = (tools: Tools, projectId: string, number: number): Promise<string> =>
  tools.work(projectId, (folder) =>
    tools.withLock(projectId, async () => {
      const history = await readHistory(tools.paths, projectId)
      if (!faultsIn(history).some((fault) => fault.number === number)) return 'nothing left to mend'
      if (await placeMisplaced(tools, projectId, history, number, folder))
        return 'put back; it lay under another number'
      await placeRevision(tools, projectId, number, standInFor(number, history), folder)
      return 'replaced by the next one that is known: the list it had is lost, that of the project is not'
    }),
  )

/** Puts a revision back that lies under another number; so does the one whose place it had. False where none does. */
export const placeMisplaced = async (
  tools: Tools,
  projectId: string,
  history: History,
  number: number,
  folder: string,
): Promise<boolean> => {
  const copyOf = (wanted: number) =>
    history.find(({ misplaced }) => misplaced?.revision.state.revision === wanted)?.misplaced
  const copy = copyOf(number)
  if (!copy) return false
  const displaced = history.find((entry) => entry.number === number)?.misplaced
  await placeRevision(tools, projectId, number, copy.text, folder)
  const place = displaced?.revision.state.revision
  if (displaced && place !== undefined && history.some((entry) => entry.number === place && entry.fault))
    await placeRevision(tools, projectId, place, displaced.text, folder)
  return true
}

const faultsIn = (history: History): Fault[] => {
  if (!history.at(-1)?.revision) return []
  const faults = history.flatMap(({ number, fault, misplaced }): Fault[] =>
    fault ? [{ number, kind: misplaced ? 'revision_misplaced' : 'revision_damaged', detail: `it ${fault}` }] : [],
  )
  for (const [at, { number, revision, fault }] of history.entries()) {
    const before = history[at - 1]?.number
    const isFirst = before === undefined && (number === 1 || history.length >= FEWEST_REVISIONS)
    if (isFirst || before === number - 1 || fault || isRestored(revision)) continue
    const missing = number - (before ?? 0) - 1
    faults.push({
      number: number - 1,
      kind: 'revision_missing',
      detail: before === undefined ? `the first one here is ${number}` : `${missing} missing after revision ${before}`,
    })
  }
  return faults.sort((one, other) => other.number - one.number)
}
