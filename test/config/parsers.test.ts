// Parsers of settings: accepted texts, limits and the description of the expected value.

import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  anyText,
  apiKeys,
  booleanOrAuto,
  byteCount,
  byteCountOrNone,
  folder,
  keyUrl,
  matching,
  numberOrCores,
  oneOf,
  origins,
  pixelCount,
  presets,
  proxies,
  signingKeys,
  wholeNumber,
} from '../../src/config/parsers.ts'

const SECRET = 'x'.repeat(16)

describe('a whole number', () => {
  it('is parsed exactly within its limits', () => {
    const number = fc.integer({ min: 0, max: 300 })
    fc.assert(
      fc.property(number, (value) => {
        expect(wholeNumber(100, 200).parse(String(value))).toBe(value >= 100 && value <= 200 ? value : undefined)
      }),
    )
  })

  it.each([
    ['99', undefined],
    ['100', 100],
    ['200', 200],
    ['201', undefined],
    ['0150', 150],
    ['-150', undefined],
    ['+150', undefined],
    ['150.0', undefined],
    ['1.5e2', undefined],
    ['0x96', undefined],
    [' 150', undefined],
    ['150 ', undefined],
    ['', undefined],
  ])('of 100 to 200 parses "%s" as %s', (text, value) => {
    expect(wholeNumber(100, 200).parse(text)).toBe(value)
    expect(wholeNumber(100, 200).expected).toBe('a whole number from 100 to 200')
  })
})

describe('a number of processes', () => {
  it.each([
    ['0', undefined],
    ['1', 1],
    ['128', 128],
    ['129', undefined],
    ['Cores', undefined],
    ['core', undefined],
  ])('parses "%s" as %s', (text, value) => {
    expect(numberOrCores(1, 128).parse(text)).toBe(value)
    expect(numberOrCores(1, 128).expected).toBe('a whole number from 1 to 128, or the word cores')
  })

  it.each([
    ['0', 0],
    ['-1', undefined],
  ])('that may be none parses "%s" as %s', (text, value) => {
    expect(numberOrCores(0, 128).parse(text)).toBe(value)
  })

  it('is the number of cores on request, up to its limit', () => {
    expect(numberOrCores(1, 100_000).parse('cores')).toBe(availableParallelism())
    expect(numberOrCores(1, 1).parse('cores')).toBe(1)
  })
})

describe('a number of bytes', () => {
  it.each([
    ['1', 1],
    ['7b', 7],
    ['7B', 7],
    ['2kB', 2000],
    ['2MB', 2e6],
    ['2GB', 2e9],
    ['2KiB', 2048],
    ['2MiB', 2_097_152],
    ['2GiB', 2_147_483_648],
    ['2 mib', 2_097_152],
    ['1024GiB', 2 ** 40],
    [String(2 ** 40), 2 ** 40],
  ])('is parsed from "%s"', (text, bytes) => {
    expect(byteCount.parse(text)).toBe(bytes)
  })

  it.each([
    '0',
    '0MiB',
    String(2 ** 40 + 1),
    '1025GiB',
    '1TiB',
    '1MP',
    '1.5MiB',
    '-1',
    'MiB',
    '',
    ' 1',
    '1 ',
    '1MiB ',
    '1e3',
  ])('is not parsed from "%s"', (text) => expect(byteCount.parse(text)).toBeUndefined())

  it.each([
    ['0', 0],
    ['0GiB', 0],
    ['1', 1],
    ['1048576GiB', 2 ** 50],
    [String(2 ** 50 + 1), undefined],
    ['-1', undefined],
  ])('with 0 for no limit parses "%s" as %s', (text, bytes) => {
    expect(byteCountOrNone.parse(text)).toBe(bytes)
  })

  it('describes its limit, or the meaning of 0', () => {
    expect(byteCount.expected).toBe('a size in bytes up to 1024GiB, such as 26214400, 25MiB or 25MB')
    expect(byteCountOrNone.expected).toBe('a size in bytes, such as 2GiB or 500MB; 0 for none')
  })
})

it.each([
  ['0', undefined],
  ['1', 1],
  ['24MP', 24e6],
  ['24 mp', 24e6],
  ['1000MP', 1e9],
  ['1000000000', 1e9],
  ['1000000001', undefined],
  ['1001MP', undefined],
  ['1MB', undefined],
])('a number of pixels parses "%s" as %s', (text, pixels) => {
  expect(pixelCount.parse(text)).toBe(pixels)
  expect(pixelCount.expected).toBe('a number of pixels up to 1000MP, such as 100000000 or 100MP')
})

describe('a text', () => {
  it('is accepted where it matches a pattern', () => {
    const parser = matching(/^a+$/, 'letters a')
    expect(parser.parse('aa')).toBe('aa')
    expect(parser.parse('ab')).toBeUndefined()
    expect(parser.expected).toBe('letters a')
  })

  it('is accepted where it is one of the words, exactly', () => {
    const parser = oneOf(['open', 'closed'])
    expect(parser.parse('closed')).toBe('closed')
    for (const text of ['Open', 'open ', '', 'ope']) expect(parser.parse(text)).toBeUndefined()
    expect(parser.expected).toBe('one of open, closed')
  })

  it('of any form is unchanged', () => {
    fc.assert(fc.property(fc.string(), (text) => anyText.parse(text) === text))
    expect(anyText.expected).toBe('text')
  })
})

describe('a folder', () => {
  it('becomes an absolute path', () => {
    expect(folder.parse('pictures')).toBe(resolve('pictures'))
    expect(folder.parse('/srv/../pictures')).toBe('/pictures')
  })

  it.each(['', ' ', '\t', 'a\0b'])('is not %j', (text) => {
    expect(folder.parse(text)).toBeUndefined()
    expect(folder.expected).toBe('the path of a folder')
  })
})

describe('keys', () => {
  it('of signed URLs are a list, which may be absent', () => {
    expect(signingKeys.parse('')).toEqual([])
    expect(signingKeys.parse(`${SECRET},${SECRET}y`)).toEqual([SECRET, `${SECRET}y`])
    expect(signingKeys.parse(`${SECRET},short`)).toBeUndefined()
    expect(signingKeys.expected).toBe('keys of at least 16 characters, separated by commas')
  })

  it('of the API have roles, and may be absent', () => {
    expect(apiKeys.parse('')).toEqual([])
    expect(apiKeys.parse(`reader:${SECRET},${SECRET}`)?.map(({ role }) => role)).toEqual(['reader', 'admin'])
    expect(apiKeys.parse('short')).toBeUndefined()
    expect(apiKeys.expected).toBe('API keys, separated by commas')
  })

  it('of the API are explained by number, without a full stop and without the key', () => {
    expect(apiKeys.explain?.(`${SECRET},hunter2`)).toEqual(['API key 2: expected at least 16 characters, got 7'])
    expect(apiKeys.explain?.(SECRET)).toEqual([])
  })

  it('of an issuer come from an https URL or from this machine', () => {
    for (const text of ['', 'https://id.example.com/keys', 'http://localhost/keys'])
      expect(keyUrl.parse(text)).toBe(text)
    for (const text of [' ', 'http://id.example.com/keys']) expect(keyUrl.parse(text)).toBeUndefined()
    expect(keyUrl.expected).toBe('an https URL, or an http one of this machine')
  })
})

describe('presets', () => {
  it('are parsed by name, and may be absent', () => {
    expect([...(presets.parse('card:w=320;hero:w=1600')?.keys() ?? [])]).toEqual(['card', 'hero'])
    expect(presets.parse('')?.size).toBe(0)
    expect(presets.expected).toBe('presets such as card:w=320,h=180,fit=cover;hero:w=1600')
  })

  it('are refused with one line for each mistake', () => {
    const text = 'card:w=0;hero:w=1600;none'
    expect(presets.parse(text)).toBeUndefined()
    expect(presets.explain?.(text)).toEqual([
      'preset "card": w: expected a whole number from 1 to 4096, received "0"',
      '"none": expected a name and a transform, such as card:w=320,h=180',
    ])
  })
})

describe('networks', () => {
  it('of proxies are parsed into a test of addresses', () => {
    const isTrusted = proxies.parse('loopback,10.0.0.0/8')
    expect(['127.0.0.1', '10.9.9.9', '11.0.0.1'].map((address) => isTrusted?.(address))).toEqual([true, true, false])
    expect(proxies.parse('true')).toBeUndefined()
    expect(proxies.expected).toBe('addresses and networks such as 10.0.0.0/8, separated by commas, or loopback')
  })

  it('of pages are parsed into a list of origins, or all origins', () => {
    expect(origins.parse('')).toEqual([])
    expect(origins.parse('https://a.example,https://b.example')).toEqual(['https://a.example', 'https://b.example'])
    expect(origins.parse('*')).toBe('*')
    expect(origins.parse('shop.example')).toBeUndefined()
    expect(origins.expected).toBe('origins such as https://shop.example, separated by commas, or *')
  })
})

describe('a switch with a default', () => {
  it('is true, false or auto', () => {
    expect(['true', 'false', 'auto', '', 'yes', 'True'].map((text) => booleanOrAuto.parse(text))).toEqual([
      true,
      false,
      'auto',
      ...[undefined, undefined, undefined],
    ])
  })
})
