// Password guessing, account enumeration, and sign-ins that are meant to exhaust the server.

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { PASSWORD, postJson, register } from '../support/attacks/target.ts'
import { describeAttacks } from '../support/attacks/under-attack.ts'

/** Wrong ones that cost nothing, and one for each doubling of the pause: 17 take more than an hour. */
const MOST_TRIED = 5 + 12

/** A pause in which another request surely arrives, on most machines. */
const LONG_PAUSE_SECONDS = 4

const SIGN_INS = 250

describeAttacks(
  'passwords',
  (attacked) => {
    const signIn = (email: string, password: string, headers: Record<string, string> = {}) =>
      attacked().target.ask('/auth/login', postJson({ email, password }, headers))
    /** Content of an answer without what differs between any two. */
    const contentOf = async (answer: Response) => {
      const headers = [...answer.headers].filter(([name]) => !/^(date|x-request-id|ratelimit)$/.test(name))
      return JSON.stringify([answer.status, headers, await answer.text()])
    }
    const triesOf = async (email: string): Promise<string[]> => {
      const answers: string[] = []
      for (let at = 0; at < 40; at++) answers.push(await contentOf(await signIn(email, `wrong password ${at}`)))
      return answers
    }
    /** An answer from within a pause of the account, however long requests take here. */
    const answerInPause = async (email: string, attempt: () => Promise<Response>): Promise<Response> => {
      for (;;) {
        const begunMs = performance.now()
        const refused = await signIn(email, 'wrong password')
        const pauseSeconds = Number(refused.headers.get('retry-after'))
        if (refused.status === 429 && pauseSeconds >= LONG_PAUSE_SECONDS) {
          const answer = await attempt()
          // The header is rounded up.
          if (answer.status === 429 || performance.now() - begunMs < (pauseSeconds - 1) * 1000) return answer
        }
        await sleep(50)
      }
    }
    const count = (answers: readonly string[], status: number) =>
      answers.filter((each) => each.startsWith(`[${status},`)).length

    it('can be guessed a few times per account, then rarely, whatever the rate of attempts', async () => {
      const { email } = await register(attacked().target, 'victim')
      const answers = await triesOf(email)
      expect(count(answers, 401) + count(answers, 429)).toBe(40)
      expect(count(answers, 401)).toBeGreaterThanOrEqual(5)
      expect(count(answers, 401)).toBeLessThanOrEqual(MOST_TRIED)
      expect(answers.find((answer) => answer.startsWith('[429'))).toContain('retry-after')
      // Not as another spelling of the account either, nor from a forged address.
      for (const twin of ['VICTIM@example.com', ' victim@EXAMPLE.com '])
        expect((await answerInPause(email, () => signIn(twin, PASSWORD))).status).toBe(429)
      const forwarded = { 'X-Forwarded-For': '203.0.113.9', Forwarded: 'for=203.0.113.9', 'X-Real-IP': '203.0.113.9' }
      expect((await answerInPause(email, () => signIn(email, 'wrong password', forwarded))).status).toBe(429)
    })

    it('of another account are not throttled by attempts on the first', async () => {
      expect((await signIn('ada@example.com', PASSWORD)).status).toBe(200)
    })

    it('do not reveal whether an account exists, in any byte and after any number of attempts', async () => {
      const { email } = await register(attacked().target, 'there')
      const [there, absent] = [
        await contentOf(await signIn(email, 'wrong password')),
        await contentOf(await signIn('nobody@example.com', 'wrong password')),
      ]
      expect(there.startsWith('[401,')).toBe(true)
      expect(absent).toBe(there)
      const answers = await triesOf('noone@example.com')
      expect(count(answers, 401)).toBeGreaterThanOrEqual(5)
      expect(count(answers, 401)).toBeLessThanOrEqual(MOST_TRIED)
      expect(answers[0]).toBe(there)
    })

    it('that are very long, empty or contain unusual characters are refused before they are hashed', async () => {
      for (const password of ['x'.repeat(1_000_000), 'x'.repeat(10_000), '\u{fdfa}'.repeat(3000)])
        expect([400, 413]).toContain((await signIn('ada@example.com', password)).status)
      for (const body of [
        { email: ['ada@example.com'], password: 'x' },
        { email: 'ada@example.com', password: { $ne: 1 } },
      ])
        expect((await attacked().target.ask('/auth/login', postJson(body))).status).toBe(400)
      for (const email of [
        '../users/ada@example.com',
        'ada@example.com\0',
        'ada@example.com\r\nX: 1',
        `${'a'.repeat(5000)}@b.c`,
      ])
        expect([400, 401], email.slice(0, 50)).toContain((await signIn(email, 'wrong password')).status)
    })

    it('in many simultaneous sign-ins leave capacity for other requests', async () => {
      const { honest } = attacked()
      const flood = Array.from({ length: 100 }, (_, at) => signIn(`flood-${at}@example.com`, 'wrong password'))
      await honest.goesOn(7)
      for (const { status } of await Promise.all(flood)) expect([401, 429, 503]).toContain(status)
      await honest.goesOn(7)
    })

    it('of many accounts, one attempt each, are limited by the client address', async () => {
      const statuses: number[] = []
      for (let at = 0; at < SIGN_INS; at++) {
        const forwarded = { 'X-Forwarded-For': `203.0.113.${at}` }
        statuses.push((await signIn(`sprayed-${at}@example.com`, 'Password123!', forwarded)).status)
        if (statuses.at(-1) === 429) break
      }
      expect(statuses.at(-1)).toBe(429)
      expect((await signIn('ada@example.com', PASSWORD)).status).toBe(429)
      // Who is signed in stays so.
      expect((await attacked().target.ask('/auth/me', { headers: attacked().target.ada.who })).status).toBe(200)
    })
  },
  { env: async () => ({ SIGN_IN_LIMIT: String(SIGN_INS), RATE_LIMIT_WINDOW: '3600' }) },
)
