// Results of checks of objects, kept for a bounded time and in a bounded number: a source is requested at most once a
// minute for each key, whether it has the object, lacks it, or has one that is no picture.

import { createBoundedMap } from '../../core/bounded-map.ts'
import type { TintypeError } from '../../core/errors.ts'

/** Undefined `etag`: there is no such object. */
export type ObjectCheck = { etag: string | undefined } | { error: TintypeError }

export interface ObjectChecks {
  /** The last result, undefined where it has to be checked again. */
  find(url: string): ObjectCheck | undefined
  keep(url: string, check: ObjectCheck): void
  /** Keeps the result of a check that failed, for a shorter time. */
  keepBriefly(url: string, check: ObjectCheck): void
}

/** Time for which a result counts, in milliseconds. */
const CHECK_MS = 60_000

/** Time after which a bucket that did not answer is tried again, in milliseconds. */
const RETRY_MS = 5000

/** Limit of the results in memory. */
const MAX_CHECKS = 10_000

export const createObjectChecks = (): ObjectChecks => {
  const checks = createBoundedMap<{ check: ObjectCheck; untilMs: number }>(MAX_CHECKS)
  const keepFor = (url: string, check: ObjectCheck, ms: number): void =>
    void checks.set(url, { check, untilMs: Date.now() + ms })
  return {
    find(url) {
      const known = checks.get(url)
      // A clock that was set back would keep results for longer.
      const leftMs = known ? known.untilMs - Date.now() : 0
      return leftMs > 0 && leftMs <= CHECK_MS ? known?.check : undefined
    },
    keep: (url, check) => keepFor(url, check, CHECK_MS),
    keepBriefly: (url, check) => keepFor(url, check, RETRY_MS),
  }
}
