// Types of ceph.mjs, which benchmarks run without a compiler.

export const CEPH_PROGRAMS: Record<string, string>
export const CEPH_KEYS: { accessKeyId: string; secretAccessKey: string }
/** A user without rights in the buckets of the first one, who may make none. */
export const CEPH_STRANGER: { accessKeyId: string; secretAccessKey: string }
export function cephPort(): Promise<number>
export function startCeph(options: {
  /** Empty. Its path should be short: a socket in it may have 107 bytes. */
  folder: string
  port: number
}): Promise<{ endpoint: string; stop(): Promise<void> }>
