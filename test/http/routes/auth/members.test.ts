// Members by e-mail, and the ways to sign in.

import { describe, expect, it } from 'vitest'
import { signInOptionsSchema } from '../../../../src/http/schemas/accounts.ts'
import { memberListSchema, memberSchema } from '../../../../src/http/schemas/members.ts'
import { projectSchema } from '../../../../src/http/schemas/projects.ts'
import { createTestApp, problemOf } from '../../../support/app.ts'
import { createAccessApp, createCast, type Who } from '../../../support/auth/access.ts'

describe('a member', () => {
  it('is added by e-mail, in any spelling, by callers that may manage the project alone', async () => {
    const cast = await createCast()
    const add = (who: Who, project = 'closed') =>
      cast.ask(who, 'PUT', `/projects/${project}/members`, { email: ' Stranger@Example.com', role: 'viewer' })
    const statuses: Record<string, number> = {}
    for (const who of ['anonymous', 'writer', 'reader', 'editor', 'viewer', 'stranger', 'owner', 'admin'])
      statuses[who] = (await add(cast.people[who] ?? {})).status
    expect(statuses).toEqual({
      anonymous: 401,
      writer: 403,
      reader: 403,
      editor: 403,
      viewer: 403,
      stranger: 404,
      owner: 200,
      admin: 200,
    })
    expect((await add(cast.people.owner ?? {}, 'absent')).status).toBe(404)
    expect((await cast.ask(cast.people.stranger ?? {}, 'GET', '/projects/closed')).status).toBe(200)
  })

  it('gets another role by a repetition, and keeps the others', async () => {
    const cast = await createCast()
    const owner = cast.people.owner ?? {}
    const answer = await cast.ask(owner, 'PUT', '/projects/closed/members', {
      email: 'viewer@example.com',
      role: 'editor',
    })
    expect(memberSchema.parse(await answer.json())).toMatchObject({ user_id: cast.ids.viewer, role: 'editor' })
    const { members } = projectSchema.parse(await (await cast.ask(owner, 'GET', '/projects/closed')).json())
    expect(members).toEqual({ [cast.ids.viewer ?? '']: 'editor', [cast.ids.editor ?? '']: 'editor' })
  })

  it('needs an account, and attempts are limited for each caller', async () => {
    const app = await createAccessApp()
    const [ada, bob] = [await app.join('ada'), await app.join('bob')]
    for (const [name, { who }] of Object.entries({ ada, bob })) await app.upload(who, name)
    const add = ({ who }: { who: Who }, project: string, email: string) =>
      problemOf(app.ask(who, 'PUT', `/projects/${project}/members`, { email, role: 'viewer' }))
    const [first, last] = [await add(ada, 'ada', 'none@example.com'), await add(ada, 'ada', 'nobody')]
    expect(first).toMatchObject({ code: 'no_such_account', status: 422 })
    expect(last.code).toBe('invalid_body')
    for (let count = 1; count < 60; count++)
      expect((await add(ada, 'ada', 'none@example.com')).code).toBe('no_such_account')
    const limited = await add(ada, 'ada', 'bob@example.com')
    expect(limited.code).toBe('rate_limited')
    expect(Number(limited.response.headers.get('retry-after'))).toBeGreaterThan(3000)
    expect((await add(bob, 'bob', 'none@example.com')).code).toBe('no_such_account')
  })
})

describe('the list of members', () => {
  it('names owner and members by address, for callers that may manage the project alone', async () => {
    const cast = await createCast()
    const { ids, people } = cast
    const list = (who: Who, project = 'closed') => cast.ask(who, 'GET', `/projects/${project}/members`)
    const statuses: Record<string, number> = {}
    for (const [name, who] of Object.entries(people)) statuses[name] = (await list(who)).status
    const refused = { writer: 403, reader: 403, editor: 403, viewer: 403, stranger: 404, anonymous: 404 }
    expect(statuses).toEqual({ ...refused, owner: 200, admin: 200 })
    expect((await list({}, 'open')).status).toBe(401)
    expect((await list(people.stranger ?? {}, 'open')).status).toBe(403)
    expect((await list(people.owner ?? {}, 'absent')).status).toBe(404)

    // A user of another issuer, and one whose id only looks like that of an account.
    const members = { 'someone@issuer': 'viewer', '0000000000000000000z': 'editor', __other__: 'viewer' }
    expect((await cast.ask(people.owner ?? {}, 'PATCH', '/projects/closed', { members })).status).toBe(200)
    const answer = await list(people.owner ?? {})
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const person = (name: string) => ({ user_id: ids[name], email: `${name}@example.com`, name: null })
    const unknown = (user_id: string, role: string) => ({ user_id, email: null, name: null, role })
    expect(memberListSchema.parse(await answer.json())).toEqual({
      ...{ project_id: 'closed', revision: 3, owner: person('owner') },
      members: [
        { ...person('editor'), role: 'editor' },
        { ...person('viewer'), role: 'viewer' },
        unknown('0000000000000000000z', 'editor'),
        unknown('__other__', 'viewer'),
        unknown('someone@issuer', 'viewer'),
      ],
    })
  })

  it('has no owner where a key has created the project', async () => {
    const cast = await createCast()
    const answer = await cast.ask(cast.people.admin ?? {}, 'GET', '/projects/plain/members')
    expect(memberListSchema.parse(await answer.json())).toMatchObject({ owner: null, members: [] })
  })
})

describe('the ways to sign in', () => {
  it('are told to everyone, uncached', async () => {
    const read = async (options: Parameters<typeof createTestApp>[0]) => {
      const { app } = await createTestApp(options)
      const answer = await app.request('/auth/options')
      expect(answer.headers.get('cache-control')).toBe('no-store')
      return signInOptionsSchema.parse(await answer.json())
    }
    const others = { password_reset: false, provider: null }
    expect(await read({})).toEqual({ open: true, registration: 'closed', ...others })
    expect(await read({ registration: 'open' })).toEqual({ open: false, registration: 'open', ...others })
    const invite = await read({ registration: 'invite', auth: 'required' })
    expect(invite).toEqual({ open: false, registration: 'invite', ...others })
    expect(await read({ auth: 'required' })).toEqual({ open: false, registration: 'closed', ...others })
  })
})
