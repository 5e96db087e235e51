// Forgotten passwords, from the request to the new password, over a server that receives mail.

import { expect, it } from 'vitest'
import { createTestApp, problemOf } from '../../../support/app.ts'
import { ADA } from '../../../support/auth/accounts.ts'
import { resetTokenIn, startTestMail } from '../../../support/auth/mail.ts'
import { bearer, post, signedIn } from '../../../support/auth/sessions.ts'

const NEW = 'a new long password'

const openApp = async () => {
  const mail = await startTestMail()
  const { app } = await createTestApp({
    ...{ registration: 'open', signInLimit: 0 },
    ...{ smtpUrl: mail.url, mailFrom: 'Pictures <pictures@example.com>', publicUrl: 'https://pictures.example.com/' },
  })
  return { app, mail }
}

it('sends a link that sets a new password once, and ends all sessions', async () => {
  const { app, mail } = await openApp()
  expect(await (await app.request('/auth/options')).json()).toMatchObject({ password_reset: true })
  const { access_token } = await signedIn(post(app, '/auth/register', ADA))
  // Failures that would make the owner wait.
  const fail = async () => (await post(app, '/auth/login', { ...ADA, password: 'not the password' })).status
  await expect.poll(fail).toBe(429)
  const asked = await post(app, '/auth/forgotten-password', { email: ADA.email })
  expect([asked.status, await asked.text(), asked.headers.get('cache-control')]).toEqual([202, '', 'no-store'])

  const received = await mail.received(ADA.email)
  expect(received.from).toBe('pictures@example.com')
  expect(received.text).toContain('https://pictures.example.com/#reset=')
  const token = resetTokenIn(received)
  const set = await post(app, '/auth/reset-password', { token, password: NEW })
  expect([set.status, await set.text(), set.headers.getSetCookie()]).toEqual([204, '', []])
  expect((await app.request('/auth/me', { headers: bearer(access_token) })).status).toBe(401)
  await signedIn(post(app, '/auth/login', { ...ADA, password: NEW }))
  const again = await problemOf(post(app, '/auth/reset-password', { token, password: 'yet another password' }))
  expect(again.code).toBe('reset_token_invalid')
  expect(mail.mails).toHaveLength(1)
})

it('is written in the language of the request, in English where it has none of both', async () => {
  const { app, mail } = await openApp()
  await signedIn(post(app, '/auth/register', ADA))
  const textFor = async (headers: Record<string, string>, at: number) => {
    const request = { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body }
    expect((await app.request('/auth/forgotten-password', request)).status).toBe(202)
    return (await mail.received(ADA.email, at)).text
  }
  const body = JSON.stringify({ email: ADA.email })
  const german = await textFor({ 'Accept-Language': 'de-AT, en;q=0.5' }, 0)
  expect(german).toContain('Öffne innerhalb einer Stunde diesen Link, um eines zu wählen.')
  expect(german).toContain('https://pictures.example.com/#reset=')
  expect(await textFor({ 'Accept-Language': 'fr' }, 1)).toContain('Open this link within an hour')
  expect(await textFor({}, 2)).toContain('Open this link within an hour')
})

it('answers every address alike, before the mail is accepted', async () => {
  const { app, mail } = await openApp()
  await signedIn(post(app, '/auth/register', ADA))
  const release = mail.hold()
  const answers = await Promise.all(
    [ADA.email, 'nobody@example.com'].map(async (email) => {
      const response = await post(app, '/auth/forgotten-password', { email })
      const { 'x-request-id': _, ...headers } = Object.fromEntries(response.headers)
      return [response.status, headers, await response.text()]
    }),
  )
  expect(answers[0]).toEqual(answers[1])
  expect(mail.mails).toEqual([])
  release()
  await mail.received(ADA.email)
})

it('answers an address alike where its mails are refused, and goes on', async () => {
  const { app, mail } = await openApp()
  await signedIn(post(app, '/auth/register', ADA))
  mail.refuse()
  for (let count = 0; count < 5; count++)
    expect((await post(app, '/auth/forgotten-password', { email: ADA.email })).status).toBe(202)
  await signedIn(post(app, '/auth/login', ADA))
})

it('refuses bad passwords without using the token, and never repeats either', async () => {
  const { app, mail } = await openApp()
  await signedIn(post(app, '/auth/register', ADA))
  await post(app, '/auth/forgotten-password', { email: ADA.email })
  const token = resetTokenIn(await mail.received(ADA.email))
  const short = await problemOf(post(app, '/auth/reset-password', { token, password: 'short' }))
  expect(short.code).toBe('invalid_body')
  expect(JSON.stringify(short)).not.toContain(token)
  const long = await problemOf(post(app, '/auth/reset-password', { token: 'x'.repeat(201), password: NEW }))
  expect(long).toMatchObject({ code: 'invalid_body', field: 'token' })
  expect((await post(app, '/auth/reset-password', { token, password: NEW })).status).toBe(204)
})

it('is not offered without a server for mail', async () => {
  const { app } = await createTestApp({ registration: 'open' })
  expect(await (await app.request('/auth/options')).json()).toMatchObject({ password_reset: false })
  for (const email of [ADA.email, 'nobody@example.com'])
    expect((await problemOf(post(app, '/auth/forgotten-password', { email }))).code).toBe('password_reset_closed')
})

it('counts as an attempt to sign in', async () => {
  const { app } = await createTestApp({ registration: 'open', signInLimit: 2 })
  const reset = async () => (await problemOf(post(app, '/auth/reset-password', { token: 'x', password: NEW }))).code
  expect([await reset(), await reset(), await reset()]).toEqual([
    'reset_token_invalid',
    'reset_token_invalid',
    'rate_limited',
  ])
  const forgotten = await problemOf(post(app, '/auth/forgotten-password', { email: ADA.email }))
  expect(forgotten.code).toBe('rate_limited')
})

it.each([
  [{ smtpUrl: 'https://example.com' }, 'smtpUrl: expected a URL such as smtps://'],
  [{ smtpUrl: 'smtp://127.0.0.1' }, 'mailFrom: expected an address'],
  [{ mailFrom: 'pictures@example.com' }, 'smtpUrl: expected'],
  [{ smtpUrl: 'smtp://127.0.0.1', mailFrom: 'pictures@example.com' }, 'publicUrl: expected the http or https URL'],
  [{ publicUrl: 'pictures.example.com' }, 'publicUrl: expected'],
])('refuses options that do not fit together: %o', async (options, message) => {
  await expect(createTestApp(options)).rejects.toThrow(message)
})
