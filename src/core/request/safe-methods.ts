// Safe HTTP methods.

/** Methods that change nothing (RFC 9110 section 9.2.1), so a request from any site may use them. */
export const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
