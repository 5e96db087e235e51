// Checks that meta.json is a copy of the newest revision, and writes it again where it is not.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Revision } from '../../../history/revision.ts'
import { codeOf } from '../../fs/durable.ts'
import type { DoctorContext } from '../context.ts'
import type { Problem } from '../problem.ts'
import type { FileState, RegularFile } from '../read/files.ts'
import { readHistory } from '../read/history.ts'
import { inspectMetaJson, metaJsonHash } from '../read/meta-json.ts'
import { findPendingWork, hasEndedWork, hasOtherOwners, SWEPT_LATER } from '../read/pending-work.ts'

/** A copy follows its revision within milliseconds, that of a long list within a second or more under load. */
const LONG_LIST = 1000
const BUSY_SETTLE_MS = 5000

/** Checks within the settling time. */
const CHECKS = 4

/** Number of changes seen after which meta.json counts as kept up by another process. */
const MAX_CHANGES = 3

/**
 * Compares meta.json with the newest revision. While other processes write it may be behind for a moment, but never
 * differ from the revision that it names.
 */
export const checkMetaJson = async (context: DoctorContext, projectId: string): Promise<Problem | undefined> => {
  let since = 0
  let before: Difference | undefined
  for (let changes = 0; changes < MAX_CHANGES; await sleep(context.waits.publishSettleMs / CHECKS)) {
    // Before the comparison: a process that had its work in progress then has replaced the file, or still has it.
    const settled = before && since + (await settleMs(context, projectId, before.images))
    const found = await compare(context, projectId)
    if (!found) return undefined
    if (before?.fingerprint !== found.fingerprint) {
      if (before) changes++
      before = found
      since = Date.now()
    } else if (settled !== undefined && Date.now() >= settled)
      return problemOf(context, projectId, await explained(context, projectId, found))
  }
  return undefined
}

interface Difference {
  kind: 'meta_missing' | 'meta_behind' | 'meta_differs'
  detail: string
  /** Changes where meta.json is written again. */
  fingerprint: string
  images: number
  /** See {@link Problem}. */
  isRemains?: boolean
}

const compare = async (context: DoctorContext, projectId: string): Promise<Difference | undefined> => {
  const file = await inspectMetaJson(context.paths, projectId)
  const head = await context.heads.read(projectId)
  if (!head) return undefined
  const { revision: newest, deleted, image_count: images } = head.state
  const difference = (kind: Difference['kind'], detail: string) => ({
    ...{ kind, detail, images },
    fingerprint: fingerprintOf(file),
  })
  if (deleted)
    return file.type === 'missing'
      ? undefined
      : difference('meta_differs', 'expected no file, as the project was deleted')
  const expected = `expected a copy of revision ${newest}`
  if (file.type === 'missing') return difference('meta_missing', `missing; ${expected}`)
  if (file.type === 'unusable') return difference('meta_differs', `${expected}, found ${file.description}`)
  if (await isCopyOf(context, file, head)) return undefined
  const { revision } = file
  if (revision !== undefined && revision < newest) {
    const named = await findRevision(context, projectId, revision)
    if (!named || (await isCopyOf(context, file, named)))
      return difference('meta_behind', `${expected}, found one of revision ${revision}`)
  }
  return difference(
    'meta_differs',
    `expected the content of revision ${revision ?? newest}, found other content: edited in place, or damaged`,
  )
}

/** True also where a segment was removed with its revision during the check, which is then inconclusive. */
const isCopyOf = async ({ paths }: DoctorContext, file: RegularFile, { state }: Revision): Promise<boolean> => {
  try {
    return file.sha256 === (await metaJsonHash(paths, state))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true
    throw error
  }
}

const findRevision = async (
  { paths }: DoctorContext,
  projectId: string,
  number: number,
): Promise<Revision | undefined> =>
  (await readHistory(paths, projectId)).find((entry) => entry.number === number)?.revision

const fingerprintOf = (file: FileState): string => (file.type === 'file' ? file.sha256 : file.type)

const settleMs = async (
  { paths, workspacePath, waits }: DoctorContext,
  projectId: string,
  images: number,
): Promise<number> => {
  const { folders } = await findPendingWork(paths, projectId, 'alive')
  const isBusy = folders > 0 || (images > LONG_LIST && (await hasOtherOwners(paths, workspacePath)))
  return isBusy ? BUSY_SETTLE_MS : waits.publishSettleMs
}

/** A copy that is behind, or not there yet, can be left by a process that ended between its commit and the copy. */
const explained = async ({ paths }: DoctorContext, projectId: string, found: Difference): Promise<Difference> => {
  const isRemains = found.kind !== 'meta_differs' && (await hasEndedWork(paths, projectId))
  return isRemains ? { ...found, isRemains, detail: found.detail + SWEPT_LATER } : found
}

const problemOf = (context: DoctorContext, projectId: string, { kind, detail, isRemains }: Difference): Problem => {
  const { paths, heads, publisher, lostAndFound } = context
  const path = paths.published(projectId)
  return {
    kind,
    path: context.relativePath(path),
    detail,
    isRemains,
    repair: () =>
      context.withWorkFolder(projectId, (folder) =>
        context.withLock(projectId, async () => {
          const head = await heads.read(projectId)
          if (!head) throw new Error('the project has no revision')
          const copy = kind === 'meta_differs' ? await lostAndFound.keep(path) : undefined
          await publisher.publish(projectId, head, folder)
          const done = head.state.deleted ? 'removed' : `written again from revision ${head.state.revision}`
          return copy ? `${done}; the former file is kept at ${context.relativePath(copy)}` : done
        }),
      ),
  }
}
