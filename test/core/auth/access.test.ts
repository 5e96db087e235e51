// Who may do what, and what is answered to whom it isn't allowed.

import { describe, expect, it } from 'vitest'
import {
  type Action,
  accessOf,
  decideAccess,
  isAdmin,
  isPublic,
  linksOf,
  mayRead,
  mayReadByLink,
  mayReadBySignature,
  OPEN_ACCESS,
  type Principal,
  type ProjectAccess,
  requireAccess,
  requireAdmin,
  requireReadable,
  unauthenticated,
  type Verdict,
  withLinks,
  withoutLinks,
} from '../../../src/core/auth/access.ts'
import type { LinkGrant } from '../../../src/core/auth/links.ts'

const user = (id: string): Principal => ({ kind: 'user', id })
const key = (role: 'admin' | 'writer' | 'reader', projects?: string[]): Principal => ({
  kind: 'key',
  id: 'abcdefghijkl',
  role,
  ...(projects ? { projects } : {}),
})

const PRINCIPALS = {
  anonymous: { kind: 'anonymous' },
  unrestricted: { kind: 'unrestricted' },
  admin: key('admin'),
  writer: key('writer'),
  reader: key('reader'),
  'admin of shop': key('admin', ['shop']),
  'writer of shop': key('writer', ['shop']),
  'reader of shop': key('reader', ['shop']),
  'admin of other': key('admin', ['other']),
  'reader of other': key('reader', ['other']),
  owner: user('owner'),
  editor: user('editor'),
  viewer: user('viewer'),
  stranger: user('stranger'),
  'stranger of a strange name': user('constructor'),
} as const satisfies Record<string, Principal>

const owned = (visibility: 'public' | 'private'): ProjectAccess => ({
  owner_id: 'owner',
  visibility,
  members: { editor: 'editor', viewer: 'viewer' },
})

const PROJECTS = { 'no project': undefined, public: owned('public'), private: owned('private'), old: OPEN_ACCESS }

const ACTIONS = ['read', 'list', 'write', 'create', 'manage'] as const satisfies Action[]

/** a: allowed, h: hidden, f: forbidden, s: to sign in. In the order of ACTIONS. */
const VERDICTS = { a: 'allowed', h: 'hidden', f: 'forbidden', s: 'sign_in' } as const satisfies Record<string, Verdict>
type Letter = keyof typeof VERDICTS

const isLetter = (letter: string): letter is Letter => letter in VERDICTS

const EXPECTED: Record<keyof typeof PRINCIPALS, Record<keyof typeof PROJECTS, string>> = {
  anonymous: { 'no project': 'hhsss', public: 'aasss', private: 'hhsss', old: 'aasss' },
  unrestricted: { 'no project': 'aaaaa', public: 'aaaaa', private: 'aaaaa', old: 'aaaaa' },
  admin: { 'no project': 'aaaaa', public: 'aaaaa', private: 'aaaaa', old: 'aaaaa' },
  writer: { 'no project': 'aaaaf', public: 'aaaaf', private: 'aaaaf', old: 'aaaaf' },
  reader: { 'no project': 'aafff', public: 'aafff', private: 'aafff', old: 'aafff' },
  'admin of shop': { 'no project': 'aaaaa', public: 'aaaaa', private: 'aaaaa', old: 'aaaaa' },
  'writer of shop': { 'no project': 'aaaaf', public: 'aaaaf', private: 'aaaaf', old: 'aaaaf' },
  'reader of shop': { 'no project': 'aafff', public: 'aafff', private: 'aafff', old: 'aafff' },
  'admin of other': { 'no project': 'hhhfh', public: 'ahfff', private: 'hhhfh', old: 'ahfff' },
  'reader of other': { 'no project': 'hhhfh', public: 'ahfff', private: 'hhhfh', old: 'ahfff' },
  owner: { 'no project': 'hhhah', public: 'aaaaa', private: 'aaaaa', old: 'ahfff' },
  editor: { 'no project': 'hhhah', public: 'aaaaf', private: 'aaaaf', old: 'ahfff' },
  viewer: { 'no project': 'hhhah', public: 'aafff', private: 'aafff', old: 'ahfff' },
  stranger: { 'no project': 'hhhah', public: 'ahfff', private: 'hhhhh', old: 'ahfff' },
  'stranger of a strange name': { 'no project': 'hhhah', public: 'ahfff', private: 'hhhhh', old: 'ahfff' },
}

describe('the decision on an action', () => {
  for (const [who, principal] of Object.entries<Principal>(PRINCIPALS))
    for (const [kind, access] of Object.entries<ProjectAccess | undefined>(PROJECTS))
      it(`is decided for ${who} and ${kind}`, () => {
        const row = Object.entries(EXPECTED).find(([name]) => name === who)?.[1]
        const letters = [...(Object.entries(row ?? {}).find(([name]) => name === kind)?.[1] ?? '')].filter(isLetter)
        expect(ACTIONS.map((action) => decideAccess(principal, action, 'shop', access))).toEqual(
          letters.map((letter) => VERDICTS[letter]),
        )
      })

  it('is equal for a private project without access and an absent one', () => {
    for (const principal of [PRINCIPALS.anonymous, PRINCIPALS['admin of other'], PRINCIPALS['reader of other']])
      for (const action of ACTIONS)
        expect(decideAccess(principal, action, 'shop', PROJECTS.private)).toBe(
          decideAccess(principal, action, 'shop', undefined),
        )
  })
})

describe('a refusal', () => {
  it('names the permission that the key or user lacks', () => {
    expect(() => requireAccess(PRINCIPALS.reader, 'write', 'shop', PROJECTS.public)).toThrow(
      'Expected a key or user that may change project "shop".',
    )
    expect(() => requireAccess(PRINCIPALS.reader, 'create', 'shop', undefined)).toThrow(
      'Expected a key or user that may upload to project "shop".',
    )
    expect(() => requireAccess(PRINCIPALS.writer, 'manage', 'shop', PROJECTS.public)).toThrow(
      'Expected a key or user that may manage project "shop".',
    )
  })

  it('has a code for each decision, and is none where the action is allowed', () => {
    const codeOf = (principal: Principal, action: Action, access: ProjectAccess | undefined) => {
      try {
        return requireAccess(principal, action, 'shop', access)
      } catch (error) {
        return error
      }
    }
    expect(codeOf(PRINCIPALS.owner, 'manage', PROJECTS.private)).toBeUndefined()
    expect(codeOf(PRINCIPALS.stranger, 'read', PROJECTS.private)).toMatchObject({
      code: 'project_not_found',
      message: 'There is no project "shop".',
    })
    expect(codeOf(PRINCIPALS.viewer, 'write', PROJECTS.private)).toMatchObject({ code: 'forbidden' })
    expect(codeOf(PRINCIPALS.anonymous, 'create', undefined)).toMatchObject({
      code: 'unauthenticated',
      message:
        'Expected an API key (X-API-Key, or Authorization: Bearer) or a signed-in user, the request has neither.',
    })
  })

  it('of a signed-in request may have another message and a cause', () => {
    const cause = new Error('expired')
    expect(unauthenticated('The token has expired.', cause)).toMatchObject({
      code: 'unauthenticated',
      message: 'The token has expired.',
      cause,
    })
  })
})

describe('the figures of the server', () => {
  it('are for all clients of an open server, and for keys of the role admin for all projects', () => {
    expect(() => requireAdmin(PRINCIPALS.unrestricted)).not.toThrow()
    expect(() => requireAdmin(PRINCIPALS.admin)).not.toThrow()
    for (const principal of [PRINCIPALS.writer, PRINCIPALS['admin of shop'], PRINCIPALS.owner])
      expect(() => requireAdmin(principal)).toThrow(
        expect.objectContaining({
          code: 'forbidden',
          message: 'Expected an API key of the role admin that is for all projects.',
        }),
      )
    expect(() => requireAdmin(PRINCIPALS.anonymous)).toThrow(expect.objectContaining({ code: 'unauthenticated' }))
  })
})

const stored = { project_id: 'shop' }

describe('the access rules of a project', () => {
  it('are open where the record has none of the fields', () => {
    expect(accessOf(stored)).toEqual({ owner_id: null, visibility: 'public', members: {} })
  })

  it.each([
    [{ owner_id: 'ada' }, { owner_id: 'ada', visibility: 'public', members: {} }],
    [{ visibility: 'private' }, { owner_id: null, visibility: 'private', members: {} }],
    [{ members: { bob: 'editor' } }, { owner_id: null, visibility: 'public', members: { bob: 'editor' } }],
  ] as const)('complete %j with the open ones', (fields, access) => {
    expect(accessOf({ ...stored, ...fields })).toEqual(access)
  })
})

describe('a state is readable', () => {
  const closed = { ...stored, owner_id: 'owner', visibility: 'private', members: { viewer: 'viewer' } } as const
  const open = { ...closed, visibility: 'public' } as const

  it('for the principals that may read it, and for the program itself', () => {
    for (const [name, by] of Object.entries(PRINCIPALS)) {
      const allowed = decideAccess(by, 'read', 'shop', accessOf(closed)) === 'allowed'
      expect([name, mayRead(closed, by), mayRead(open, by)]).toEqual([name, allowed, true])
      if (allowed) expect(requireReadable(closed, by)).toBe(closed)
      else expect(() => requireReadable(closed, by)).toThrow('There is no project "shop".')
    }
    expect(mayRead(closed, undefined)).toBe(true)
    expect(requireReadable(closed, undefined)).toBe(closed)
  })

  it('without credentials where it is public, or by a signature', () => {
    expect([isPublic(open), isPublic(stored), isPublic(closed)]).toEqual([true, true, false])
    expect([mayReadBySignature(closed, 1), mayReadBySignature(closed, undefined)]).toEqual([true, false])
    expect([mayReadBySignature(open, undefined), mayReadBySignature(stored, undefined)]).toEqual([true, true])
  })

  it('by a share link that shows the picture, and without one only where it is public', () => {
    expect([mayReadByLink(closed, GRANT), mayReadByLink(closed, undefined)]).toEqual([true, false])
    expect([mayReadByLink(open, GRANT), mayReadByLink(open, undefined)]).toEqual([true, true])
  })
})

const GRANT: LinkGrant = {
  id: 'a'.repeat(24),
  projectId: 'shop',
  projectCreatedAt: '2026-05-04T09:30:00.000Z',
  upload: true,
  download: true,
  expiresMs: 1000,
}

describe('share links', () => {
  const guest: Principal = { kind: 'anonymous', links: [GRANT] }
  const member: Principal = { kind: 'user', id: 'ada', links: [GRANT] }

  it('are added to visitors and users', () => {
    expect(withLinks({ kind: 'anonymous' }, [GRANT])).toEqual(guest)
    expect(withLinks(user('ada'), [GRANT])).toEqual(member)
    expect([linksOf(guest), linksOf(member)]).toEqual([[GRANT], [GRANT]])
    expect([linksOf({ kind: 'anonymous' }), linksOf(user('ada'))]).toEqual([undefined, undefined])
  })

  it('are taken from visitors and users, whose other rights stay', () => {
    expect(withoutLinks(guest)).toEqual({ kind: 'anonymous' })
    expect(withoutLinks(member)).toEqual(user('ada'))
  })

  it('leave the same principal where it has them already, or can have none', () => {
    expect(withLinks(guest, linksOf(guest))).toBe(guest)
    expect(withoutLinks(PRINCIPALS.owner)).toBe(PRINCIPALS.owner)
    for (const principal of [PRINCIPALS.admin, PRINCIPALS.unrestricted]) {
      expect(withLinks(principal, [GRANT])).toBe(principal)
      expect(linksOf(principal)).toBeUndefined()
    }
  })

  it('give an API key no right, also where it is given some', () => {
    const access: ProjectAccess = { ...owned('private'), created_at: GRANT.projectCreatedAt }
    const keyWithLinks = { ...PRINCIPALS['reader of other'], links: [GRANT] }
    expect(decideAccess(guest, 'read', 'shop', access)).toBe('allowed')
    expect(linksOf(keyWithLinks)).toBeUndefined()
    expect(decideAccess(keyWithLinks, 'read', 'shop', access)).toBe('hidden')
    expect(decideAccess(keyWithLinks, 'upload', 'shop', access)).toBe('forbidden')
  })
})

it('an administrator is a key of the role admin for all projects, or any client of an open server', () => {
  const administrators = Object.entries(PRINCIPALS).flatMap(([name, principal]) => (isAdmin(principal) ? [name] : []))
  expect(administrators).toEqual(['unrestricted', 'admin'])
})
