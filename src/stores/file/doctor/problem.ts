// Problems of a store: their kinds, and the form in which checks report them.

/** Kinds and their meanings. Kinds are part of what `tintype doctor --json` prints: never renamed, never reused. */
export const PROBLEM_KINDS = {
  revisions_gone: 'the project has no revision',
  revision_missing: 'a revision is missing',
  revision_damaged: 'a revision fails its checksum or cannot be read',
  revision_misplaced: 'a revision file has the number of another revision',
  run_missing: 'a segment of the image list is missing',
  changes_damaged: 'the kept changes of old revisions fail their checksum or cannot be read',
  run_damaged: 'a segment of the image list fails its checksum or cannot be read',
  meta_missing: 'meta.json is missing',
  meta_behind: 'meta.json is older than the newest revision',
  meta_differs: 'meta.json differs from the revision that it names',
  variant_missing: 'a variant is missing',
  variant_damaged: 'a variant differs from its record',
  record_differs: 'a record states other dimensions than its file has',
  stray_variant: 'a variant belongs to no image of the project',
  stray_run: 'a segment is named by no revision',
  removal_unfinished: 'deleted images still have files',
  lock_left: 'a lock is stale',
  lock_odd: 'the lock is not an empty folder',
  folder_missing: 'a folder of the project is missing',
  pending_left: 'an image is pending, and no job will make it',
  job_damaged: 'the record of a job or batch cannot be read',
  job_upload_missing: 'the upload of a job is missing',
  job_stranded: 'the project of a waiting job is gone',
  job_left: 'a job has lost its place among those that wait or have failed',
  webhook_damaged: 'a file of a webhook cannot be read',
  webhook_left: 'files of a removed webhook are there',
  collection_damaged: 'a file of a collection cannot be read',
  index_damaged: 'the index of all projects is damaged',
  odd_entry: 'an entry has the wrong type or an impossible name',
  temporary_left: 'a process that has ended left temporary files',
  owner_damaged: 'the owner file of a workspace is damaged',
  unreadable: 'the disk or the permissions prevent the check',
  unknown_entry: 'the entry does not belong to the store; it is not touched',
} as const satisfies Record<string, string>

export type ProblemKind = keyof typeof PROBLEM_KINDS

export interface Problem {
  kind: ProblemKind
  /** Relative to the folder of the store, with `/`. */
  path: string
  /** Expected and found state, in one line. */
  detail: string
  /** Remains of a process that has ended, which servers remove by themselves: noted, no damage. @default false */
  isRemains?: boolean
  /**
   * Repairs the problem, based on the newest state. Absent where no repair is possible. Resolves with a description of
   * what was done, in one line.
   *
   * @throws TintypeError, or the error of a system call
   */
  repair?(): Promise<string>
}
