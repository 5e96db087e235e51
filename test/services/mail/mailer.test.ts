// Mail as a server that receives it gets it.

import { expect, it } from 'vitest'
import { createMailer } from '../../../src/services/mail/mailer.ts'
import { startTestMail } from '../../support/auth/mail.ts'

const FROM = 'Pictures <pictures@example.com>'

it('sends a plain text to one address, by a server that needs a password', async () => {
  const server = await startTestMail({ user: 'tintype', pass: 'p%40ss' })
  const mailer = createMailer({ smtpUrl: server.url.replace('p%40ss', 'p%2540ss'), from: FROM })
  await mailer.send({ to: 'ada@example.com', subject: 'Hello', text: 'A text.\n' })
  const [mail] = server.mails
  expect(mail).toMatchObject({ from: 'pictures@example.com', to: ['ada@example.com'] })
  expect(mail?.text).toMatch(/^From: Pictures <pictures@example\.com>\r$/m)
  expect(mail?.text).toMatch(/^To: ada@example\.com\r$/m)
  expect(mail?.text).toMatch(/^Auto-Submitted: auto-generated\r$/m)
  expect(mail?.text).toMatch(/^Content-Type: text\/plain/m)
  expect(mail?.text.endsWith('\r\n\r\nA text.\r\n')).toBe(true)
})

it('sends to no address but the given one, whatever it looks like', async () => {
  const server = await startTestMail()
  const mailer = createMailer({ smtpUrl: server.url, from: FROM })
  const mail = { subject: 'Hello', text: 'A text.\n' }
  await mailer.send({ ...mail, to: 'ada@example.com, bob@example.com' }).catch(() => {})
  await mailer.send({ ...mail, to: 'ada@example.com\r\nBcc: bob@example.com' }).catch(() => {})
  expect(server.mails.flatMap(({ to }) => to)).not.toContain('bob@example.com')
})

it('rejects where the server does not answer, refuses the password or the mail', async () => {
  const mail = { to: 'ada@example.com', subject: 'Hello', text: 'A text.\n' }
  await expect(createMailer({ smtpUrl: 'smtp://127.0.0.1:1', from: FROM }).send(mail)).rejects.toThrow()
  const server = await startTestMail({ user: 'tintype', pass: 'secret' })
  const smtpUrl = server.url.replace('secret', 'wrong')
  await expect(createMailer({ smtpUrl, from: FROM }).send(mail)).rejects.toThrow()
  server.refuse()
  await expect(createMailer({ smtpUrl: server.url, from: FROM }).send(mail)).rejects.toThrow('mailbox full')
})
