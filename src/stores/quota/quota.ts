// Quotas as every store keeps them: how many bytes one owner may store. test/contracts/quota.ts checks these promises.

import type { Stage } from '../store.ts'

export interface OwnerQuota {
  /**
   * Reserves bytes for an image until its staging area is discarded, or swept after its process died. Stored and reserved
   * bytes of an owner never exceed the quota, however many processes reserve at once; a stored image whose staging area
   * still exists counts once.
   *
   * @param owner as `chargedTo` names it
   * @throws TintypeError `quota_exceeded`; `busy`; `store_unavailable` and `storage_full`, after which the bytes may be
   *   reserved until the staging area is discarded
   */
  reserve(owner: string, projectId: string, stage: Stage, bytes: number): Promise<void>
}
