// Ranges that are broken, that lie, or that ask for a lot.

import { expect, it } from 'vitest'
import { describeAttacks } from '../support/attacks/under-attack.ts'

const WHOLE = {
  'no numbers': 'bytes=-',
  'another unit': 'lines=0-1',
  'no unit': '0-1',
  'a range that ends before it begins': 'bytes=5-2',
  'a negative number': 'bytes=--5',
  'hexadecimal numbers': 'bytes=0x0-0x5',
  'an exponent': 'bytes=1e1-2e1',
  'a fraction': 'bytes=0.5-1',
  words: 'bytes=first-last',
  'a `;` in place of a `,`': 'bytes=0-1;2-3',
  'two ranges': 'bytes=0-0,-1',
  'a thousand overlapping ranges (CVE-2011-3192)': `bytes=${Array.from({ length: 1000 }, (_, at) => `0-${at}`).join()}`,
} as const

describeAttacks('ranges', (attacked) => {
  const read = async (range: string, size = 'thumb') => {
    const { ask, open } = attacked().target
    const answer = await ask(`/projects/open/images/${open}?size=${size}`, { headers: { Range: range } })
    return { answer, bytes: Buffer.from(await answer.arrayBuffer()) }
  }

  it.each(Object.entries(WHOLE))('with %s are ignored, and the whole picture is sent', async (_, range) => {
    const whole = (await read('')).bytes
    const { answer, bytes } = await read(range)
    expect([answer.status, bytes.equals(whole)]).toEqual([200, true])
  })

  it('beyond the end are 416 or end at the last byte, however large the numbers are', async () => {
    const whole = (await read('')).bytes
    const huge = '9'.repeat(400)
    for (const range of [`bytes=${whole.length}-`, `bytes=${huge}-`, `bytes=${huge}-${huge}`, 'bytes=-0']) {
      const { answer } = await read(range)
      expect([answer.status, answer.headers.get('content-range')], range).toEqual([416, `bytes */${whole.length}`])
    }
    for (const range of [`bytes=0-${huge}`, `bytes=-${huge}`, `bytes=0-${2 ** 53}`, `bytes=-${2 ** 64}`]) {
      const { answer, bytes } = await read(range)
      expect([answer.status, bytes.equals(whole)], range).toEqual([206, true])
    }
    const last = await read(`bytes=${whole.length - 1}-`)
    expect([last.answer.status, last.bytes.equals(whole.subarray(-1))]).toEqual([206, true])
  })

  it('of many simultaneous clients are each answered with exactly the requested part', async () => {
    const whole = (await read('', 'original')).bytes
    const parts = Array.from({ length: 300 }, async (_, at) => {
      const { answer, bytes } = await read(`bytes=${at}-${at + 99}`, 'original')
      return answer.status === 206 && bytes.equals(whole.subarray(at, at + 100))
    })
    expect(await Promise.all(parts)).toEqual(Array(300).fill(true))
  })
})
