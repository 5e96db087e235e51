import { expect, it } from 'vitest'
import { isIn, networkOf, plainAddress } from '../../../src/core/request/networks.ts'

const contains = (network: string, address: string): boolean => {
  const [found, parsed] = [networkOf(network), plainAddress(address)]
  if (!found || !parsed) throw new Error(`expected a network and an address, got ${network} and ${address}`)
  return isIn(parsed, found)
}

it('a network contains the addresses with its prefix, in any form of them', () => {
  expect(contains('10.1.0.0/16', '10.1.255.255')).toBe(true)
  expect(contains('10.1.0.0/16', '10.2.0.0')).toBe(false)
  expect(contains('10.1.0.0/16', '::ffff:10.1.0.1')).toBe(true)
  expect(contains('fd00::/8', 'fdff::1')).toBe(true)
  expect(contains('fd00::/8', '10.1.0.1')).toBe(false)
  expect(contains('127.0.0.1', '127.0.0.1')).toBe(true)
  expect(contains('127.0.0.1', '127.0.0.2')).toBe(false)
})

it('anything but an address or a network is none', () => {
  for (const text of ['', 'a.example', '10.0.0', '10.0.0.0/33', 'fd00::/129', '10.0.0.0/', '10.0.0.0/8/8', '0x7f.1'])
    expect(networkOf(text), text).toBeUndefined()
  expect(plainAddress('127.1')).toBeUndefined()
})

it('an address is read without its zone, and one of IPv4 in IPv6 as that of IPv4', () => {
  const textOf = (address: string) => plainAddress(address)?.toString()
  expect(textOf('fe80::1%eth0')).toBe('fe80::1')
  expect(textOf('127.0.0.1%lo0')).toBe('127.0.0.1')
  expect(textOf('::ffff:10.1.2.3')).toBe('10.1.2.3')
})

it('a network without bits is one address', () => {
  expect([networkOf('10.0.0.1')?.[1], networkOf('fd00::1')?.[1]]).toEqual([32, 128])
  expect([networkOf('10.0.0.0/32')?.[1], networkOf('fd00::/128')?.[1], networkOf('10.0.0.0/0')?.[1]]).toEqual([
    32, 128, 0,
  ])
})
