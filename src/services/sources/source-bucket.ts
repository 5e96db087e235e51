// Bucket that pictures are imported from, as an import needs it.

export interface SourceBucket {
  /** Undefined where there is no such object. @throws TintypeError `store_unavailable` */
  head(key: string): Promise<{ found: FoundObject | undefined }>
  /**
   * Bytes of an object from `start` up to `end`, which is not included.
   *
   * @throws (in the iteration) TintypeError `store_unavailable`; Error where the object is gone, shorter or another one
   */
  read(key: string, start: number, end: number, etag?: string): AsyncIterable<Uint8Array>
}

export interface FoundObject {
  bytes: number
  /** Milliseconds since 1970. */
  modifiedMs: number
  /** Absent where the engine sends none. */
  etag?: string
}

/** Bucket by its name. */
export type SourceBuckets = (name: string) => SourceBucket
