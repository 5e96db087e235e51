// Policies for sources: the uploads of which a lossless file is kept.

/** `transparent`: with a pixel that is not opaque; `always`: and those that JPEG would change, all but plain JPEG files. */
export const KEEP_SOURCE = ['transparent', 'always', 'never'] as const
export type KeepSource = (typeof KEEP_SOURCE)[number]
