// The process as the owner of its staging areas, part of the interface of every store.

export interface StagingOwner {
  /**
   * Names this process for as long as it is not taken for dead; begins the ids of its staging areas. Once the name is gone
   * (`Store.isStaged`), nothing staged under it can be published or committed any more.
   */
  owner(): string
  /**
   * Cleans up behind processes that have ended, now rather than at the next interval: what they held can then be taken
   * over. Never throws.
   */
  sweep(): Promise<void>
}
