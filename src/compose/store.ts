// The store, with the idempotency marks and the jobs beside it.

import { createFileStore } from '../stores/file/file-store.ts'
import { createFileMarks } from '../stores/idempotency/file-marks.ts'
import { createFileJobs } from '../stores/jobs/file-jobs.ts'
import type { Foundation } from './foundation.ts'

export const buildStore = ({ options, storageDir, log, metrics }: Foundation) => {
  const store = createFileStore({
    storageDir,
    readOnly: options.readOnly,
    lockStaleMs: options.lockStaleMs,
    minFreeBytes: options.minFreeBytes,
    observer: metrics.observer,
    log,
  })
  const ready = store.open()
  // Unhandled, a failure would end a program that does not await `ready`; its first request reports it instead.
  ready.catch(() => {})
  const marks = createFileMarks({ storageDir })
  const sweepMarks = () => {
    if (!store.isReadOnly())
      marks
        .sweep()
        .catch((error: unknown) =>
          log.warn({ error }, 'could not remove stale idempotency marks; trying again at the next start'),
        )
  }
  ready.then(sweepMarks, () => {})
  return { store, marks, jobStore: createFileJobs({ storageDir, store, log }), ready }
}
