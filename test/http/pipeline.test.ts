// The pipeline of every request: checks in order, then the route, and errors as responses.

import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import type { Check, Env, Handler } from '../../src/http/context.ts'
import { createPipeline } from '../../src/http/route-table.ts'

/** An app of one route behind checks. Its log has the status of each response, and the errors have responses. */
const behind = (checks: readonly Check[], route: Handler = (c) => c.text('the route')) => {
  const statuses: number[] = []
  const errors: Error[] = []
  const pipeline = createPipeline({
    requestLog: {
      begin: () => 0,
      end(c, response) {
        const answer = response ?? c.res
        statuses.push(answer.status)
        return answer
      },
    },
    checks,
    async fail(c, error) {
      errors.push(error)
      return c.text(`failed: ${error.message}`, 400)
    },
  })
  const app = new Hono<Env>().all('/*', pipeline(route))
  const request = async (path = '/') => (await app.request(path)).text()
  return { app, request, statuses, errors }
}

describe('checks', () => {
  it('run in order, each after the one before, and then the route', async () => {
    const order: string[] = []
    const check =
      (name: string, delay?: Promise<void>): Check =>
      () => {
        order.push(name)
        return delay?.then(() => void order.push(`${name} ends`)).then(() => undefined)
      }
    const { request } = behind(
      [check('one'), check('two', Promise.resolve()), check('three', Promise.resolve()), check('four')],
      (c) => {
        order.push('route')
        return c.text('')
      },
    )
    await request()
    expect(order).toEqual(['one', 'two', 'two ends', 'three', 'three ends', 'four', 'route'])
  })

  it.each([
    ['at once', (answer: Response) => answer],
    ['later', (answer: Response) => Promise.resolve(answer)],
  ])('end with the first answer, given %s', async (_, give) => {
    const { request, errors, statuses } = behind([
      () => Promise.resolve(undefined),
      () => give(new Response('the second', { status: 202 })),
      () => {
        throw new Error('never reached')
      },
    ])
    expect(await request()).toBe('the second')
    expect([errors, statuses]).toEqual([[], [202]])
  })

  it('end with the first error, thrown or rejected', async () => {
    const error = new Error('refused')
    for (const refuse of [
      () => {
        throw error
      },
      () => Promise.reject(error),
    ]) {
      const { request, errors, statuses } = behind([refuse, () => new Response('never')])
      expect(await request()).toBe('failed: refused')
      expect([errors, statuses]).toEqual([[error], [400]])
    }
  })
})

describe('an error of a route', () => {
  it('is kept, and anything else that is thrown becomes one', async () => {
    const error = new Error('one')
    for (const [thrown, expected] of [
      [error, error],
      ['client gone', expect.objectContaining({ message: 'client gone' })],
      [undefined, expect.objectContaining({ message: 'undefined' })],
    ]) {
      const atOnce = behind([], () => {
        throw thrown
      })
      const later = behind([], () => Promise.reject(thrown))
      for (const { request, errors, statuses } of [atOnce, later]) {
        await request()
        expect([errors, statuses]).toEqual([[expected], [400]])
      }
    }
  })

  it('can be read by middleware of a program that mounts the app', async () => {
    const { app } = behind([], () => Promise.reject(new Error('one')))
    let seen: Error | undefined
    const parent = new Hono()
    parent.use(async (c, next) => {
      await next()
      seen = c.error
    })
    parent.route('/', app)
    expect(await (await parent.request('/')).text()).toBe('failed: one')
    expect(seen?.message).toBe('one')
  })
})

it('a route that calls the next handler is logged with the response of that one', async () => {
  const { app, statuses } = behind([], async (_, next) => void (await next()))
  app.get('/later', () => new Response('later', { status: 203 }))
  app.notFound(() => new Response('nothing', { status: 404 }))
  expect(await (await app.request('/later')).text()).toBe('later')
  expect(await (await app.request('/nothing')).text()).toBe('nothing')
  expect(statuses).toEqual([203, 404])
})
