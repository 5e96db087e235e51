// Conditions and ranges of RFC 9110, as a table and for every length.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  coverShownMs,
  decide,
  type HeaderOf,
  httpDate,
  parseEntityTags,
  rangeOf,
} from '../../../src/core/request/conditional.ts'

const MODIFIED_MS = Date.UTC(2026, 4, 4, 9, 30, 15, 400)
const validators = { etag: '"a-thumb"', modifiedMs: MODIFIED_MS }
const SAME = httpDate(MODIFIED_MS)
const EARLIER = httpDate(MODIFIED_MS - 1000)
const LATER = httpDate(MODIFIED_MS + 1000)

const headers =
  (values: Record<string, string>): HeaderOf =>
  (name) =>
    values[name]

describe('the tags of If-Match', () => {
  it.each([
    ['*', '*'],
    [' * ', '*'],
    ['"7"', ['"7"']],
    ['"7", W/"8" ,"a,b"', ['"7"', 'W/"8"', '"a,b"']],
    [',"7",,', ['"7"']],
    ['""', ['""']],
    ['', undefined],
    [',', undefined],
    ['7', undefined],
    ['"7', undefined],
    ['w/"7"', undefined],
    ['"7" "8"', undefined],
    ['"7", 8', undefined],
    ['"a b"', undefined],
    ['*, "7"', undefined],
  ])('%j are %j', (header, tags) => {
    expect(parseEntityTags(header)).toEqual(tags)
  })
})

describe('the conditions of a request', () => {
  it.each([
    [{}, 'send'],
    [{ 'if-none-match': '"a-thumb"' }, 'not_modified'],
    [{ 'if-none-match': 'W/"a-thumb"' }, 'not_modified'],
    [{ 'if-none-match': ' "b" , W/"a-thumb" ' }, 'not_modified'],
    [{ 'if-none-match': '"b",,"a-thumb"' }, 'not_modified'],
    [{ 'if-none-match': ' * ' }, 'not_modified'],
    [{ 'if-none-match': '"b"' }, 'send'],
    [{ 'if-none-match': 'a-thumb' }, 'send'],
    [{ 'if-none-match': '"aW/-thumb"' }, 'send'],
    [{ 'if-none-match': '' }, 'send'],
    [{ 'if-modified-since': SAME }, 'not_modified'],
    [{ 'if-modified-since': LATER }, 'not_modified'],
    [{ 'if-modified-since': EARLIER }, 'send'],
    [{ 'if-modified-since': 'Monday, 04-May-26 09:30:15 GMT' }, 'not_modified'],
    [{ 'if-modified-since': 'Mon May  4 09:30:15 2026' }, 'not_modified'],
    [{ 'if-modified-since': 'Mon May  4 09:30:14 2026' }, 'send'],
    // No dates: the condition is to be ignored.
    [{ 'if-modified-since': '2027-01-01' }, 'send'],
    [{ 'if-modified-since': '2027' }, 'send'],
    [{ 'if-modified-since': 'Mon, 99 May 2026 09:30:15 GMT' }, 'send'],
    [{ 'if-modified-since': '' }, 'send'],
    // A tag that is there decides alone.
    [{ 'if-none-match': '"b"', 'if-modified-since': LATER }, 'send'],
    [{ 'if-none-match': '"a-thumb"', 'if-modified-since': EARLIER }, 'not_modified'],
    [{ 'if-match': '"a-thumb"' }, 'send'],
    [{ 'if-match': '"b", "a-thumb"' }, 'send'],
    [{ 'if-match': '*' }, 'send'],
    [{ 'if-match': ' * ' }, 'send'],
    [{ 'if-match': '"b"' }, 'precondition_failed'],
    [{ 'if-match': 'W/"a-thumb"' }, 'precondition_failed'],
    [{ 'if-match': '"a-thumb"', 'if-unmodified-since': EARLIER }, 'send'],
    [{ 'if-match': '"b"', 'if-unmodified-since': LATER }, 'precondition_failed'],
    [{ 'if-match': '"b"', 'if-none-match': '"a-thumb"' }, 'precondition_failed'],
    [{ 'if-match': '"a-thumb"', 'if-none-match': '"a-thumb"' }, 'not_modified'],
    [{ 'if-unmodified-since': SAME }, 'send'],
    [{ 'if-unmodified-since': EARLIER }, 'precondition_failed'],
    [{ 'if-unmodified-since': 'yesterday' }, 'send'],
  ] as const)('%j: %s', (values, decision) => {
    expect(decide(headers(values), validators)).toBe(decision)
  })
})

describe('the range of a request', () => {
  it.each([
    [{}, 'whole'],
    [{ range: 'bytes=0-0' }, { start: 0, end: 0 }],
    [{ range: 'bytes=0-' }, { start: 0, end: 99 }],
    [{ range: 'Bytes= 10-19 ' }, { start: 10, end: 19 }],
    [{ range: 'bytes=10-1000' }, { start: 10, end: 99 }],
    [{ range: `bytes=10-${'9'.repeat(400)}` }, { start: 10, end: 99 }],
    [{ range: 'bytes=99-' }, { start: 99, end: 99 }],
    [{ range: 'bytes=100-' }, 'unsatisfiable'],
    [{ range: `bytes=${'9'.repeat(400)}-` }, 'unsatisfiable'],
    [{ range: 'bytes=-1' }, { start: 99, end: 99 }],
    [{ range: 'bytes=-100' }, { start: 0, end: 99 }],
    [{ range: 'bytes=-101' }, { start: 0, end: 99 }],
    [{ range: 'bytes=-0' }, 'unsatisfiable'],
    // Several, another unit, and what is no range: the whole.
    [{ range: 'bytes=0-0,10-19' }, 'whole'],
    [{ range: 'bytes=200-,0-1' }, 'whole'],
    [{ range: 'lines=0-1' }, 'whole'],
    [{ range: 'kilobytes=0-1' }, 'whole'],
    [{ range: 'bytes=19-10' }, 'whole'],
    [{ range: 'bytes=-' }, 'whole'],
    [{ range: 'bytes=a-b' }, 'whole'],
    [{ range: 'bytes=1.5-2' }, 'whole'],
    [{ range: 'bytes=--1' }, 'whole'],
    [{ range: 'bytes' }, 'whole'],
    [{ range: '' }, 'whole'],
    [
      { range: 'bytes=0-9', 'if-range': '"a-thumb"' },
      { start: 0, end: 9 },
    ],
    [
      { range: 'bytes=0-9', 'if-range': SAME },
      { start: 0, end: 9 },
    ],
    [{ range: 'bytes=0-9', 'if-range': 'W/"a-thumb"' }, 'whole'],
    [{ range: 'bytes=0-9', 'if-range': '"b"' }, 'whole'],
    [{ range: 'bytes=0-9', 'if-range': '*' }, 'whole'],
    [{ range: 'bytes=0-9', 'if-range': LATER }, 'whole'],
    [{ range: 'bytes=0-9', 'if-range': '' }, 'whole'],
    [{ range: 'bytes=500-', 'if-range': '"b"' }, 'whole'],
    [{ range: 'bytes=500-', 'if-range': '"a-thumb"' }, 'unsatisfiable'],
  ] as const)('%j: %j', (values, range) => {
    expect(rangeOf(headers(values), validators, 100)).toEqual(range)
  })

  it('ignores a date that another picture may have had', () => {
    const weak = { ...validators, dateIsWeak: true }
    expect(rangeOf(headers({ range: 'bytes=0-9', 'if-range': SAME }), weak, 100)).toBe('whole')
    expect(rangeOf(headers({ range: 'bytes=0-9', 'if-range': '"a-thumb"' }), weak, 100)).toEqual({ start: 0, end: 9 })
  })

  it('equals a slice of an array, for every length, first and last byte', () => {
    const number = fc.integer({ min: 0, max: 60 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.option(number), fc.option(number), (length, first, last) => {
        const range = rangeOf(headers({ range: `bytes=${first ?? ''}-${last ?? ''}` }), validators, length)
        const all = Array.from({ length }, (_, at) => at)
        const wanted =
          first === null
            ? all.slice(last === null || last === 0 ? length : -last)
            : all.slice(first, (last ?? length) + 1)
        const senseless = first === null ? last === null : last !== null && last < first
        if (senseless) expect(range).toBe('whole')
        else if (wanted.length === 0) expect(range).toBe('unsatisfiable')
        else expect(range).toEqual({ start: wanted[0], end: wanted.at(-1) })
      }),
    )
  })
})

describe('the date of a cover', () => {
  it('is that of the change after its second, and of the previous change within it', () => {
    const changedMs = Date.UTC(2026, 0, 1, 0, 0, 5, 700)
    expect(httpDate(coverShownMs(changedMs, changedMs + 299))).toBe('Thu, 01 Jan 2026 00:00:04 GMT')
    expect(httpDate(coverShownMs(changedMs, changedMs + 300))).toBe('Thu, 01 Jan 2026 00:00:05 GMT')
  })

  it('never lets a client keep the first of two covers of one second', () => {
    const second = Date.UTC(2026, 0, 1, 0, 0, 5)
    const within = fc.integer({ min: 0, max: 999 })
    fc.assert(
      fc.property(within, within, within, (a, b, c) => {
        const [first = 0, seen = 0, again = 0] = [a, b, c].sort((x, y) => x - y)
        const kept = httpDate(coverShownMs(second + first, second + seen))
        const now = { etag: '"b"', modifiedMs: second + again }
        expect(decide(headers({ 'if-modified-since': kept }), now)).toBe('send')
      }),
    )
  })
})
