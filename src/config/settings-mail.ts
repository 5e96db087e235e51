// Settings of mail, and of the address that its links lead to.

import { isSender, isSmtpUrl, PUBLIC_URL_RULE, parsePublicUrl, SENDER_RULE, SMTP_URL_RULE } from '../core/auth/mail.ts'
import type { Parser } from './parsers.ts'
import { setting } from './setting.ts'

const publicUrl: Parser<string> = {
  expected: PUBLIC_URL_RULE,
  parse: (text) => (text === '' ? text : parsePublicUrl(text)),
}

const smtpUrl: Parser<string> = {
  expected: SMTP_URL_RULE,
  parse: (text) => (text === '' || isSmtpUrl(text) ? text : undefined),
}

const sender: Parser<string> = {
  expected: SENDER_RULE,
  parse: (text) => (text === '' || isSender(text) ? text : undefined),
}

export const mailSettings = {
  publicUrl: setting(publicUrl, {
    env: 'PUBLIC_URL',
    flag: 'public-url',
    unit: 'URL',
    initial: '',
    doc: 'URL under which people open the server, for links in mails and previews of messengers: https://pictures.example.com',
  }),
  smtpUrl: setting(smtpUrl, {
    env: 'SMTP_URL',
    flag: 'smtp-url',
    unit: 'URL',
    initial: '',
    doc: 'Server that sends links for forgotten passwords: smtps://user:password@smtp.example.com; needs MAIL_FROM and PUBLIC_URL',
    isSecret: true,
  }),
  mailFrom: setting(sender, {
    env: 'MAIL_FROM',
    flag: 'mail-from',
    unit: 'address',
    initial: '',
    doc: 'Sender of that mail: pictures@example.com, or Pictures <pictures@example.com>',
  }),
}
