// Answers of the fast path and of the app: equal for every setting, route and kind of credentials. A table says which
// requests the fast path answers, so that no setting switches it off unnoticed.

import { Socket } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { signUrl, type TintypeOptions } from '../../../src/index.ts'
import { createApiKeys } from '../../../src/services/auth/api-keys.ts'
import { SESSION_COOKIE } from '../../../src/services/auth/credentials.ts'
import { createSessionTokens } from '../../../src/services/auth/session-tokens.ts'
import { LINK_COOKIE } from '../../../src/services/links/link-cookies.ts'
import type { LinkRecord } from '../../../src/stores/links/links.ts'
import type { TestApp } from '../../support/app.ts'
import { ADMIN, createCast, keyOf, READER, type Who } from '../../support/auth/access.ts'
import { makeLink, openLink, plantLink } from '../../support/auth/links.ts'
import { cookieHeader, post, signedIn } from '../../support/auth/sessions.ts'
import { recordsOf } from '../../support/store/here.ts'

const KEYS = ['sixteen characters or more']
const RAISED = { rateLimit: 1_000_000, rateLimitWrites: 1_000_000, signInLimit: 0 }

const SETTINGS: Record<string, TintypeOptions> = {
  'as in production': { auth: 'required', trustProxy: 'loopback', ...RAISED },
  'without limits': { auth: 'required', signInLimit: 0 },
  'for pages of a site': { auth: 'required', allowedOrigins: 'https://shop.example', ...RAISED },
  'for pages of every site': { allowedOrigins: '*', ...RAISED },
  'with open access': { auth: 'none', ...RAISED },
}

/** Credentials: whether they are valid, and whether they may read the private project. */
interface Sent {
  who: Who
  isValid: boolean
  mayRead: boolean
}

const sent = (who: Who, isValid: boolean, mayRead = false): Sent => ({ who, isValid, mayRead })

type Cast = Awaited<ReturnType<typeof createCast>>

const EARLIER_S = 895

/** Senders whose requests are also sent with a condition. */
const REVALIDATING: ReadonlySet<string> = new Set(['nobody', 'a stored key', 'a changed key'])

const sendersOf = async (cast: Cast): Promise<Record<string, Sent>> => {
  const { app, people, storageDir } = cast
  const plant = (fields?: Partial<LinkRecord>, projectId = 'closed') =>
    plantLink(cast, people.admin ?? {}, projectId, fields)
  const apiKeys = createApiKeys(await recordsOf(storageDir))
  const create = async (name: string, options: { projects?: string[]; expiresAt?: Date } = {}) =>
    apiKeys.create({ name, role: 'reader', ...options })
  const [stored, here, elsewhere, revoked] = await Promise.all([
    create('stored'),
    create('here', { projects: ['closed'] }),
    create('elsewhere', { projects: ['plain'] }),
    create('revoked'),
  ])
  const expired = await create('expired', { expiresAt: new Date(Date.now() + 2000) })
  const signIn = async (name: string) => {
    const response = await post(app, '/auth/login', {
      email: `${name}@example.com`,
      password: 'correct horse battery staple',
    })
    const { access_token } = await signedIn(response)
    return { token: `Bearer ${access_token}`, cookie: cookieHeader({ [SESSION_COOKIE]: access_token ?? '' }) }
  }
  const [owner, ended] = [await signIn('owner'), await signIn('owner')]
  const withdrawn = await makeLink(cast, people.admin ?? {}, 'closed')
  const guest = await plant()
  const senders = {
    'a link': sent(guest, true, true),
    'a link beside a token of a stranger': sent({ ...people.stranger, ...guest }, true, true),
    'a link beside a token of the owner': sent({ ...guest, Authorization: owner.token }, true, true),
    'a link beside an invalid key': sent({ ...guest, ...keyOf('tt_x') }, false),
    'a link without downloads': sent(await plant({ download: false }), true, true),
    'a link to another project': sent(await plant({}, 'open'), true),
    'an expired link': sent(await plant({ expires_at: new Date(Date.now() + 5000).toISOString() }), true),
    'a revoked link': sent(await openLink(cast, withdrawn.url), false),
    'a malformed link': sent(cookieHeader({ [`${LINK_COOKIE}x`]: 'nonsense' }), true),
    nobody: sent({}, true),
    'a fixed key': sent(keyOf(READER), true, true),
    'a fixed key as a token': sent({ Authorization: `Bearer ${READER}` }, true, true),
    'a stored key': sent(keyOf(stored.key), true, true),
    'a stored key as a token': sent({ Authorization: `bearer ${stored.key}` }, true, true),
    'a key of this project': sent(keyOf(here.key), true, true),
    'a key of another project': sent(keyOf(elsewhere.key), true),
    'a revoked key': sent(keyOf(revoked.key), false),
    'an expired key': sent(keyOf(expired.key), false),
    'a changed key': sent(keyOf(`${stored.key.slice(0, -2)}${stored.key.endsWith('AA') ? 'BB' : 'AA'}`), false),
    'a malformed key': sent(keyOf('tt_x'), false),
    'an empty key': sent(keyOf(''), false),
    'a token of the owner': sent({ Authorization: owner.token }, true, true),
    'a token of a viewer': sent(people.viewer ?? {}, true, true),
    'a token of a stranger': sent(people.stranger ?? {}, true),
    'a token of an ended session': sent({ Authorization: ended.token }, false),
    'an expired token': sent({ Authorization: await oldToken(storageDir, owner.token) }, false),
    'a changed token': sent({ Authorization: owner.token.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')) }, false),
    'a malformed token': sent({ Authorization: 'Bearer nonsense' }, false),
    'another scheme': sent({ Authorization: 'Basic YTpi' }, false),
    'a cookie of the owner': sent(owner.cookie, true, true),
    'a cookie of an ended session': sent(ended.cookie, false),
    'a malformed cookie': sent(cookieHeader({ [SESSION_COOKIE]: 'nonsense' }), false),
    'another cookie': sent(cookieHeader({ theme: 'dark' }), true),
    'a key and an old cookie': sent({ ...keyOf(stored.key), ...cookieHeader({ [SESSION_COOKIE]: 'x' }) }, true, true),
  }
  // Used once, so that they are remembered, and then revoked, ended and expired.
  for (const { who } of Object.values(senders)) await app.request('/projects/closed', { headers: who })
  await apiKeys.revoke(revoked.record.id)
  await (await recordsOf(storageDir)).links.remove(withdrawn.id)
  // By another process.
  await (await recordsOf(storageDir)).store.sessions.end(claimsOf(ended.token).sid)
  vi.setSystemTime(Date.now() + 10_000)
  return senders
}

/** A token of the same session that ends a few seconds from now. */
const oldToken = async (storageDir: string, token: string): Promise<string> => {
  const { secret, ensureSecret } = (await recordsOf(storageDir)).store
  const now = () => Date.now() - EARLIER_S * 1000
  const { sub, sid, gen } = claimsOf(token)
  const tokens = createSessionTokens({ secret, ensureSecret, now })
  return `Bearer ${await tokens.access({ id: sid, userId: sub, generation: gen })}`
}

const claimsSchema = z.object({ sub: z.string(), sid: z.string(), gen: z.int() })

const claimsOf = (token: string) =>
  claimsSchema.parse(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()))

interface Url {
  url: string
  kind: 'picture' | 'list'
  isPrivate: boolean
  isSigned: boolean
}

const urlsOf = ({ images }: Cast): Url[] => {
  const expiresAt = new Date(Date.now() + 3_600_000)
  const signed = (path: string, keys = KEYS) => signUrl(path, { keys, expiresAt })
  return ['open', 'closed'].flatMap((project) => {
    const isPrivate = project === 'closed'
    const image = `/projects/${project}/images/${images[project]}`
    const picture = (url: string, isSigned = false): Url => ({ url, kind: 'picture', isPrivate, isSigned })
    return [
      picture(`${image}?size=game`),
      picture(`${image}/game.jpg`),
      picture(`${image}/thumb.webp`),
      picture(`/projects/${project}/thumbnail`),
      picture(`/projects/${project}/cover.jpg?size=game`),
      picture(`${image}/render?preset=card`),
      picture(signed(`${image}?size=game`), true),
      picture(signed(`${image}/game.jpg`), true),
      picture(signed(`${image}/thumb.webp`), true),
      picture(signed(`/projects/${project}/thumbnail`), true),
      picture(signed(`/projects/${project}/cover.jpg`), true),
      picture(signed(`${image}/render?w=90`), true),
      picture(signed(`${image}/game.jpg`, ['another key of this length'])),
      { url: `/projects/${project}/images`, kind: 'list', isPrivate, isSigned: false },
      { url: `/projects/${project}/images?limit=1`, kind: 'list', isPrivate, isSigned: false },
    ]
  })
}

const SKIPPED = ['date', 'connection', 'keep-alive', 'x-request-id']

interface Answer {
  status: number
  headers: string[][]
  body: string
}

/** `RateLimit` differs by the order of the requests. */
const compared = (headers: Iterable<readonly [string, string]>): string[][] =>
  [...headers]
    .map(([name, value]) => [name.toLowerCase(), value])
    .filter(([name = '']) => !SKIPPED.includes(name))
    .map(([name = '', value = '']) => [name, name === 'ratelimit' ? value.replace(/r=\d+;t=\d+/, 'r;t') : value])
    .sort()

const fromApp = async ({ app }: TestApp, url: string, headers: Record<string, string>): Promise<Answer> => {
  const incoming = { httpVersionMajor: 1, complete: true, url, socket: { remoteAddress: '127.0.0.1' } }
  const response = await app.request(url, { headers }, { incoming })
  const body = Buffer.from(await response.arrayBuffer()).toString('latin1')
  const received = new Headers(response.headers)
  // As Node's server adds it.
  if (response.status === 200) received.set('content-length', String(body.length))
  return { status: response.status, headers: compared(received), body }
}

const fromMemory = async (
  { answerFast }: TestApp,
  url: string,
  headers: Record<string, string>,
): Promise<Answer | undefined> => {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: '127.0.0.1' })
  const answer = await answerFast({ method: 'GET', url, rawHeaders: Object.entries(headers).flat(), socket })
  if (!answer) return undefined
  const [, ...lines] = answer.head.trimEnd().split('\r\n')
  const named = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const)
  return { status: answer.status, headers: compared(named), body: (answer.body ?? '').toString('latin1') }
}

/** Requests that the fast path answers: all that are allowed, except for invalid credentials where they matter. */
const isFast = (options: TintypeOptions, { kind, isPrivate, isSigned }: Url, { isValid, mayRead, who }: Sent) => {
  if (options.auth === 'none') return true
  if (isPrivate) return isValid && (mayRead || (isSigned && kind === 'picture'))
  // Invalid credentials are not looked at for public pictures; with a limit the app finds whom to count.
  if (kind === 'picture') return isValid || options.rateLimit === undefined
  const isCookieAlone = who.Cookie !== undefined && who['X-API-Key'] === undefined
  return isValid || (isCookieAlone && options.rateLimit === undefined)
}

describe.each(Object.entries(SETTINGS))('%s', (_, options) => {
  it('the fast path answers as the app does, and answers all that it can', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const cast = await createCast({ signingKeys: KEYS, presets: 'card:w=80,h=60', ...options })
    const senders = await sendersOf(cast)
    const urls = urlsOf(cast)
    // In memory.
    for (const { url } of urls) await (await cast.app.request(url, { headers: keyOf(ADMIN) })).arrayBuffer()
    const tags = new Map<string, string>()
    for (const { url } of urls)
      tags.set(url, (await cast.app.request(url, { headers: keyOf(ADMIN) })).headers.get('etag') ?? '')

    for (const target of urls)
      for (const [name, sender] of Object.entries(senders))
        for (const tag of REVALIDATING.has(name) ? [undefined, tags.get(target.url) ?? ''] : [undefined]) {
          const { url } = target
          const headers: Record<string, string> = { Host: 'localhost', 'X-Forwarded-For': '9.9.9.9', ...sender.who }
          if (tag !== undefined) headers['If-None-Match'] = tag
          const said = `${name}: ${url} ${tag ?? ''}`
          const fast = await fromMemory(cast, url, headers)
          if (fast) expect(fast, said).toEqual(await fromApp(cast, url, headers))
          else if (isFast(options, target, sender))
            expect(await fromApp(cast, url, headers), said).toBe('answered fast')
          expect(fast !== undefined, said).toBe(isFast(options, target, sender))
        }
  })
})
