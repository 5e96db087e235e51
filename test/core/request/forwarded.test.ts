import { describe, expect, it } from 'vitest'
import { clientNetwork, forwardedAddress, parseProxies } from '../../../src/core/request/forwarded.ts'

describe('trusted proxies', () => {
  it.each([
    ['', '127.0.0.1', false],
    ['loopback', '127.0.0.1', true],
    ['loopback', '127.255.0.9', true],
    ['loopback', '::1', true],
    ['loopback', '::ffff:127.0.0.1', true],
    ['loopback', '128.0.0.1', false],
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.7', '10.0.0.7', true],
    ['10.0.0.7', '10.0.0.8', false],
    [' 192.168.1.1 , fd00::/8 ', 'fd12:3456::1', true],
    ['192.168.1.1,fd00::/8', 'fe00::1', false],
    ['0.0.0.0/0', '::1', false],
    ['::/0', '1.2.3.4', false],
    ['loopback', 'unknown', false],
    ['loopback', '', false],
  ])('are "%s": %s is one: %s', (text, address, expected) => {
    expect(parseProxies(text)(address)).toBe(expected)
  })

  it.each(['10.0.0.0/33', '::1/129', 'proxy.example', '1.2.3', '10.0.0.1-10.0.0.9', 'true', '*'])(
    'cannot be "%s"',
    (text) => {
      expect(() => parseProxies(`127.0.0.1,${text}`)).toThrow(`"${text}"`)
    },
  )
})

describe("a client's address", () => {
  const trusted = parseProxies('10.0.0.0/8,fd00::/8')
  it.each([
    ['without a proxy', '1.2.3.4', undefined, '1.2.3.4'],
    ['from an untrusted peer: its own, whatever the header is', '1.2.3.4', '9.9.9.9', '1.2.3.4'],
    ['from a trusted proxy', '10.0.0.1', '9.9.9.9', '9.9.9.9'],
    ['that the client wrote is not believed', '10.0.0.1', '6.6.6.6, 9.9.9.9', '9.9.9.9'],
    ['through two trusted proxies', '10.0.0.1', '6.6.6.6, 9.9.9.9, 10.0.0.2', '9.9.9.9'],
    ['within the trusted network: the farthest', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['up to what is no address', '10.0.0.1', '9.9.9.9, _hidden, 10.0.0.2', '10.0.0.2'],
    ['with an empty header', '10.0.0.1', '', '10.0.0.1'],
    ['with a port', '10.0.0.1', '9.9.9.9:4711', '9.9.9.9'],
    ['with a port behind an address of many digits', '10.0.0.1', '203.113.199.250:65535', '203.113.199.250'],
    ['of IPv6 with a port', 'fd00::1', '[2001:db8::7]:4711', '2001:db8::7'],
    ['of IPv6 in brackets', 'fd00::1', '[2001:db8::7]', '2001:db8::7'],
    ['not within other text: before a port', '10.0.0.1', 'x9.9.9.9:80', '10.0.0.1'],
    ['not within other text: behind a port', '10.0.0.1', '9.9.9.9:80x', '10.0.0.1'],
    ['not within other text: before brackets', '10.0.0.1', 'x[2001:db8::7]:80', '10.0.0.1'],
    ['not within other text: behind brackets', '10.0.0.1', '[2001:db8::7]x', '10.0.0.1'],
    ['of IPv4 in IPv6, without a proxy', '::ffff:1.2.3.4', undefined, '1.2.3.4'],
    ['of a connection without an address', 'unknown', '9.9.9.9', 'unknown'],
    ['of IPv4 in IPv6', '::ffff:10.0.0.1', '::ffff:9.9.9.9', '9.9.9.9'],
    ['without a connection', undefined, '9.9.9.9', undefined],
  ])('%s', (_, peer, forwardedFor, expected) => {
    expect(forwardedAddress(peer, forwardedFor, trusted)).toBe(expected)
  })
})

describe('the counting key of a client', () => {
  it.each([
    ['1.2.3.4', '1.2.3.4'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::9', '2001:db8:1:3::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['none', 'none'],
  ])('%s is %s', (address, network) => {
    expect(clientNetwork(address)).toBe(network)
  })
})
