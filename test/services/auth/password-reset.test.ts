// Tokens of forgotten passwords: good once, for an hour, for one account, and void after every other change.

import { describe, expect, it } from 'vitest'
import { createPasswordReset, RESET_SECONDS } from '../../../src/services/auth/password-reset.ts'
import { createPasswords } from '../../../src/services/auth/passwords.ts'
import { createUserAdmin } from '../../../src/services/auth/user-admin.ts'
import type { Mail } from '../../../src/services/mail/mailer.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'
import { ADA, createTestAccounts, START_MS } from '../../support/auth/accounts.ts'

const NEW = 'a new long password'
const log = createLogger({ level: 'silent' })

const createTestReset = async () => {
  const { accounts, another, store, clock } = await createTestAccounts()
  const mails: Mail[] = []
  const mailer = { send: async (mail: Mail) => void mails.push(mail) }
  const resetOf = (store: ReturnType<typeof another>['store']) =>
    createPasswordReset({
      ...{ store, passwords: createPasswords(), log, counting: { log }, now: () => clock.ms },
      mail: { mailer, publicUrl: 'https://pictures.example.com/media' },
    })
  const reset = resetOf(store)
  const { user } = await accounts.register(ADA)
  /** The token of a mail that is requested now. */
  const requested = async (email = ADA.email): Promise<string> => {
    reset.request(email)
    await reset.close()
    return /#reset=(\S+)/.exec(mails.at(-1)?.text ?? '')?.[1] ?? ''
  }
  return { accounts, another, store, clock, mails, reset, resetOf, user, requested }
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  )

describe('a request', () => {
  it('sends a link to the address of the account, in any spelling', async () => {
    const { mails, requested } = await createTestReset()
    const token = await requested(' ADA@Example.com ')
    expect(mails).toHaveLength(1)
    expect(mails[0]?.to).toBe(ADA.email)
    expect(mails[0]?.text).toContain(`\nhttps://pictures.example.com/media/#reset=${token}\n`)
  })

  it('sends nothing for an unknown address and a disabled user', async () => {
    const { mails, requested, store, user } = await createTestReset()
    await requested('nobody@example.com')
    await store.users.change(user.id, (newest) => ({ ...newest, disabled: true }))
    await requested()
    expect(mails).toEqual([])
  })

  it('sends at most three mails an hour to an address', async () => {
    const { accounts, mails, requested } = await createTestReset()
    await accounts.register({ ...ADA, email: 'bob@example.com' })
    for (let count = 0; count < 5; count++) await requested()
    await requested('bob@example.com')
    expect(mails.map(({ to }) => to)).toEqual([ADA.email, ADA.email, ADA.email, 'bob@example.com'])
  })

  it('of the hundredth mail under way is refused, until one is sent', async () => {
    const { store } = await createTestAccounts()
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const byEmail = async () => {
      await held
      return undefined
    }
    const reset = createPasswordReset({
      ...{
        store: { ...store, users: { ...store.users, byEmail } },
        passwords: createPasswords(),
        log,
        counting: { log },
      },
      mail: { mailer: { send: async () => {} }, publicUrl: 'https://pictures.example.com' },
    })
    for (let count = 0; count < 100; count++) reset.request(`${count}@example.com`)
    expect(() => reset.request(ADA.email)).toThrow(expect.objectContaining({ code: 'busy' }))
    release()
    await reset.close()
    expect(() => reset.request(ADA.email)).not.toThrow()
    await reset.close()
  })

  it('is refused where no mail is sent', async () => {
    const { store } = await createTestAccounts()
    const reset = createPasswordReset({ store, passwords: createPasswords(), log, counting: { log } })
    expect(reset.isOffered).toBe(false)
    expect(() => reset.request(ADA.email)).toThrow(expect.objectContaining({ code: 'password_reset_closed' }))
  })
})

describe('a token', () => {
  it('sets the password once, and ends all sessions', async () => {
    const { accounts, reset, requested } = await createTestReset()
    const session = await accounts.signIn(ADA)
    const token = await requested()
    await reset.reset(token, NEW)
    expect(await accounts.sessionOf(session.accessToken)).toBeUndefined()
    expect(await codeOf(accounts.refresh(session.refreshToken))).toBe('unauthenticated')
    expect(await codeOf(accounts.signIn(ADA))).toBe('wrong_credentials')
    expect(await codeOf(accounts.signIn({ ...ADA, password: NEW }))).toBe('done')
    expect(await codeOf(reset.reset(token, 'yet another password'))).toBe('reset_token_invalid')
    expect(await codeOf(accounts.signIn({ ...ADA, password: NEW }))).toBe('done')
  })

  it('sets one password, of simultaneous requests to many workers', async () => {
    const { another, resetOf, requested } = await createTestReset()
    const token = await requested()
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, (_, at) => codeOf(resetOf(another().store).reset(token, `${NEW} ${at}`))),
    )
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'reset_token_invalid')).toHaveLength(5)
  })

  it('is good for an hour, to the millisecond', async () => {
    const { clock, reset, requested } = await createTestReset()
    const first = await requested()
    clock.ms = START_MS + RESET_SECONDS * 1000
    expect(await codeOf(reset.reset(first, NEW))).toBe('reset_token_invalid')
    clock.ms -= 1
    expect(await codeOf(reset.reset(first, NEW))).toBe('done')
  })

  it('is void once the password was changed, or another token was used', async () => {
    const { accounts, reset, user, requested } = await createTestReset()
    const first = await requested()
    await accounts.changePassword(user.id, { current: ADA.password, next: NEW })
    expect(await codeOf(reset.reset(first, NEW))).toBe('reset_token_invalid')
    const [second, third] = [await requested(), await requested()]
    expect(await codeOf(reset.reset(third, NEW))).toBe('done')
    expect(await codeOf(reset.reset(second, NEW))).toBe('reset_token_invalid')
  })

  it('is void for good once the user was disabled', async () => {
    const { store, reset, requested } = await createTestReset()
    const token = await requested()
    const admin = createUserAdmin({ store, passwords: createPasswords() })
    await admin.setDisabled(ADA.email, true)
    expect(await codeOf(reset.reset(token, NEW))).toBe('reset_token_invalid')
    await admin.setDisabled(ADA.email, false)
    expect(await codeOf(reset.reset(token, NEW))).toBe('reset_token_invalid')
  })

  it('is refused where any part of it was changed, before a password is hashed', async () => {
    const { accounts, store, reset, requested } = await createTestReset()
    const { user: bob } = await accounts.register({ ...ADA, email: 'bob@example.com' })
    const token = await requested()
    const [, id = '', generation = '', expires = '', seal = ''] = token.split('_')
    const session = await accounts.signIn(ADA)
    const forged = [
      '',
      'x',
      `${token}x`,
      token.slice(0, -1),
      `ttw_${bob.id}_${generation}_${expires}_${seal}`,
      `ttw_${id}_${Number(generation) + 1}_${expires}_${seal}`,
      `ttw_${id}_${generation}_${Number(expires) + 1}_${seal}`,
      `ttw_${id}_${generation}_${expires}_${'A'.repeat(43)}`,
      `ttw_../../secret0000000_0_${expires}_${seal}`,
      // Tokens for another purpose.
      session.refreshToken,
      session.refreshToken.replace('ttr_', 'ttw_'),
      session.accessToken,
    ]
    const hashless = createPasswordReset({
      ...{ store, log, counting: { log } },
      passwords: {
        ...createPasswords(),
        hash() {
          throw new Error('hashed')
        },
      },
    })
    for (const each of forged)
      expect([each, await codeOf(hashless.reset(each, NEW))]).toEqual([each, 'reset_token_invalid'])
    expect(await codeOf(accounts.signIn(ADA))).toBe('done')
    expect(await codeOf(reset.reset(token, NEW))).toBe('done')
  })
})
