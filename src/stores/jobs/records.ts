// Records of jobs as files: reading, and replacing them by a rename out of a staging area, which fences a process that was
// taken for dead.

import { rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { z } from 'zod'
import { isJobId, type Job, jobSchema, tagOf } from '../../core/jobs/job.ts'
import { codeOf, makeFolder, readText, readTextNow, removeFile, writeNew } from '../file/fs/durable.ts'
import { namesIn } from '../file/fs/names-in.ts'
import { refuseLinks } from '../file/fs/no-follow.ts'
import type { Stage } from '../store.ts'
import type { JobPaths } from './layout.ts'

export interface JobRecords {
  read(jobId: string): Promise<Job | undefined>
  /** Synchronous {@link read}, for a single job: of the time for a read, most goes to the threads that make it asynchronous. */
  readNow(jobId: string): Job | undefined
  /** Reads a record, or a link to one. Undefined where it is missing or damaged. */
  readAt(path: string): Promise<Job | undefined>
  /** Writes or replaces a record. Durable once its {@link JobPaths.day} is synced. */
  write(job: Job, stage: Stage): Promise<void>
  /** Ids of jobs, newest first. @param tag part of the ids of one principal @param after job before which they begin */
  ids(tag: string | undefined, after: string | undefined): AsyncGenerator<string>
}

const DAY = /^\d{4}-\d\d-\d\d$/

export const createJobRecords = (paths: JobPaths): JobRecords => {
  const readAt = (path: string): Promise<Job | undefined> => readRecord(path, jobSchema)

  /** Names in a folder, last first. */
  const lastFirst = async (folder: string): Promise<string[]> => (await namesIn(folder)).sort().reverse()

  return {
    readAt,

    read: (jobId) => (isJobId(jobId) ? readAt(paths.record(jobId)) : Promise.resolve(undefined)),

    readNow(jobId) {
      if (!isJobId(jobId)) return undefined
      try {
        return parseRecord(readTextNow(paths.record(jobId)), jobSchema)
      } catch (error) {
        return unlessUnreadable(error)
      }
    },

    async write(job, stage) {
      const draft = draftIn(stage, 'job.json')
      refuseLinks(paths.root, paths.day(job.job_id))
      await writeNew(draft, JSON.stringify(job)).catch(async (error: unknown) => {
        // Left by a write of this staging area that failed.
        if (codeOf(error) !== 'EEXIST') throw error
        await removeFile(draft)
        await writeNew(draft, JSON.stringify(job))
      })
      await rename(draft, paths.record(job.job_id)).catch(async (error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error
        await makeFolder(paths.day(job.job_id))
        await rename(draft, paths.record(job.job_id))
      })
    },

    async *ids(tag, after) {
      const lastDay = after === undefined ? undefined : paths.day(after)
      for (const day of await lastFirst(paths.records)) {
        const folder = join(paths.records, day)
        if (!DAY.test(day) || (lastDay !== undefined && folder > lastDay)) continue
        for (const name of await lastFirst(folder)) {
          const jobId = name.slice(0, -'.json'.length)
          if (!isJobId(jobId) || (after !== undefined && jobId >= after)) continue
          if (tag === undefined || tagOf(jobId) === tag) yield jobId
        }
      }
    },
  }
}

/** Codes of what another read finds too: no record, or a link, a folder or a socket in its place. */
const LASTING: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'ENXIO'])

/** For `catch()`. @throws every error that may pass, such as of a disk that cannot be read now */
const unlessUnreadable = (error: unknown): undefined => {
  if (!LASTING.has(codeOf(error) ?? '')) throw error
}

/** Reads a record. Undefined where it is missing or damaged. @throws errors that may pass */
export const readRecord = async <Record>(path: string, schema: z.ZodType<Record>): Promise<Record | undefined> => {
  const text = await readText(path).catch(unlessUnreadable)
  return text === undefined ? undefined : parseRecord(text, schema)
}

const parseRecord = <Record>(text: string, schema: z.ZodType<Record>): Record | undefined => {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Path of a draft in the staging area: once that was swept, it cannot be renamed any more. */
export const draftIn = ({ uploadPath }: Stage, name: string): string => join(dirname(uploadPath), name)
