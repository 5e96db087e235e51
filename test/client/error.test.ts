import { describe, expect, it } from 'vitest'
import { connectionFailed, errorOf, readError, retryAfterOf } from '../../src/client/error.ts'

const PROBLEM = {
  type: 'urn:tintype:problem:wrong_field',
  title: 'The file has another field name than expected',
  status: 400,
  detail: 'Expected the file in field "file", it came in field "picture".',
  code: 'wrong_field',
  expected: 'file',
  received: 'picture',
}

describe('an error', () => {
  it('has what the problem document says, and what the headers add', async () => {
    const headers = { 'X-Request-Id': 'r-1', 'Retry-After': '7' }
    const error = await readError(new Response(JSON.stringify(PROBLEM), { status: 400, headers }))
    expect(error).toMatchObject({ code: 'wrong_field', status: 400, title: PROBLEM.title, detail: PROBLEM.detail })
    expect(error).toMatchObject({ requestId: 'r-1', retryAfter: 7, name: 'TintypeClientError' })
    expect(error.message).toBe(PROBLEM.detail)
    expect(error.problem).toEqual(PROBLEM)
  })

  it.each(['<html>Bad Gateway</html>', '', 'null', '{"error":"gone"}', '[]'])(
    'of an answer %j is unexpected',
    async (text) => {
      const error = await readError(new Response(text, { status: 502 }))
      expect(error).toMatchObject({ code: 'unexpected_response', status: 502, problem: {} })
      expect([error.requestId, error.retryAfter]).toEqual([undefined, undefined])
      expect(error.detail).toContain('502')
    },
  )

  it('has the status of the answer, whatever its document says', () => {
    expect(errorOf(new Response(null, { status: 409 }), PROBLEM).status).toBe(409)
  })

  it('without an answer keeps its cause', () => {
    const cause = new TypeError('fetch failed')
    expect(connectionFailed(cause)).toMatchObject({ code: 'connection_failed', status: undefined, cause })
  })
})

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['120', 120],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
    ['-1', undefined],
    ['', undefined],
  ])('%j is %j seconds', (text, seconds) => {
    expect(retryAfterOf(new Response(null, { headers: { 'Retry-After': text } }))).toBe(seconds)
  })
})
