// Settings of mail and of the public address.

import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'

const load = (env: Record<string, string> = {}) => loadConfig({ env, envFile: false }).config

const MAIL = {
  SMTP_URL: 'smtps://tintype:secret@smtp.example.com?requireTLS=true',
  MAIL_FROM: 'Pictures <pictures@example.com>',
  PUBLIC_URL: 'https://example.com/media/',
}

describe('settings of mail', () => {
  it('send none by default', () => {
    expect(load()).toMatchObject({ mail: undefined, publicUrl: undefined })
  })

  it('are parsed, the public address without its last slash', () => {
    expect(load(MAIL).mail).toEqual({
      smtpUrl: MAIL.SMTP_URL,
      from: MAIL.MAIL_FROM,
      publicUrl: 'https://example.com/media',
    })
    expect(load({ PUBLIC_URL: 'http://[::1]:8001' })).toMatchObject({ publicUrl: 'http://[::1]:8001', mail: undefined })
    for (const from of ['pictures@example.com', 'Bücher und Bilder <pictures@example.com>'])
      expect(load({ ...MAIL, MAIL_FROM: from }).mail?.from).toBe(from)
  })

  it.each([
    [
      'PUBLIC_URL',
      [
        'pictures.example.com',
        'ftp://example.com',
        'https://example.com/?a',
        'https://example.com/#',
        'https://a:b@example.com',
      ],
    ],
    ['SMTP_URL', ['smtp.example.com', 'https://smtp.example.com', 'smtp://', 'smtp://smtp.example.com/path']],
    [
      'MAIL_FROM',
      [
        'pictures',
        'Pictures',
        '<pictures@example.com>',
        'a@example.com\r\nBcc: b@example.com',
        'a@example.com, b@example.com',
        'A" <a@example.com>',
      ],
    ],
  ])('%s is refused with the expected value', (name, values) => {
    for (const value of values)
      expect(() => load({ ...MAIL, [name]: value }), value).toThrow(new RegExp(`^${name}: expected (?:a|an|the) `))
  })

  it('never repeat the password of the server', () => {
    expect(() => load({ ...MAIL, SMTP_URL: 'http://tintype:secret@smtp.example.com' })).toThrow(
      /^SMTP_URL: expected .*, got something else$/,
    )
  })

  it('report each missing one', () => {
    expect(() => load({ SMTP_URL: MAIL.SMTP_URL })).toThrow(
      /^MAIL_FROM: expected a value, because SMTP_URL is set, got nothing\nPUBLIC_URL: expected a value/,
    )
    expect(() => load({ MAIL_FROM: MAIL.MAIL_FROM, PUBLIC_URL: MAIL.PUBLIC_URL })).toThrow(
      /^SMTP_URL: expected a value, because MAIL_FROM is set, got nothing$/,
    )
  })
})
