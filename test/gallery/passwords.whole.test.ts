// Journey of a person who has forgotten the password.

import { expect, it } from 'vitest'
import { ADA } from '../support/auth/accounts.ts'
import { resetTokenIn, startTestMail } from '../support/auth/mail.ts'
import { startBrowser } from '../support/browser.ts'
import { findingsOf, LIMIT_MS, visit } from '../support/gallery.ts'
import { serve } from '../support/processes/tintype.ts'

const NEW = 'another long password'

it(
  'requests a link, chooses a new password by it once, and signs in',
  async (context) => {
    const browser = await startBrowser(context)
    const mail = await startTestMail()
    const server = await serve(['--registration', 'open', '--sign-in-limit', '0'], {
      env: { SMTP_URL: mail.url, MAIL_FROM: 'pictures@example.com', PUBLIC_URL: 'https://pictures.example.com' },
    })
    const register = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(ADA) }
    expect((await fetch(`${server.url}/auth/register`, register)).status).toBe(201)
    const { page, complaints, context: profile } = await visit(browser, server.url)
    const dialog = page.getByRole('dialog')

    await page.getByRole('button', { name: 'Sign in' }).click()
    await dialog.getByRole('button', { name: 'Forgot password?' }).click()
    await page.getByLabel('E-mail').fill(ADA.email)
    expect(await findingsOf(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Send link' }).click()
    await dialog.getByRole('status').getByText('If the address has an account').waitFor()
    const token = resetTokenIn(await mail.received(ADA.email))

    // In the tab that is open: the address changes by its fragment alone.
    await page.goto(`${server.url}/#reset=${token}`)
    await dialog.getByRole('heading', { name: 'Choose a new password' }).waitFor()
    expect(page.url()).toBe(`${server.url}/`)
    await dialog.getByLabel('New password').fill(NEW)
    expect(await findingsOf(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Set password' }).click()
    await page.getByText('The new password is set').waitFor()
    await page.getByLabel('E-mail').fill(ADA.email)
    await page.getByLabel('Password').fill(NEW)
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: ADA.email }).waitFor()
    expect(complaints).toEqual([])
    await profile.close()

    // The same link again, in German, in another browser.
    const other = await visit(browser, `${server.url}/#reset=${token}`, { locale: 'de-DE' })
    await other.page.getByRole('dialog').getByLabel('Neues Passwort').fill('yet another password')
    await other.page.getByRole('button', { name: 'Passwort setzen' }).click()
    await other.page.getByText('Dieser Link wurde benutzt').waitFor()
    await other.page.getByRole('button', { name: 'Passwort vergessen?' }).click()
    await other.page.getByRole('heading', { name: 'Passwort vergessen' }).waitFor()
    await other.page.getByLabel('E-Mail').fill(ADA.email)
    await other.page.getByRole('button', { name: 'Link schicken' }).click()
    expect((await mail.received(ADA.email, 1)).text).toContain('Öffne innerhalb einer Stunde diesen Link')
    expect(other.complaints).toEqual([])
  },
  LIMIT_MS,
)

it(
  'is offered nothing that the server does not do',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve(['--auth', 'required'])
    const { page } = await visit(browser, server.url)
    const options = page.waitForResponse(/\/auth\/options$/)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await (await options).finished()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Password').waitFor()
    expect(await dialog.getByRole('button', { name: /Forgot|Register/ }).count()).toBe(0)
  },
  LIMIT_MS,
)
