// Address of a sign-in at the identity provider, which leads back to a view of the gallery.

/** Value of `sign-in` in the address that the provider leads back to. */
export const SIGNED_IN = 'done'

/** Longest path that the server leads back to, in characters. */
const MAX_NEXT_LENGTH = 500

/**
 * @param base path that the app is mounted under
 * @param view path below it, and query, of the view to come back to; a query that is too long is left out
 */
export const signInUrl = (base: string, { pathname, search }: { pathname: string; search: string }): string => {
  const path = pathname.slice(base.length) || '/'
  // The query as forms write it: with characters that the server accepts alone.
  const query = new URLSearchParams(search)
  query.set('sign-in', SIGNED_IN)
  const next = `${path}?${query}`
  return `${base}/auth/oidc?next=${encodeURIComponent(next.length > MAX_NEXT_LENGTH ? `${path}?sign-in=${SIGNED_IN}` : next)}`
}
