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
