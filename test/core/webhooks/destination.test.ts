import { describe, expect, it } from 'vitest'
import {
  isAllowedAddress,
  isAllowedHost,
  literalAddress,
  MAX_URL_LENGTH,
  NO_DESTINATIONS,
  parseAllowed,
  parseDestination,
} from '../../../src/core/webhooks/destination.ts'

const isAllowed = (address: string, allow = '') => isAllowedAddress(address, parseAllowed(allow))

describe('a destination', () => {
  it('is an http or https URL without credentials and fragment', () => {
    for (const url of ['http://a.example', 'https://a.example:8443/hook?key=1', 'HTTPS://A.EXAMPLE/'])
      expect(parseDestination(url), url).toBeDefined()
    for (const url of [
      '',
      'a.example',
      '/hook',
      'ftp://a.example',
      'file:///etc/passwd',
      'https://ada@a.example',
      'https://:secret@a.example',
      'https://ada:secret@a.example',
      'https://a.example/#part',
      'https://a.example/#',
      'https://',
      'http://[fe80::1%25eth0]/',
      ' https://a.example',
    ])
      expect(parseDestination(url), url).toBeUndefined()
  })

  it('has a bounded length', () => {
    const url = `https://a.example/${'x'.repeat(MAX_URL_LENGTH - 18)}`
    expect(url).toHaveLength(MAX_URL_LENGTH)
    expect(parseDestination(url)).toBeDefined()
    expect(parseDestination(`${url}x`)).toBeUndefined()
  })

  it('is a literal address in any notation', () => {
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '0177.0.0.1', '127.1', '127.0.0.1.', '①②⑦.0.0.1'])
      expect(literalAddress(new URL(`http://${host}/`)), host).toBe('127.0.0.1')
    expect(literalAddress(new URL('http://[::ffff:127.0.0.1]/'))).toBe('::ffff:7f00:1')
    for (const host of ['a.example', 'localhost', '127.0.0.1.example'])
      expect(literalAddress(new URL(`http://${host}/`)), host).toBeUndefined()
  })
})

describe('an address', () => {
  it('is allowed on the public Internet', () => {
    for (const address of ['8.8.8.8', '223.255.255.254', '2606:4700::1111', '::ffff:8.8.8.8'])
      expect(isAllowed(address), address).toBe(true)
  })

  it('is refused in private, special and tunnelling ranges', () => {
    for (const address of [
      '0.0.0.0',
      '10.1.2.3',
      '100.64.0.1',
      '127.0.0.1',
      '127.255.255.254',
      '169.254.169.254',
      '172.16.0.1',
      '172.31.255.255',
      '192.0.0.1',
      '192.0.2.1',
      '192.88.99.1',
      '192.168.1.1',
      '198.18.0.1',
      '224.0.0.1',
      '240.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      '::7f00:1',
      '::ffff:10.0.0.1',
      '64:ff9b::7f00:1',
      '64:ff9b:1::1',
      '100::1',
      '2001::1',
      '2001:db8::1',
      '2002:7f00:1::',
      'fc00::1',
      'fd12::1',
      'fe80::1',
      'fe80::1%eth0',
      'fec0::1',
      'ff02::1',
      'a.example',
      '',
    ])
      expect(isAllowed(address), address).toBe(false)
  })

  it('of the own network is allowed where it is named', () => {
    const allow = '10.1.0.0/16, 192.168.1.7, fd00:1::/32, [fd00:2::1]'
    for (const address of ['10.1.2.3', '192.168.1.7', '::ffff:10.1.0.1', 'fd00:1::5', 'fd00:2::1'])
      expect(isAllowed(address, allow), address).toBe(true)
    for (const address of ['10.2.0.1', '192.168.1.8', 'fd00:2::2', '127.0.0.1'])
      expect(isAllowed(address, allow), address).toBe(false)
  })
})

describe('allowed hosts', () => {
  it('are compared without case and without a dot at the end', () => {
    const allowed = parseAllowed('Receiver.Internal., localhost')
    for (const host of ['receiver.internal', 'RECEIVER.internal.', 'localhost'])
      expect(isAllowedHost(host, allowed), host).toBe(true)
    for (const host of ['other.internal', 'x.receiver.internal', 'receiver.internal.evil.example'])
      expect(isAllowedHost(host, allowed), host).toBe(false)
    expect(isAllowedHost('localhost', NO_DESTINATIONS)).toBe(false)
  })

  it('are refused where they are neither addresses nor names', () => {
    for (const text of ['10.0.0', '300.1.1.1', '10.0.0.0/33', 'http://a.example', 'a b', ',', '*'])
      expect(() => parseAllowed(text), text).toThrow('expected an address, a network or a host name')
    expect(parseAllowed('')).toEqual(NO_DESTINATIONS)
  })
})

it('allowed hosts are kept in lower case, beside the networks of addresses', () => {
  const { hosts, networks } = parseAllowed('Intern.Example., 10.0.0.1, [::1]')
  expect([...hosts]).toEqual(['intern.example'])
  expect(networks.map(([address, bits]) => `${address}/${bits}`)).toEqual(['10.0.0.1/32', '::1/128'])
})
