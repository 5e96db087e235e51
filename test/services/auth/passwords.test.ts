// Passwords: their hashes, and the limit of simultaneous hashing.

import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createPasswords } from '../../../src/services/auth/passwords.ts'

describe('a password', () => {
  it('is stored as argon2id with the cost that OWASP recommends, and a new salt each time', async () => {
    const { hash } = createPasswords()
    const [one, other] = await Promise.all([hash('correct horse battery'), hash('correct horse battery')])
    for (const kept of [one, other]) expect(kept).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(one).not.toBe(other)
  })

  it('is correct only where it equals the hashed one', async () => {
    const { hash, verify } = createPasswords()
    const kept = await hash('correct horse battery')
    expect(await verify(kept, 'correct horse battery')).toBe(true)
    for (const wrong of ['correct horse batterz', 'Correct horse battery', '', 'correct horse battery\0'])
      expect(await verify(kept, wrong)).toBe(false)
  })

  it('is stored with another cost where one is given, and checked by the cost of its hash', async () => {
    const [cheap, usual] = [createPasswords({ cost: { memoryCost: 8, timeCost: 1 } }), createPasswords()]
    const kept = await cheap.hash('correct horse battery')
    expect(kept).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$/)
    expect(await usual.verify(kept, 'correct horse battery')).toBe(true)
    expect(await cheap.verify(await usual.hash('correct horse battery'), 'correct horse battery')).toBe(true)
    expect(await cheap.verify(kept, 'correct horse batterz')).toBe(false)
    expect(await cheap.verify(undefined, 'correct horse battery')).toBe(false)
  })

  it('of an unknown user is never correct, after equal work', async () => {
    const { verify } = createPasswords()
    expect(await verify(undefined, 'nobody has this password')).toBe(false)
    expect(await verify(undefined, '')).toBe(false)
  })
})

describe('simultaneous hashes', () => {
  it('run a few at a time, wait up to the limit, and are refused with busy beyond it', async () => {
    const { hash, verify } = createPasswords({ concurrency: 1, maxWaiting: 2 })
    const accepted = [hash('the first one'), verify(undefined, 'the second one'), hash('the third one')]
    await expect(verify(undefined, 'one too many')).rejects.toMatchObject({ code: 'busy', retryAfterSeconds: 2 })
    const order: number[] = []
    accepted.forEach((work, at) => {
      work.then(() => order.push(at))
    })
    await Promise.all(accepted)
    await setImmediate()
    expect(order).toEqual([0, 1, 2])
    // All of them have left, so there is room again.
    await Promise.all([hash('the next one'), hash('and another'), hash('and a third')])
  })

  it('free their slot where the work fails', async () => {
    const { hash, verify } = createPasswords({ concurrency: 1, maxWaiting: 0 })
    await expect(verify('no hash at all', 'a password')).rejects.toThrow()
    expect(await hash('a password that is fine')).toContain('argon2id')
  })
})
