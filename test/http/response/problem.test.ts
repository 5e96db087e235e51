// Problem documents: members, headers that the status requires, and internal messages that stay in the log.

import { describe, expect, it } from 'vitest'
import { ERROR_CODES, FAILURES, TintypeError } from '../../../src/core/errors.ts'
import { problemOf, toTintypeError } from '../../../src/http/response/problem.ts'

const request = (method: string, isAborted: boolean) =>
  new Request('http://a/', { method, signal: isAborted ? AbortSignal.abort() : new AbortController().signal })

describe('the problem document of an error', () => {
  it('has the members of RFC 9457, the code and the details', () => {
    const error = new TintypeError('invalid_parameter', 'limit: expected less.', { details: { field: 'limit' } })
    expect(problemOf(error)).toEqual({
      status: 400,
      headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' },
      body: {
        type: 'urn:tintype:problem:invalid_parameter',
        title: FAILURES.invalid_parameter.title,
        status: 400,
        detail: 'limit: expected less.',
        code: 'invalid_parameter',
        field: 'limit',
      },
    })
  })

  it('begins with its own members, which no detail overwrites', () => {
    const details = { code: 'x', status: 1, type: 'x', title: 'x', detail: 'x', field: 'a' }
    const { body } = problemOf(new TintypeError('busy', 'Busy.', { details }))
    expect(body).toMatchObject({ code: 'busy', status: 503, detail: 'Busy.', type: 'urn:tintype:problem:busy' })
    expect(Object.keys(body)).toEqual(['type', 'title', 'status', 'detail', 'code', 'field'])
  })

  it('shows neither message nor details of a status 500', () => {
    for (const code of ERROR_CODES.filter((each) => FAILURES[each].status === 500)) {
      const { body } = problemOf(new TintypeError(code, '/secret/path', { details: { path: '/secret/path' } }))
      expect(JSON.stringify(body)).not.toContain('secret')
      expect(Object.keys(body)).toEqual(['type', 'title', 'status', 'detail', 'code'])
    }
  })

  it('names an authentication scheme with 401 alone', () => {
    for (const code of ERROR_CODES)
      expect([code, problemOf(new TintypeError(code, '')).headers['WWW-Authenticate']]).toEqual([
        code,
        FAILURES[code].status === 401 ? 'Bearer realm="tintype"' : undefined,
      ])
  })

  it('has Retry-After of the error, rounded up, and 5 seconds for a 503 without one', () => {
    const retryAfter = (error: TintypeError) => problemOf(error).headers['Retry-After']
    expect(retryAfter(new TintypeError('rate_limited', '', { retryAfterSeconds: 1.2 }))).toBe('2')
    expect(retryAfter(new TintypeError('busy', '', { retryAfterSeconds: 0 }))).toBe('0')
    expect(retryAfter(new TintypeError('busy', ''))).toBe('5')
    expect(retryAfter(new TintypeError('rate_limited', ''))).toBeUndefined()
  })

  it('names the allowed methods of a 405 and the length of a 416', () => {
    const { headers } = problemOf(new TintypeError('method_not_allowed', '', { details: { allow: ['GET', 'HEAD'] } }))
    expect(headers.Allow).toBe('GET, HEAD')
    const range = problemOf(new TintypeError('range_not_satisfiable', '', { details: { bytes: 12 } }))
    expect(range.headers['Content-Range']).toBe('bytes */12')
  })
})

describe('converting a thrown value', () => {
  it('keeps a TintypeError, also after the client has disconnected', () => {
    const error = new TintypeError('busy', 'Busy.')
    expect(toTintypeError(error, request('GET', false))).toBe(error)
    expect(toTintypeError(error, request('GET', true))).toBe(error)
  })

  it('makes anything else an internal error with its cause for the log', () => {
    const cause = new Error('/secret/path')
    const error = toTintypeError(cause, request('GET', false))
    expect(error).toMatchObject({ code: 'internal', cause })
    expect(error.message).not.toContain('secret')
  })

  it('recognizes a disconnected client by the signal of the request', () => {
    for (const [method, code] of [
      ['GET', 'client_gone'],
      ['HEAD', 'client_gone'],
      ['POST', 'upload_aborted'],
      ['DELETE', 'upload_aborted'],
    ] as const)
      expect(toTintypeError('gone', request(method, true))).toMatchObject({ code, cause: 'gone' })
  })
})
