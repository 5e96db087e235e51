// Other spellings of base64url text: characters whose spare bits decoders ignore (RFC 4648 section 3.5).

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/**
 * Texts that differ from a token in the last character alone, and decode to the same bytes.
 *
 * @param length characters of the base64url text at its end. @default 43, of 32 bytes
 */
export const otherSpellings = (token: string, length = 43): string[] => {
  const bytes = Buffer.from(token.slice(-length), 'base64url')
  return [...DIGITS]
    .map((digit) => token.slice(0, -1) + digit)
    .filter((text) => text !== token && bytes.equals(Buffer.from(text.slice(-length), 'base64url')))
}
