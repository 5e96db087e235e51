// Idempotency keys of jobs: files that name the job of a key, for a day.

import { existsSync, lstatSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { SeenJob } from '../../core/jobs/job.ts'
import { IDEMPOTENT_MS } from '../../core/project/add-image.ts'
import {
  linkNew,
  makeFolder,
  readText,
  removeFile,
  type SharedSync,
  unlessMissing,
  writeNew,
} from '../file/fs/durable.ts'
import { namesIn } from '../file/fs/names-in.ts'
import { refuseLinks } from '../file/fs/no-follow.ts'
import type { Stage } from '../store.ts'
import type { JobPaths } from './layout.ts'
import { draftIn } from './records.ts'

export interface JobKeysOptions {
  paths: JobPaths
  find(jobId: string): Promise<SeenJob | undefined>
  syncFolder: SharedSync
}

export const createJobKeys = ({ paths, find: findJob, syncFolder }: JobKeysOptions) => {
  const find = async (key: string): Promise<SeenJob | undefined> => {
    const path = paths.key(key)
    // Most keys are new: a call of the system instead of a trip to a thread and an error.
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (!found || Date.now() - found.mtimeMs > IDEMPOTENT_MS) return undefined
    const jobId = await readText(path).catch(unlessMissing)
    return jobId === undefined ? undefined : findJob(jobId)
  }

  return {
    find,

    /** Records the job of a key. Returns the job that has it already, where there is one. */
    async take(jobId: string, key: string, stage: Stage): Promise<SeenJob | undefined> {
      const draft = draftIn(stage, 'key')
      await writeNew(draft, jobId)
      if (!existsSync(paths.keys)) await makeFolder(paths.keys)
      refuseLinks(paths.root, paths.keys)
      while (!(await linkNew(draft, paths.key(key)))) {
        const before = await find(key)
        if (before) return before
        // Its job was not accepted after all, or was removed.
        await removeFile(paths.key(key))
      }
      await syncFolder(paths.keys)
      return undefined
    },

    async prune(beforeMs: number): Promise<void> {
      refuseLinks(paths.root, paths.keys)
      for (const name of await namesIn(paths.keys)) {
        const found = await stat(paths.key(name)).catch(unlessMissing)
        if (found && found.mtimeMs < beforeMs) await removeFile(paths.key(name))
      }
    },
  }
}
