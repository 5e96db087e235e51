// Copies all projects of a store to another place.

import { messageOf } from '../../core/errors.ts'
import { copyProject } from './copy-project.ts'
import { copyRecords } from './copy-records.ts'
import { isOfPlace } from './failure.ts'
import type { CopySource, CopyTarget } from './place.ts'

export interface CopyStoreOptions {
  source: CopySource
  target: CopyTarget
  /** See `CopyProjectOptions`. */
  verify: boolean
  /** Whether accounts, API keys and webhooks are copied. */
  accounts: boolean
  /** Files at once. */
  parallel: number
  signal: AbortSignal
  /** Called after each file. */
  onProgress(tally: CopyTally): void
}

export interface CopyTally {
  files: number
  /** Of the projects that were begun. */
  allFiles: number
  bytes: number
  allBytes: number
  refused: number
}

export interface CopiedStore {
  /** Records of accounts, API keys, webhooks and collections that were written. */
  records: number
  /** Projects whose newest revision was copied. */
  copied: number
  /** Projects that were up to date. */
  present: number
  /** Projects that the target alone has, or had before they were deleted without a trace. */
  onlyInTarget: number
  refused: { path: string; reason: string }[]
  files: number
  bytes: number
}

/** Projects at once: most have few files. */
const PROJECTS = 4

/** @throws Error where the copy cannot go on, as with a full disk; it can be started again */
export const copyStore = async (options: CopyStoreOptions): Promise<CopiedStore> => {
  const { source, target, parallel, signal, onProgress } = options
  await source.open()
  await target.openToWrite()
  // First: a copy that was stopped must not be open to everybody.
  const records = await copyRecords(source, target, signal, options.accounts)
  const projectIds = await source.projectIds()
  const known = new Set(projectIds)
  const result: CopiedStore = { records, copied: 0, present: 0, onlyInTarget: 0, refused: [], files: 0, bytes: 0 }
  const tally = { files: 0, allFiles: 0, bytes: 0, allBytes: 0 }
  const onFiles = ({ planned = 0, done = 0, bytes }: { planned?: number; done?: number; bytes: number }) => {
    tally.allFiles += planned
    tally.files += done
    if (done > 0) tally.bytes += bytes
    else tally.allBytes += bytes
    onProgress({ ...tally, refused: result.refused.length })
  }
  const rest = projectIds.values()
  let failure: { error: unknown } | undefined
  const copyOne = async (projectId: string): Promise<void> => {
    const share = Math.max(1, Math.floor(parallel / PROJECTS))
    const copied = await copyProject({ ...options, parallel: share, onFiles }, projectId)
    if (!copied) return
    if (copied.isNew || copied.files > 0) result.copied++
    else result.present++
    result.files += copied.files
    result.bytes += copied.bytes
  }
  const work = async (): Promise<void> => {
    for (const projectId of rest) {
      await copyOne(projectId).catch((error: unknown) => {
        if (signal.aborted || isOfPlace(error)) failure ??= { error }
        else result.refused.push({ path: projectId, reason: messageOf(error) })
      })
      if (failure) return
    }
  }
  await Promise.all(Array.from({ length: PROJECTS }, work))
  if (failure) throw signal.aborted ? signal.reason : failure.error
  result.onlyInTarget = (await target.projectIds()).filter((projectId) => !known.has(projectId)).length
  if (result.refused.length + result.onlyInTarget === 0) await target.completed()
  return result
}
