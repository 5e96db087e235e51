// Form of signed tokens (JWS compact serialization, RFC 7515 section 7.1).

/**
 * True where the signature is in the one canonical form of base64url (RFC 4648 section 3.5). Decoders ignore the spare
 * bits of the last character, so that a token would be valid in several spellings. The other parts are signed as text.
 */
export const hasCanonicalSignature = (token: string): boolean => {
  const signature = token.slice(token.lastIndexOf('.') + 1)
  return Buffer.from(signature, 'base64url').toString('base64url') === signature
}
