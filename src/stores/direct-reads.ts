// Reads of variants by clients themselves, from where a store has them.

import type { VariantName } from '../core/names.ts'

/** URLs by which programs without credentials read variants from where they lie, instead of from this process. */
export interface DirectReads {
  /** Origin of all URLs. */
  readonly origin: string
  /**
   * @param variant one that exists
   * @throws TintypeError `store_unavailable`
   */
  url(variant: { projectId: string; imageId: string; size: VariantName }, read: DirectRead): Promise<string>
}

export interface DirectRead {
  method: 'GET' | 'HEAD'
  /** Life of the URL. */
  seconds: number
  /** `Content-Type` and `Cache-Control` of the answer. */
  contentType: string
  cacheControl: string
}
