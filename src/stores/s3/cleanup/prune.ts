// Pruning: removes old revisions of a project, and the segments that only they name.
//
// A revision stays for as long as watchers may read it, and for an hour in any case, since proofs of the head stand on
// that (append-log.ts). Ages are by the engine's clock.

import type { Logger } from '../../../telemetry/logger.ts'
import { namedSegments, type Revision, readDroppedSegments } from '../../history/revision.ts'
import { MIN_AGE_MS } from '../append-log.ts'
import type { Bucket } from '../client/bucket.ts'
import { entryName, entryNumber, keys } from '../keys.ts'

/** Revisions that stay. */
export interface KeptRevisions {
  /** Newest ones that stay however old they are. @default 1000 */
  count: number
  /** Age up to which older ones stay, in milliseconds. @default 604800000 (7 days) */
  ageMs: number
  /** Most that stay however new they are; but for those of the last hour. @default 100000 */
  most: number
  /** Age up to which all stay, in milliseconds. @default 3600000; shorter in tests alone */
  minAgeMs: number
}

export interface PrunerOptions {
  bucket: Pick<Bucket, 'listAll' | 'text' | 'remove'>
  kept?: Partial<KeptRevisions>
  log: Logger
}

/**
 * Prunes a project behind a commit of this process, where it is due. Returns at once. Never throws.
 *
 * @param head the revision that was committed
 */
export type Prune = (projectId: string, head: Revision) => void

/** Every so manieth revision prunes: each is committed by one process, so one of all prunes at a time. */
const PERIOD = 128

const DEFAULTS: KeptRevisions = { count: 1000, ageMs: 7 * 86_400_000, most: 100_000, minAgeMs: MIN_AGE_MS }

export interface Pruner {
  prune: Prune
  /** Resolves once no prune is under way. */
  idle(): Promise<void>
}

export const createPruner = ({ bucket, log, ...options }: PrunerOptions): Pruner => {
  const underWay = new Set<Promise<void>>()
  const kept = { ...DEFAULTS, ...options.kept }

  const removeOld = async (projectId: string, head: Revision): Promise<void> => {
    const prefix = keys.meta(projectId)
    const { objects, dateMs } = await bucket.listAll(prefix, { delimiter: '/' })
    const named = new Set(namedSegments(head))
    const newest = head.state.revision
    for (const { key, modifiedMs } of objects) {
      const number = entryNumber(key.slice(prefix.length))
      if (number === undefined) continue
      const [ageMs, newer] = [dateMs - modifiedMs, newest - number]
      const mayGo = ageMs > kept.minAgeMs && newer >= kept.count && (ageMs > kept.ageMs || newer >= kept.most)
      // Oldest first, so that those that stay have no gap.
      if (!mayGo) return
      // The successor drops what this one was the last to name. Segments go before the last revision that names them.
      const successor = await bucket.text(prefix + entryName(number + 1))
      for (const id of readDroppedSegments(successor ?? ''))
        if (!named.has(id)) await bucket.remove(keys.segment(projectId, id))
      await bucket.remove(key)
    }
  }

  return {
    prune(projectId, head) {
      if (head.state.revision % PERIOD !== 0) return
      const work = removeOld(projectId, head)
        .catch((error: unknown) =>
          log.warn({ error, projectId }, 'could not remove old revisions; a later commit tries again'),
        )
        .finally(() => underWay.delete(work))
      underWay.add(work)
    },

    async idle() {
      await Promise.all(underWay)
    },
  }
}
