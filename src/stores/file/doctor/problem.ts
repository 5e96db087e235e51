// What can be wrong with a store, and how a check says it.

/** What each kind means. Kinds are part of what `tintype doctor --json` prints: never renamed, never reused. */
export const PROBLEM_KINDS = {
  revisions_gone: 'no revision of the project is left',
  revision_missing: 'a revision is not there',
  revision_damaged: 'a revision is not what was written',
  revision_misplaced: 'a revision stands under the name of another',
  run_missing: 'a part of the list of images is not there',
  run_damaged: 'a part of the list of images is not what was written',
  meta_missing: 'meta.json is not there',
  meta_behind: 'meta.json is older than the newest revision',
  meta_differs: 'meta.json is not what was published',
  variant_missing: 'a stored picture is not there',
  variant_damaged: 'a stored picture is not what was written',
  record_differs: 'the list says something else of a picture than its file',
  stray_variant: 'a picture that no image of the project has',
  stray_run: 'a part of a list that no revision names',
  removal_unfinished: 'deleted pictures are still on disk',
  lock_left: 'a lock was left behind',
  lock_odd: 'something that is no lock stands in its place',
  folder_missing: 'a folder of the project is not there',
  odd_entry: 'something of another type stands in the place of a folder or file',
  temporary_left: 'a process that is gone left temporary files',
  owner_damaged: 'the file that names the owner of temporary files is damaged',
  unreadable: 'the disk or the rights did not let it be checked',
  unknown_entry: 'not a file of the store; it is left alone',
} as const satisfies Record<string, string>

export type ProblemKind = keyof typeof PROBLEM_KINDS

export interface Problem {
  kind: ProblemKind
  /** Where, relative to the folder of the store, with `/`. */
  path: string
  /** What was expected and what was found, in one line. */
  detail: string
  /**
   * Mends it, looking at the newest state first. Absent where nothing can be done. Resolves with what was done, in one
   * line.
   *
   * @throws TintypeError, or the error of a system call
   */
  mend?(): Promise<string>
}
