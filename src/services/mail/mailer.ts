// Mailer: sends plain texts over SMTP.

export interface MailerOptions {
  /** See `isSmtpUrl`. */
  smtpUrl: string
  /** See `isSender`. */
  from: string
}

export interface Mail {
  /** A single address. */
  to: string
  subject: string
  text: string
}

export interface Mailer {
  /** Resolves once the server has accepted the mail. @throws errors of nodemailer */
  send(mail: Mail): Promise<void>
}

/** Longest waits for a connection, a greeting and any further answer, in milliseconds. */
const TIMEOUTS = { dnsTimeout: 10_000, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 }

export const createMailer = ({ smtpUrl, from }: MailerOptions): Mailer => {
  /** Loaded with the first mail, so that it costs nothing before. */
  const open = async () => {
    const { createTransport } = await import('nodemailer')
    return createTransport({ url: smtpUrl, ...TIMEOUTS, disableFileAccess: true, disableUrlAccess: true })
  }
  let transport: ReturnType<typeof open> | undefined

  return {
    async send({ to, subject, text }) {
      transport ??= open()
      // Vacation replies are not wanted (RFC 3834).
      const headers = { 'Auto-Submitted': 'auto-generated' }
      await (await transport).sendMail({ from, to: { name: '', address: to }, subject, text, headers })
    },
  }
}
