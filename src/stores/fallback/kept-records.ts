// Records of accounts, webhooks and collections in a continual copy: those that notes say were removed here, and those that
// newer entries replace, are deleted there. What is missing here for another reason stays.

import { copyRecords } from '../copy/copy-records.ts'
import type { CopySource, CopyTarget } from '../copy/place.ts'
import type { Removals } from '../private/removals.ts'

export interface KeptRecordsOptions {
  source: CopySource
  target: CopyTarget
  /** Records that were removed here. */
  removals: Pick<Removals, 'read' | 'forget'>
  signal: AbortSignal
}

/** @throws Error where the copy has accounts or keys of its own */
export const copyKeptRecords = async ({ source, target, removals, signal }: KeptRecordsOptions): Promise<void> => {
  const removed = new Set(await removals.read())
  await copyRecords(source, createKeepingRecords(source, target, removed), signal)
  for (const path of await settledRemovals(source, target, removed)) await removals.forget(path)
}

/**
 * A target that keeps the records which are missing here, but for those that were removed here, and older entries of a log
 * of which this folder has a newer one.
 *
 * @param removed noted paths of records and of folders
 */
const createKeepingRecords = (
  source: Pick<CopySource, 'records'>,
  target: CopyTarget,
  removed: ReadonlySet<string>,
): CopyTarget => {
  /** The highest number of each log here. */
  let newest = new Map<string, number>()
  return {
    ...target,
    async records() {
      newest = new Map()
      for (const path of await source.records()) {
        const { log, number } = entryIn(path)
        if (number !== undefined) newest.set(log, Math.max(number, newest.get(log) ?? 0))
      }
      return target.records()
    },
    async removeRecord(path) {
      const { log, number } = entryIn(path)
      const isOlder = number !== undefined && number < (newest.get(log) ?? 0)
      if (isOlder || withFolders(path).some((each) => removed.has(each))) await target.removeRecord(path)
    },
  }
}

/** Noted paths of which neither place has a record any more. */
const settledRemovals = async (
  source: Pick<CopySource, 'records'>,
  target: Pick<CopyTarget, 'records'>,
  removed: ReadonlySet<string>,
): Promise<string[]> => {
  if (removed.size === 0) return []
  const present = new Set([...(await source.records()), ...(await target.records())].flatMap(withFolders))
  return [...removed].filter((path) => !present.has(path))
}

/** A path and those of the folders that it is in. */
const withFolders = (path: string): string[] => {
  const names = path.split('/')
  return names.map((_, at) => names.slice(0, at + 1).join('/'))
}

/** Log and number of an entry; no number for any other record. */
const entryIn = (path: string): { log: string; number?: number } => {
  const [, log = path, number] = /^(.+)\/(\d+)\.json$/.exec(path) ?? []
  return number === undefined ? { log } : { log, number: Number(number) }
}
