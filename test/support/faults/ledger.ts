// What was sent to a server and what it acknowledged, kept outside of it. What has no answer may have happened or not.

export interface SentUpload {
  projectId: string
  /** Of the upload, in hex. */
  sha256: string
  /** All times are of `performance.now()`. */
  sentMs: number
  acknowledged?: { imageId: string; atMs: number }
}

export interface SentDelete {
  projectId: string
  imageId: string
  sentMs: number
  acknowledgedMs?: number
}

export interface Ledger {
  uploads: readonly SentUpload[]
  deletes: readonly SentDelete[]
}

export interface LedgerBook extends Ledger {
  /** To be called before the request goes out. @returns what is to be called with the id of the answer */
  upload(projectId: string, sha256: string): (imageId: string) => void
  /** To be called before the request goes out. @returns what is to be called with a good answer */
  delete(projectId: string, imageId: string): () => void
  isDeleteSent(imageId: string): boolean
}

export const createLedger = (): LedgerBook => {
  const uploads: SentUpload[] = []
  const deletes = new Map<string, SentDelete>()
  return {
    uploads,
    get deletes() {
      return [...deletes.values()]
    },

    upload(projectId, sha256) {
      const sent: SentUpload = { projectId, sha256, sentMs: performance.now() }
      uploads.push(sent)
      return (imageId) => {
        sent.acknowledged = { imageId, atMs: performance.now() }
      }
    },

    delete(projectId, imageId) {
      const sent: SentDelete = { projectId, imageId, sentMs: performance.now() }
      deletes.set(imageId, sent)
      return () => {
        sent.acknowledgedMs = performance.now()
      }
    },

    isDeleteSent: (imageId) => deletes.has(imageId),
  }
}

/**
 * What must be true of a copy of the store that was made at some time in between: nothing that was sent later can be
 * in it, and everything acknowledged earlier has to be.
 */
export const ledgerOf = (ledger: Ledger, copied: { beganMs: number; endedMs: number }): Ledger => ({
  uploads: ledger.uploads
    .filter(({ sentMs }) => sentMs <= copied.endedMs)
    .map(({ acknowledged, ...sent }) =>
      acknowledged && acknowledged.atMs <= copied.beganMs ? { ...sent, acknowledged } : sent,
    ),
  deletes: ledger.deletes
    .filter(({ sentMs }) => sentMs <= copied.endedMs)
    .map(({ acknowledgedMs = Number.POSITIVE_INFINITY, ...sent }) =>
      acknowledgedMs <= copied.beganMs ? { ...sent, acknowledgedMs } : sent,
    ),
})

/** Uploads and deletes that were acknowledged. */
export const acknowledgedIn = ({ uploads, deletes }: Ledger): number =>
  uploads.filter(({ acknowledged }) => acknowledged).length +
  deletes.filter(({ acknowledgedMs }) => acknowledgedMs !== undefined).length
