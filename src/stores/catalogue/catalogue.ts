// Catalogue: the index from which lists of projects are made. It knows the access rules, the title, the tags and the times of
// every project, so that a page costs as much as its visible projects, however many hidden ones are in the store.
//
// It may lag behind the store: a list reads and judges each project that it shows, so only an entry can be missing, or at
// an earlier place.

import type { Principal } from '../../core/auth/access.ts'
import type { Position, ProjectSort } from '../../core/project-query.ts'

export interface CataloguePage {
  /** @default 'id': by UTF-16 code units */
  sort?: ProjectSort
  /** Text that id or title contain, see `matcherOf`. @default any */
  q?: string
  /** Tags that a project has, all of them. @default any */
  tags?: readonly string[]
  /** Principal that may read the projects too. @default anyone */
  readableBy?: Principal
  /** Of the same order: the page begins behind it. @default the beginning */
  after?: Position
  limit: number
  /** True where another order or a search waits for the first check as long as a page by id does. @default false */
  isPatient?: boolean
}

export interface Catalogue {
  /**
   * The projects in the lists of a principal, each with its position in the order. Fewer than `limit` only at the end.
   * Contains every change that this process has acknowledged before the call, and those of other processes a second later
   * at most. Never depends on projects that are hidden from the principal.
   *
   * @throws TintypeError `busy` where the first check of the store has not come as far as the page within some seconds, or
   *   is not complete for another order than `id` or a search; `store_unavailable`
   */
  list(by: Principal, page: CataloguePage): Promise<Position[]>
  /** Counts the changes that lists by id, title or tag may show. Those of other processes are counted within a second. */
  changes(): number
  /** Reports that a project was found in another state than listed. Returns at once. */
  refresh(projectId: string): void
  /** Ends the work in the background and stores the index. */
  close(): Promise<void>
}
