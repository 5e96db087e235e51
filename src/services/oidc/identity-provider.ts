// Identity provider: begins sign-ins by the code flow with PKCE (OpenID Connect Core 1.0), and checks its answers.
//
// The provider is discovered by the first sign-in, so that a provider that is down does not stop the start. The library is
// loaded by it too: most servers have no provider.

import type { ClientAuth, Configuration, CustomFetch } from 'openid-client'
import { z } from 'zod'
import { isEmail, isName, normalEmail } from '../../core/auth/account.ts'
import { isEqual } from '../../core/auth/constant-time.ts'
import { isKeyUrl } from '../../core/auth/issuer.ts'
import { CALLBACK_PATH, type OidcSettings } from '../../core/auth/oidc.ts'
import { messageOf, TintypeError } from '../../core/errors.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { ProviderIdentity } from '../auth/identities.ts'
import type { SignInFlow } from './sign-in-flow.ts'

export interface IdentityProviderOptions extends OidcSettings {
  log: Logger
  /** Milliseconds since an arbitrary moment. @default performance.now */
  now?(): number
}

export interface IdentityProvider {
  /** Name for people. */
  name: string
  /** Address at the provider for a new sign-in, with its secrets. @throws TintypeError `oidc_unavailable` */
  begin(): Promise<Omit<SignInFlow, 'next'> & { url: string }>
  /**
   * The identity that the provider's answer proves.
   *
   * @param query of the request that the provider led the browser to
   * @throws TintypeError `oidc_state`, `oidc_denied`, `oidc_failed`, `oidc_unavailable`
   */
  finish(query: URLSearchParams, flow: SignInFlow): Promise<ProviderIdentity>
}

/** Timeout of a request to the provider, in seconds. */
const FETCH_SECONDS = 5
/** Age at which the provider is discovered again, in milliseconds. */
const MAX_AGE_MS = 3_600_000
/** Pause after a failed discovery, in which sign-ins are refused at once, in milliseconds. */
const GIVEN_UP_MS = 5000

/** Characters of the reason of a failure in the log. */
const MAX_REASON = 300

const SCOPE = 'openid email profile'

/** Claims of a person; those of another type count as absent. */
const claimsSchema = z.object({
  email: z.unknown().optional(),
  email_verified: z.unknown().optional(),
  name: z.unknown().optional(),
})

const library = () => import('openid-client')

export const createIdentityProvider = (options: IdentityProviderOptions): IdentityProvider => {
  const { issuer, clientId, clientSecret, publicUrl, log, now = () => performance.now() } = options
  const redirectUri = `${publicUrl}${CALLBACK_PATH}`
  let discovered: { configuration: Promise<Configuration>; untilMs: number } | undefined

  const discover = async (): Promise<Configuration> => {
    const client = await library()
    try {
      return await client.discovery(new URL(issuer), clientId, {}, clientAuth(clientSecret, client), {
        [client.customFetch]: fetchFrom,
        timeout: FETCH_SECONDS,
        // Requests are limited by fetchFrom.
        execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
      })
    } catch (error) {
      log.warn({ reason: reasonOf(error) }, 'the identity provider cannot be discovered; refusing sign-ins by it')
      throw unavailable(error)
    }
  }

  /** A failed discovery is repeated after a pause. */
  const configured = (): Promise<Configuration> => {
    if (discovered && now() < discovered.untilMs) return discovered.configuration
    const current = { configuration: discover(), untilMs: now() + MAX_AGE_MS }
    discovered = current
    current.configuration.catch(() => {
      current.untilMs = now() + GIVEN_UP_MS
    })
    return current.configuration
  }

  /** Providers may leave the address out of the ID token. */
  const claimsOf = async (configuration: Configuration, query: URLSearchParams, flow: SignInFlow) => {
    const { authorizationCodeGrant, fetchUserInfo } = await library()
    const url = new URL(redirectUri)
    url.search = query.toString()
    const tokens = await authorizationCodeGrant(configuration, url, {
      pkceCodeVerifier: flow.verifier,
      expectedState: flow.state,
      expectedNonce: flow.nonce,
      idTokenExpected: true,
    })
    const claims = tokens.claims()
    if (!claims) throw new Error('expected an ID token')
    const isWhole = claims.email !== undefined || !configuration.serverMetadata().userinfo_endpoint
    const info = isWhole ? claims : await fetchUserInfo(configuration, tokens.access_token, claims.sub)
    return { issuer: claims.iss, subject: claims.sub, ...claimsSchema.parse(info) }
  }

  return {
    name: options.name || new URL(issuer).host,

    async begin() {
      const [client, configuration] = [await library(), await configured()]
      const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()]
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: SCOPE,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      if (!isKeyUrl(url.href)) throw unavailable(new Error('the provider names an endpoint without https'))
      return { url: url.href, state, nonce, verifier }
    },

    async finish(query, flow) {
      if (!isEqual(query.get('state') ?? '', flow.state)) throw stateError()
      const configuration = await configured()
      try {
        const { issuer, subject, email, email_verified, name } = await claimsOf(configuration, query, flow)
        const address = typeof email === 'string' ? email.trim() : ''
        return {
          issuer,
          subject,
          // Before it is in lower case: the Kelvin sign becomes the letter k of another address.
          email: isEmail(address) ? normalEmail(address) : undefined,
          isEmailVerified: email_verified === true,
          name: typeof name === 'string' && isName(name.trim()) ? name.trim() : null,
        }
      } catch (error) {
        const { AuthorizationResponseError } = await library()
        if (error instanceof AuthorizationResponseError && error.error === 'access_denied') throw denied()
        throw failureOf(error, log)
      }
    },
  }
}

/** For sign-ins that this browser has not begun. */
export const stateError = (): TintypeError =>
  new TintypeError('oidc_state', 'Expected a sign-in that this browser began less than 10 minutes ago. Begin again.')

/** By the header, which every provider has to support (RFC 6749 section 2.3.1), unless it says otherwise. */
const clientAuth =
  (secret: string, { ClientSecretBasic, ClientSecretPost }: Awaited<ReturnType<typeof library>>): ClientAuth =>
  (server, ...rest) => {
    const { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] } = server
    const authenticate = methods.includes('client_secret_basic') ? ClientSecretBasic(secret) : ClientSecretPost(secret)
    authenticate(server, ...rest)
  }

/** Requests by https, or by http to this machine. Anything but a usable answer counts as unreachable. */
const fetchFrom: CustomFetch = async (url, { body, ...options }) => {
  if (!isKeyUrl(url)) throw unavailable(new Error('the provider names an endpoint without https'))
  const response = await fetch(url, { ...options, ...(body == null ? {} : { body }) }).catch((error: unknown) => {
    throw unavailable(error)
  })
  if (response.status < 500 && response.status !== 429) return response
  await response.body?.cancel()
  throw unavailable(new Error(`the provider answered ${response.status}`))
}

const unavailable = (cause: unknown): TintypeError =>
  new TintypeError('oidc_unavailable', 'The identity provider cannot be reached now.', { cause, retryAfterSeconds: 5 })

const denied = (): TintypeError =>
  new TintypeError('oidc_denied', 'The identity provider refused the sign-in, or it was cancelled.')

/** The public error of a failure, whose details are for the log. */
const failureOf = (error: unknown, log: Logger): TintypeError => {
  const causes = causesOf(error)
  const down = causes.find((each) => each instanceof TintypeError)
  log.warn({ reason: reasonOf(error) }, 'the identity provider did not confirm a sign-in; refusing it')
  if (down) return down
  if (causes.some(({ name }) => name === 'TimeoutError')) return unavailable(error)
  return new TintypeError('oidc_failed', 'The identity provider did not confirm the sign-in. Begin again.')
}

/** The error and the causes below it. */
const causesOf = (error: unknown): Error[] => (error instanceof Error ? [error, ...causesOf(error.cause)] : [])

/** Messages alone: the errors of the library carry codes and tokens. */
const reasonOf = (error: unknown): string => {
  const texts = error instanceof Error ? causesOf(error).map(({ message }) => message) : [messageOf(error)]
  const code = z.object({ error: z.string() }).safeParse(error).data?.error
  return [...texts, ...(code === undefined ? [] : [code])].join(': ').slice(0, MAX_REASON)
}
