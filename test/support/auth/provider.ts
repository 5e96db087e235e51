// A real identity provider on this machine, with people who sign in to it by a click.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import Provider, { type AdapterFactory, type AdapterPayload } from 'oidc-provider'
import { onTestFinished } from 'vitest'
import type { OidcSettings } from '../../../src/core/auth/oidc.ts'

export interface Person {
  email?: string
  email_verified?: boolean
  name?: string
}

export interface TestProvider {
  /** For `OIDC_ISSUER` and its companions. */
  settings: OidcSettings
  /** Its people, by their subjects; may be changed. */
  people: Record<string, Person>
  /** Signs in as a person in a fresh browser. @returns the URL of the app that it leads back to */
  signIn(url: string, subject: string): Promise<URL>
  /** Cancels the sign-in in a fresh browser. @returns the URL of the app that it leads back to */
  cancel(url: string): Promise<URL>
  /** Answers 503 from now on, or as it should again. */
  fail(isDown: boolean): void
  /** Paths of the requests that it got. */
  paths: string[]
}

const CLIENT = { clientId: 'tintype', clientSecret: 'the secret of this server & it has odd characters: +/%' }

/** Made once for a file of tests: it takes a while. */
let pair: ReturnType<typeof generateKeyPair> | undefined

export interface TestProviderOptions {
  /** @default an address that nothing answers */
  publicUrl?: string
  /** Whether the claims are in the ID token, too. @default false */
  hasFullIdTokens?: boolean
  /** @default client_secret_basic */
  authMethod?: 'client_secret_basic' | 'client_secret_post'
}

/** {@link openTestProvider}, closed at the end of the test. */
export const startTestProvider = async (
  people: Record<string, Person> = {},
  options: TestProviderOptions = {},
): Promise<TestProvider> => {
  const provider = await openTestProvider(people, options)
  onTestFinished(provider.close)
  return provider
}

export const openTestProvider = async (
  people: Record<string, Person>,
  { publicUrl = 'https://pictures.example.com', hasFullIdTokens = false, ...options }: TestProviderOptions = {},
): Promise<TestProvider & { close(): Promise<void> }> => {
  const { authMethod = 'client_secret_basic' } = options
  pair ??= generateKeyPair('RS256', { extractable: true })
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a TCP server')
  const issuer = `http://127.0.0.1:${address.port}`

  const provider = new Provider(issuer, {
    adapter: recordsInMemory(),
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [`${publicUrl}/auth/oidc/callback`],
        token_endpoint_auth_method: authMethod,
      },
    ],
    clientAuthMethods: [authMethod],
    jwks: { keys: [{ ...(await exportJWK((await pair).privateKey)), alg: 'RS256', use: 'sig', kid: 'one' }] },
    cookies: { keys: ['a key of cookies'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: !hasFullIdTokens,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Grant: 600, Interaction: 600, Session: 600 },
    findAccount: (_, sub) => {
      const person = people[sub]
      return person && { accountId: sub, claims: () => ({ sub, ...person }) }
    },
    /** People are not asked whether they trust the client. */
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId,
        accountId: oidc.session?.accountId,
      })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
  })
  const answer = provider.callback()
  const paths: string[] = []
  let isDown = false

  const interact = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const [, , uid, action] = url.pathname.split('/')
    if (action === 'as')
      return provider.interactionFinished(request, response, {
        login: { accountId: url.searchParams.get('subject') ?? '' },
      })
    if (action === 'cancel')
      return provider.interactionFinished(request, response, {
        error: 'access_denied',
        error_description: 'the person has cancelled',
      })
    const links = Object.keys(people).map(
      (subject) => `<p><a href="/interaction/${uid}/as?subject=${subject}">Continue as ${subject}</a>`,
    )
    response.setHeader('Content-Type', 'text/html')
    response.end(
      `<!doctype html><title>Provider</title>${links.join('')}<p><a href="/interaction/${uid}/cancel">Cancel</a>`,
    )
  }

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', issuer)
    paths.push(url.pathname)
    if (isDown) response.writeHead(503).end()
    else if (url.pathname.startsWith('/interaction/'))
      interact(request, response, url).catch(() => response.writeHead(400).end())
    else void answer(request, response)
  })

  return {
    settings: { ...CLIENT, issuer, name: 'Example Inc.', publicUrl },
    people,
    paths,
    signIn: (url, subject) => browse(issuer, url, `as?subject=${subject}`),
    cancel: (url) => browse(issuer, url, 'cancel'),
    fail(down) {
      isDown = down
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Records of a provider; its own ones in memory come with a warning. */
const recordsInMemory = (): AdapterFactory => {
  const records = new Map<string, AdapterPayload>()
  return (model) => {
    const keyOf = (id: string) => `${model} ${id}`
    return {
      async upsert(id, payload) {
        records.set(keyOf(id), payload)
      },
      find: async (id) => records.get(keyOf(id)),
      findByUid: async (uid) =>
        [...records].find(([key, payload]) => key.startsWith(`${model} `) && payload.uid === uid)?.[1],
      findByUserCode: async () => undefined,
      async consume(id) {
        const record = records.get(keyOf(id))
        if (record) record.consumed = Math.floor(Date.now() / 1000)
      },
      async destroy(id) {
        records.delete(keyOf(id))
      },
      async revokeByGrantId(grantId) {
        for (const [key, payload] of records) if (payload.grantId === grantId) records.delete(key)
      },
    }
  }
}

/** Follows redirects in a browser of its own until they leave the provider; takes an action where a page is shown. */
const browse = async (issuer: string, from: string, action: string): Promise<URL> => {
  const cookies = new Map<string, string>()
  let url = new URL(from)
  while (url.origin === issuer) {
    const Cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { Cookie } })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      cookies.set(name, value)
    }
    const text = await response.text()
    const location = response.headers.get('location')
    if (location !== null) url = new URL(location, url)
    else if (response.ok && url.pathname.startsWith('/interaction/')) url = new URL(`${url.pathname}/${action}`, url)
    else throw new Error(`the provider answered ${response.status}: ${text}`)
  }
  return url
}

/** The options of an app that signs in by the provider. */
export const optionsOf = ({ settings }: TestProvider) => ({
  oidcIssuer: settings.issuer,
  oidcClientId: settings.clientId,
  oidcClientSecret: settings.clientSecret,
  oidcName: settings.name,
  publicUrl: settings.publicUrl,
})
