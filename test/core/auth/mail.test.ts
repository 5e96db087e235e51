// Settings of mail: its server, its sender, and the address of the app.

import { describe, expect, it } from 'vitest'
import { isSender, isSmtpUrl, parsePublicUrl } from '../../../src/core/auth/mail.ts'

describe('the URL of a mail server', () => {
  it.each([
    'smtp://127.0.0.1:25',
    'smtp://mail',
    'smtps://user:password@smtp.example.com',
    'smtps://smtp.example.com:465/',
    'smtp://smtp.example.com?requireTLS=true',
    'smtp://smtp.example.com/?requireTLS=true',
  ])('may be %s', (text) => {
    expect(isSmtpUrl(text)).toBe(true)
  })

  it.each([
    '',
    'smtp.example.com',
    'smtp://',
    'smtp:///',
    'smtp:',
    'smtps:25',
    'smtp:///inbox',
    'https://smtp.example.com',
    'xsmtp://smtp.example.com',
    'smtp://smtp.example.com/inbox',
    'smtp://smtp.example.com/inbox/',
    'smtp://smtp.example.com//',
    'smtp://smtp example.com',
  ])('is not "%s"', (text) => {
    expect(isSmtpUrl(text)).toBe(false)
  })
})

describe('the sender of mail', () => {
  it.each([
    'pictures@example.com',
    'no-reply@mail.example.co.uk',
    'Pictures <pictures@example.com>',
    'Bildér & Söhne, GmbH <a@example.com>',
    `${'n'.repeat(100)} <pictures@example.com>`,
  ])('may be %s', (text) => {
    expect(isSender(text)).toBe(true)
  })

  it.each([
    '',
    'pictures',
    'pictures@example',
    'pictures@example.com, other@example.com',
    '<pictures@example.com>',
    ' <pictures@example.com>',
    'Pictures<pictures@example.com>',
    'Pictures <pictures@example.com> x',
    'x Pictures <pictures@example.com>\n',
    '"Pictures" <pictures@example.com>',
    'Pictures\r\nBcc: all@example.com <pictures@example.com>',
    `${'n'.repeat(101)} <pictures@example.com>`,
  ])('is not %j', (text) => {
    expect(isSender(text)).toBe(false)
  })

  it('is at most a name of 100 characters with an address of 254', () => {
    const address = (length: number) => `a@${'b'.repeat(length - 6)}.com`
    expect(isSender(`${'n'.repeat(100)} <${address(254)}>`)).toBe(true)
    expect(isSender(`${'n'.repeat(100)} <${address(255)}>`)).toBe(false)
  })
})

describe('the address of the app', () => {
  it.each([
    ['https://pictures.example.com', 'https://pictures.example.com'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['https://example.com/media', 'https://example.com/media'],
    ['https://example.com/media///', 'https://example.com/media'],
    ['https://example.com//a//b/', 'https://example.com//a//b'],
    ['HTTPS://Example.com:443/Media/', 'https://example.com/Media'],
  ])('%s is %s', (text, url) => {
    expect(parsePublicUrl(text)).toBe(url)
  })

  it.each([
    '',
    'pictures.example.com',
    '/media',
    'ftp://example.com',
    'httpx://example.com',
    'xhttps://example.com',
    'https://user@example.com',
    'https://:password@example.com',
    'https://user:password@example.com',
    'https://example.com/?a=b',
    'https://example.com/?',
    'https://example.com/#a',
    'https://example.com/#',
  ])('is not "%s"', (text) => {
    expect(parsePublicUrl(text)).toBeUndefined()
  })
})
