// Credentials of requests: an API key, a token, or the session cookies of a browser.

export interface Credentials {
  /** Whether requests carry the cookies of the browser (`Request.credentials`). Undefined: as `fetch` does by itself. */
  cookies: 'include' | 'omit' | undefined
  /**
   * Headers of the next request.
   *
   * @throws what the function of the program throws that gives the token, or the failure of a renewal
   */
  headersFor(method: string, path: string): Promise<Record<string, string>>
  /** Whether requests of this path may be sent again with other headers after a 401. */
  canRenew(path: string): boolean
  /** Other headers in place of refused ones; undefined where there are none. @throws like `headersFor` */
  renew(refused: Record<string, string>, method: string, path: string): Promise<Record<string, string> | undefined>
  /** Called with each answer. */
  learn(path: string, response: Response): Promise<void>
}

/** @param refused the token that the server has just refused, where it has */
export type TokenSource = (refused?: string) => string | undefined | Promise<string | undefined>

/** `Authorization: Bearer` of each request, which browsers do not pass on when another origin redirects. */
export const createTokenCredentials = (source: string | TokenSource | undefined): Credentials => ({
  cookies: source === undefined ? undefined : 'omit',

  headersFor: async () => bearer(typeof source === 'function' ? await source() : source),

  canRenew: () => typeof source === 'function',

  async renew(refused) {
    const headers = bearer(
      typeof source === 'function' ? await source(refused.Authorization?.slice(SCHEME.length)) : '',
    )
    return headers.Authorization && headers.Authorization !== refused.Authorization ? headers : undefined
  },

  learn: async () => {},
})

const SCHEME = 'Bearer '

const bearer = (token: string | undefined): Record<string, string> =>
  token ? { Authorization: `${SCHEME}${token}` } : {}
