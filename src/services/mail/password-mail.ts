// Mail with the link for a new password, in the languages of the gallery.

import type { Mail } from './mailer.ts'

/** The first one is for people whose language is none of them. */
export const MAIL_LANGUAGES = ['en', 'de'] as const
export type MailLanguage = (typeof MAIL_LANGUAGES)[number]

interface PasswordMail {
  email: string
  /** Address of the app, without a slash at the end. */
  publicUrl: string
  /** Works once, for an hour. */
  link: string
  language: MailLanguage
}

export const passwordMail = ({ language, ...content }: PasswordMail): Mail => ({
  to: content.email,
  ...TEXTS[language](content),
})

const TEXTS: Record<MailLanguage, (content: Omit<PasswordMail, 'language'>) => Omit<Mail, 'to'>> = {
  en: ({ email, publicUrl, link }) => ({
    subject: 'Choose a new password',
    text: `A new password was requested for the account ${email} at ${publicUrl}

Open this link within an hour to choose one. It works once:

${link}

If this was not you, do nothing: your password stays as it is.
`,
  }),

  de: ({ email, publicUrl, link }) => ({
    subject: 'Wähle ein neues Passwort',
    text: `Für das Konto ${email} bei ${publicUrl} wurde ein neues Passwort angefordert.

Öffne innerhalb einer Stunde diesen Link, um eines zu wählen. Er gilt einmal:

${link}

Falls du das nicht warst, tu nichts: Dein Passwort bleibt, wie es ist.
`,
  }),
}
