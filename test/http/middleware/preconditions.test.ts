// Preconditions of every request: an open store, honest paths, and no changes while draining.

import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import type { Check, Env } from '../../../src/http/context.ts'
import {
  refuseDotSegments,
  refuseWhileDraining,
  varyByAccept,
  waitUntil,
} from '../../../src/http/middleware/preconditions.ts'
import { checkedBy } from '../../../src/http/route-table.ts'

/** An app with a check, whose requests give the error, or undefined where they reach the route. */
const behind = (check: Check) => {
  const app = new Hono<Env>()
  let caught: Error | undefined
  app.onError((error, c) => {
    caught = error
    return c.text('', 500)
  })
  app.all(
    '*',
    checkedBy(check, (c) => c.text(c.get('vary') ?? 'none')),
  )
  return async (path: string, method = 'GET', env?: Env['Bindings']) => {
    caught = undefined
    const response = await app.request(path, { method }, env)
    return { caught, text: await response.text() }
  }
}

describe('varyByAccept', () => {
  it('sets Vary where Accept selects the format', async () => {
    const request = behind(varyByAccept)
    for (const query of ['?format=auto', '?w=1&format=auto', '?format=auto&w=1'])
      expect((await request(`/${query}`)).text).toBe('Accept')
    for (const query of ['', '?format=avif', '?format=automatic', '?xformat=auto'])
      expect((await request(`/${query}`)).text).toBe('none')
  })
})

describe('waitUntil', () => {
  it('delays requests until the store is open', async () => {
    let open = () => {}
    const ready = new Promise<void>((resolve) => {
      open = resolve
    })
    const request = behind(waitUntil(ready))
    let isAnswered = false
    const answer = request('/').then((answered) => {
      isAnswered = true
      return answered
    })
    await new Promise(setImmediate)
    expect(isAnswered).toBe(false)
    open()
    expect((await answer).text).toBe('none')
    expect((await request('/')).text).toBe('none')
  })

  it('answers every request with store_unavailable where the store cannot be opened', async () => {
    const cause = new Error('EACCES')
    const request = behind(waitUntil(Promise.reject(cause)))
    for (const _ of ['first', 'later'])
      expect((await request('/')).caught).toMatchObject({
        code: 'store_unavailable',
        message: 'The store could not be opened.',
        cause,
      })
  })
})

describe('refuseDotSegments', () => {
  const request = (target: string) => {
    const incoming = new IncomingMessage(new Socket())
    incoming.url = target
    incoming.httpVersionMajor = 1
    return behind(refuseDotSegments)('/', 'DELETE', { incoming, outgoing: new ServerResponse(incoming) })
  }

  it('refuses dot segments, plain or encoded', async () => {
    for (const target of ['/projects/a/images/..', '/projects/a/%2e%2E/b', '/a/./b', '/a/.%2e', '/..?a', '/%2e'])
      expect((await request(target)).caught).toMatchObject({
        code: 'route_not_found',
        message: 'Expected a path without the segments "." and "..".',
      })
  })

  it('names the project id where the segment stands for one', async () => {
    for (const [target, id] of [
      ['/projects/..', '..'],
      ['/projects/%2e/images', '%2e'],
      ['/projects/.?a', '.'],
    ] as const)
      expect((await request(target)).caught).toMatchObject({ code: 'invalid_project_id', details: { received: id } })
  })

  it('accepts dots within a segment, and in the query', async () => {
    for (const target of ['/projects/a.b', '/projects/..a', '/projects/a..', '/projects/.../a', '/a?b=/../c', '/a%2e'])
      expect([target, (await request(target)).caught]).toEqual([target, undefined])
  })

  it('does nothing in runtimes without the target as received', async () => {
    expect((await behind(refuseDotSegments)('/projects/a')).caught).toBeUndefined()
  })
})

describe('refuseWhileDraining', () => {
  it('refuses changes while the server drains, and none before', async () => {
    let isDraining = false
    const request = behind(refuseWhileDraining(() => isDraining))
    expect((await request('/', 'POST')).caught).toBeUndefined()
    isDraining = true
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      expect((await request('/', method)).caught).toMatchObject({
        code: 'shutting_down',
        message: 'The server is shutting down and takes no changes.',
        retryAfterSeconds: 5,
      })
    for (const method of ['GET', 'OPTIONS']) expect((await request('/', method)).caught).toBeUndefined()
  })

  it('refuses nothing where the server cannot drain', async () => {
    expect((await behind(refuseWhileDraining())('/', 'POST')).caught).toBeUndefined()
  })
})
