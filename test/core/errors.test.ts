import { describe, expect, it } from 'vitest'
import { FAILURES, isDamage, messageOf, readOnlyStore, TintypeError } from '../../src/core/errors.ts'

describe('the table of failures', () => {
  it.each(Object.entries(FAILURES))('gives %s a stable name and an error status', (code, { status, title }) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(600)
    expect(title).toMatch(/^[A-Z].*[^.]$/)
  })

  it('describes each code by a title of its own', () => {
    const titles = Object.values(FAILURES).map(({ title }) => title)
    expect(new Set(titles).size).toBe(titles.length)
  })

  it('keeps the codes that clients rely on at their status', () => {
    const status = (code: keyof typeof FAILURES) => FAILURES[code].status
    expect([status('invalid_project_id'), status('invalid_parameter'), status('wrong_field')]).toEqual([400, 400, 400])
    expect([status('project_not_found'), status('image_not_found'), status('no_primary_image')]).toEqual([
      404, 404, 404,
    ])
    expect(status('method_not_allowed')).toBe(405)
    expect([status('upload_too_large'), status('too_many_pixels')]).toEqual([413, 413])
    expect([status('unsupported_image_type'), status('not_an_image')]).toEqual([415, 415])
    expect(status('unsupported_image_layout')).toBe(415)
    expect([status('damaged_image'), status('empty_file')]).toEqual([422, 422])
    expect([status('busy'), status('store_unavailable'), status('shutting_down')]).toEqual([503, 503, 503])
    expect(status('storage_full')).toBe(507)
  })
})

describe('an error', () => {
  it('has its code, a public message, the time until a retry, and the cause for the log', () => {
    const cause = new Error('EMFILE')
    const error = new TintypeError('busy', 'Try again.', { cause, retryAfterSeconds: 2, details: { field: 'file' } })
    expect(error).toMatchObject({
      name: 'TintypeError',
      code: 'busy',
      message: 'Try again.',
      cause,
      retryAfterSeconds: 2,
      details: { field: 'file' },
    })
    expect(error).toBeInstanceOf(Error)
    expect(error.stack).toContain('errors.test.ts')
  })

  it('needs no more than a code and a message', () => {
    const error = new TintypeError('internal', 'Something went wrong.')
    expect([error.retryAfterSeconds, error.details, error.cause]).toEqual([undefined, undefined, undefined])
  })
})

it('damage is that of the files of one project, and nothing else', () => {
  expect(isDamage(new TintypeError('project_damaged', 'x'))).toBe(true)
  for (const other of [
    new TintypeError('internal', 'x'),
    new Error('project_damaged'),
    { code: 'project_damaged' },
    null,
  ])
    expect(isDamage(other)).toBe(false)
})

it('anything that is thrown has a message', () => {
  expect([new Error('full'), 'full', 7, undefined].map(messageOf)).toEqual(['full', 'full', '7', 'undefined'])
})

it('a change of a read-only store is refused, with a time that a restart takes', () => {
  expect(readOnlyStore()).toMatchObject({
    code: 'read_only',
    message: 'The store is read-only: it can be read, and takes no changes.',
    retryAfterSeconds: 300,
  })
})
