// Share links as every store keeps them: what a link grants, and the hash of its secret, never the link itself.
// test/contracts/links.ts checks these promises.

export interface LinkRecord {
  /** From `newLink`; never used again. */
  id: string
  project_id: string
  /** `created_at` of the project: the link ends with it. */
  project_created_at: string
  /** The only image that it shows; null for the whole project. */
  image_id: string | null
  upload: boolean
  download: boolean
  /** Hash of the secret, in hex. */
  sha256: string
  /** ISO 8601, in UTC. */
  created_at: string
  /** ISO 8601, in UTC. */
  expires_at: string
}

/** Every call throws TintypeError `store_unavailable` or `storage_full` where the store fails. */
export interface Links {
  /** Durable when it resolves. */
  add(record: LinkRecord): Promise<void>
  /** Undefined where there is no such link, or any process has removed it. Expired links are found. */
  find(id: string): Promise<LinkRecord | undefined>
  /**
   * {@link Links.find} without a wait, for a link in memory that no process has removed. Undefined says nothing.
   *
   * @param share see {@link Store.current}
   * @throws errors of the system
   */
  current(id: string, share?: boolean): LinkRecord | undefined
  /** All links with the id of the project, oldest first. */
  list(projectId: string): Promise<LinkRecord[]>
  /** Durable when it resolves, and effective in every process at once. False where there is no such link. */
  remove(id: string): Promise<boolean>
  /** Removes links that expired before a time, in milliseconds since 1970. */
  sweep(beforeMs: number): Promise<void>
}
