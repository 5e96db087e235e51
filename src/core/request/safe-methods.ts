// Methods of HTTP, by what they may do.

/** They change nothing (RFC 9110 section 9.2.1), so they may come from anywhere. */
export const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
