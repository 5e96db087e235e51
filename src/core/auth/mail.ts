// Mail: the settings of the server that sends it, and of the address that its links lead to.

import { EMAIL_SOURCE, MAX_EMAIL_LENGTH } from './account.ts'

export interface MailSettings {
  /** URL of the server that sends mail; see {@link isSmtpUrl}. */
  smtpUrl: string
  /** Sender; see {@link isSender}. */
  from: string
  /** Address of the app, where its links lead to; see {@link parsePublicUrl}. */
  publicUrl: string
}

export const SMTP_URL_RULE = 'a URL such as smtps://user:password@smtp.example.com, or smtp://127.0.0.1:25'

/** True for URLs of servers that send mail. Its query may have options of nodemailer, such as `?requireTLS=true`. */
export const isSmtpUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, pathname } = new URL(text)
  return (protocol === 'smtp:' || protocol === 'smtps:') && hostname !== '' && /^\/?$/.test(pathname)
}

export const SENDER_RULE = 'an address such as pictures@example.com, or Pictures <pictures@example.com>'

const SENDER = new RegExp(`^(?:${EMAIL_SOURCE}|[^<>"\\p{Cc}]{1,100} <${EMAIL_SOURCE}>)$`, 'u')

export const isSender = (text: string): boolean => text.length <= MAX_EMAIL_LENGTH + 103 && SENDER.test(text)

export const PUBLIC_URL_RULE = 'the http or https URL that people open, such as https://pictures.example.com'

/** Parses the address of the app, without a slash at the end. Undefined where it is not valid. */
export const parsePublicUrl = (text: string): string | undefined => {
  if (!URL.canParse(text)) return undefined
  const { protocol, username, password, origin, pathname } = new URL(text)
  const isPlain = username === '' && password === '' && !/[?#]/.test(text)
  return isPlain && ['http:', 'https:'].includes(protocol) ? `${origin}${pathname.replace(/\/+$/, '')}` : undefined
}
