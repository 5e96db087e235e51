import { describe, expect, it } from 'vitest'
import { parseOrigins } from '../../../src/core/request/origins.ts'

describe('origins', () => {
  it('are parsed from a text or a list, in the form of browsers', () => {
    expect(parseOrigins('')).toEqual([])
    expect(parseOrigins(' * ')).toBe('*')
    expect(parseOrigins('https://a.example, http://localhost:5173')).toEqual([
      'https://a.example',
      'http://localhost:5173',
    ])
    expect(parseOrigins(['https://a.example'])).toEqual(['https://a.example'])
    expect(parseOrigins([' https://a.example ', '', '  '])).toEqual(['https://a.example'])
    expect(parseOrigins(['', ' * '])).toBe('*')
  })

  it.each([
    'a.example',
    'https://a.example/',
    'https://a.example/x',
    'https://a.example:443',
    'HTTPS://A.example',
    'null',
    '*,https://a.example',
    'ftp://a.example',
    'blob:https://a.example/1',
  ])('cannot be %s', (text) => {
    expect(() => parseOrigins(text)).toThrow('expected origins')
  })
})
