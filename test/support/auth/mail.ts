// A server on this machine that receives mail.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { onTestFinished, vi } from 'vitest'

export interface ReceivedMail {
  from: string
  to: string[]
  /** The whole mail, with soft line breaks joined. */
  text: string
}

export interface TestMail {
  /** For `SMTP_URL`. */
  url: string
  mails: ReceivedMail[]
  /** Resolves with a mail to an address, by its place from 0. */
  received(email: string, at?: number): Promise<ReceivedMail>
  /** Lets received mails wait for their answer, until the returned function is called. */
  hold(): () => void
  /** Refuses every mail from now on. */
  refuse(): void
}

const PATIENCE = { timeout: 60_000, interval: 20 }

interface Account {
  user: string
  pass: string
}

/** {@link openTestMail}, closed at the end of the test. */
export const startTestMail = async (account?: Account): Promise<TestMail> => {
  const mail = await openTestMail(account)
  onTestFinished(mail.close)
  return mail
}

/** @param account undefined where senders need no password */
export const openTestMail = async (account?: Account): Promise<TestMail & { close(): Promise<void> }> => {
  const mails: ReceivedMail[] = []
  let released: Promise<void> | undefined
  let isRefusing = false
  const server = new SMTPServer({
    // Its certificate is one that nobody trusts.
    hideSTARTTLS: true,
    authOptional: account === undefined,
    allowInsecureAuth: true,
    logger: false,
    onAuth({ username, password }, _, done) {
      if (username === account?.user && password === account?.pass) done(null, { user: username })
      else done(new Error('wrong password'))
    },
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', async () => {
        await released
        if (isRefusing) return done(new Error('mailbox full'))
        mails.push({
          from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          text: decoded(Buffer.concat(chunks).toString()),
        })
        done()
      })
    },
  })
  server.on('error', () => {})
  const listening = server.listen(0, '127.0.0.1')
  if (!listening.listening) await once(listening, 'listening')
  const credentials = account ? `${account.user}:${account.pass}@` : ''

  return {
    url: `smtp://${credentials}127.0.0.1:${portOf(listening.address())}`,
    mails,
    close: () => new Promise<void>((resolve) => server.close(resolve)),
    received: (email, at = 0) =>
      vi.waitFor(() => {
        const found = mails.filter(({ to }) => to.includes(email))[at]
        if (!found) throw new Error(`no mail ${at} to ${email}`)
        return found
      }, PATIENCE),
    hold() {
      let release = () => {}
      released = new Promise((resolve) => {
        release = resolve
      })
      return release
    },
    refuse() {
      isRefusing = true
    },
  }
}

/** Undoes quoted-printable (RFC 2045 section 6.7), where the mail has it. */
const decoded = (mail: string): string =>
  /^content-transfer-encoding: quoted-printable/im.test(mail)
    ? mail
        .replaceAll('=\r\n', '')
        .replaceAll(/(?:=[0-9A-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll('=', ''), 'hex').toString())
    : mail

/** The token in the link of a mail. */
export const resetTokenIn = ({ text }: ReceivedMail): string => {
  const [, token] = /\/#reset=(\S+)/.exec(text) ?? []
  if (token === undefined) throw new Error(`expected a link, got ${text}`)
  return token
}

const portOf = (address: AddressInfo | string | null): number => {
  if (typeof address !== 'object' || address === null) throw new Error('expected a TCP server')
  return address.port
}
