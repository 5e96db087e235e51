// Catalogue: the index from which lists of projects are made. It knows the access rules of every project, so that a page
// costs as much as its visible projects, however many hidden ones are in the store.
//
// It may lag behind the store: a list reads and judges each project that it shows, so only an entry can be missing.

import type { Principal } from '../../core/auth/access.ts'

export interface Catalogue {
  /**
   * Ids of the projects in the lists of a principal, sorted by UTF-16 code units. Contains every change that this process
   * has acknowledged before the call, and those of other processes a second later at most. Never depends on projects
   * that are hidden from the principal.
   *
   * @param by unrestricted: restricted keys name their projects
   * @throws TintypeError `busy` where the first check of the store has not come as far as the page within some seconds;
   *   `store_unavailable`
   */
  list(by: Principal, page: { after?: string; limit: number }): Promise<string[]>
  /** Reports that a project was found in another state than listed. Returns at once. */
  refresh(projectId: string): void
  /** Ends the work in the background and stores the index. */
  close(): Promise<void>
}
