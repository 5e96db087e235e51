// Forgotten passwords: enumeration, links that lead elsewhere, forged and used tokens, mail to others.

import { afterAll, expect, it, vi } from 'vitest'
import { PASSWORD, postJson, register } from '../support/attacks/target.ts'
import { describeAttacks } from '../support/attacks/under-attack.ts'
import { openTestMail, resetTokenIn, type TestMail } from '../support/auth/mail.ts'

const PUBLIC_URL = 'https://pictures.example.com'
const NEW = 'a password of the owner'

let server: (TestMail & { close(): Promise<void> }) | undefined

const mail = (): TestMail => {
  if (!server) throw new Error('the server for mail did not start')
  return server
}

afterAll(() => server?.close())

describeAttacks(
  'forgotten passwords',
  (attacked) => {
    const forgotten = (email: string, headers: Record<string, string> = {}) =>
      attacked().target.ask('/auth/forgotten-password', postJson({ email }, headers))
    const reset = async (token: string) =>
      (await attacked().target.ask('/auth/reset-password', postJson({ token, password: NEW }))).status
    /** Content of an answer without what differs between any two. */
    const contentOf = async (answer: Response) => {
      const headers = [...answer.headers].filter(([name]) => !/^(date|x-request-id|ratelimit)$/.test(name))
      return JSON.stringify([answer.status, headers, await answer.text()])
    }

    it('do not reveal whether an account exists, in any byte and after any number of requests', async () => {
      const { email } = await register(attacked().target, 'there')
      const [there, absent] = [new Set<string>(), new Set<string>()]
      for (let at = 0; at < 10; at++) {
        there.add(await contentOf(await forgotten(email)))
        absent.add(await contentOf(await forgotten('nobody@example.com')))
      }
      expect([...there]).toEqual([...absent])
      expect([...there][0]).toMatch(/^\[202,/)
      await mail().received(email, 2)
      expect(mail().mails.filter(({ to }) => to.includes('nobody@example.com'))).toEqual([])
    })

    it('lead to the address of the settings, whatever the request names', async () => {
      const { email } = await register(attacked().target, 'poisoned')
      const evil = {
        'X-Forwarded-Host': 'evil.example',
        Forwarded: 'host=evil.example',
        Origin: 'https://evil.example',
      }
      await forgotten(email, { ...evil, Referer: 'https://evil.example/' })
      const { text } = await mail().received(email)
      expect(text).not.toContain('evil.example')
      expect(text).toContain(`${PUBLIC_URL}/#reset=`)
    })

    it('send mail to the account alone, whatever address is typed', async () => {
      const { email } = await register(attacked().target, 'alone')
      for (const typed of [
        `${email}, evil@example.com`,
        `${email}\r\nBcc: evil@example.com`,
        `${email}\nevil@example.com`,
        `<${email}> evil@example.com`,
      ])
        expect((await forgotten(typed)).status).toBe(400)
      await forgotten(`  ${email.toUpperCase()} `)
      const { to } = await mail().received(email)
      expect(to).toEqual([email])
      expect(mail().mails.flatMap(({ to }) => to)).not.toContain('evil@example.com')
    })

    it('have tokens that work once, for one account, and cannot be forged', async () => {
      const { target } = attacked()
      const [victim, attacker] = [await register(target, 'victim'), await register(target, 'attacker')]
      await forgotten(victim.email)
      await forgotten(attacker.email)
      const token = resetTokenIn(await mail().received(victim.email))
      const own = resetTokenIn(await mail().received(attacker.email))
      const [, , generation, expires, seal] = own.split('_')
      expect(await reset(['ttw', victim.id, generation, expires, seal].join('_'))).toBe(403)
      expect(await reset(own.replace(/_\d{10}_/, '_9999999999_'))).toBe(403)
      expect(await reset(attacker.refreshToken.replace('ttr_', 'ttw_'))).toBe(403)
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => reset(token)))
      expect(outcomes.filter((status) => status === 204)).toHaveLength(1)
      expect(outcomes.filter((status) => status === 403)).toHaveLength(7)
      expect(await reset(token)).toBe(403)
      const signIn = (password: string) => target.ask('/auth/login', postJson({ email: victim.email, password }))
      expect((await signIn(PASSWORD)).status).toBe(401)
      expect((await signIn(NEW)).status).toBe(200)
      expect((await target.ask('/auth/me', { headers: victim.who })).status).toBe(401)
    })

    it('leave no token in the log', async () => {
      const { email } = await register(attacked().target, 'logged')
      await forgotten(email)
      const token = resetTokenIn(await mail().received(email))
      expect(await reset(token)).toBe(204)
      await vi.waitUntil(() => attacked().target.log().includes('/auth/reset-password'), 60_000)
      for (const sent of mail().mails) expect(attacked().target.log()).not.toContain(resetTokenIn(sent))
    })
  },
  {
    async env() {
      server = await openTestMail()
      return { SMTP_URL: server.url, MAIL_FROM: 'pictures@example.com', PUBLIC_URL, LOG_LEVEL: 'info' }
    },
  },
)
