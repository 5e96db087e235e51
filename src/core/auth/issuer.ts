// Issuers of accepted tokens.

/** An issuer of tokens, such as a company's identity provider. */
export interface Issuer {
  /** URL of its keys (RFC 7517); see {@link isKeyUrl}. */
  url: string
  /** `iss` of its tokens. */
  issuer: string
  /** `aud` of tokens for this server. */
  audience: string
}

export const KEY_URL_RULE = 'an https URL, or an http one of this machine'

/** True for URLs that keys may come from: over an unencrypted network they could be replaced. */
export const isKeyUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  if (username !== '' || password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname))
}
