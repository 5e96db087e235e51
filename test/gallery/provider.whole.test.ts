// Journeys of people who sign in by their company's provider.

import { expect, it } from 'vitest'
import { createTestApp, listen } from '../support/app.ts'
import { ADA } from '../support/auth/accounts.ts'
import { optionsOf, type Person, startTestProvider } from '../support/auth/provider.ts'
import { startBrowser } from '../support/browser.ts'
import { findingsOf, LIMIT_MS, openTab, visit } from '../support/gallery.ts'

const PEOPLE = {
  ada: { email: ADA.email, email_verified: true, name: 'Ada Lovelace' },
  eve: { name: 'Eve' },
}

/** A server with the gallery, whose address its provider knows. */
const start = async (people: Record<string, Person>) => {
  let app: Awaited<ReturnType<typeof createTestApp>>['app'] | undefined
  const answer = async (request: Request, env?: object): Promise<Response> =>
    app ? app.fetch(request, env) : new Response(null, { status: 503 })
  const { url } = await listen({ fetch: answer, request: (path, init) => answer(new Request(path, init)) })
  const provider = await startTestProvider(people, { publicUrl: url })
  const options = { registration: 'open', gallery: true, auth: 'required', signInLimit: 0 } as const
  ;({ app } = await createTestApp({ ...options, ...optionsOf(provider) }))
  return { url, provider }
}

it(
  'sign in, come back to the project that they were at, and tell other tabs',
  async (context) => {
    const browser = await startBrowser(context)
    const { url, provider } = await start(PEOPLE)
    const { page, complaints, context: profile } = await visit(browser, `${url}/g/demo?image=x`)
    const other = await openTab(profile, url, complaints)
    await other.getByRole('button', { name: 'Sign in' }).waitFor()
    const dialog = page.getByRole('dialog')
    await page.getByRole('button', { name: 'Sign in' }).first().click()
    await dialog.getByRole('link', { name: 'Sign in with Example Inc.' }).waitFor()
    expect(await findingsOf(page)).toEqual([])
    await dialog.getByRole('link', { name: 'Sign in with Example Inc.' }).click()
    await page.getByRole('link', { name: 'Continue as ada' }).click()
    await page.getByRole('button', { name: 'Ada Lovelace' }).waitFor()
    expect(page.url()).toBe(`${url}/g/demo?image=x`)
    await other.getByRole('button', { name: 'Ada Lovelace' }).waitFor()

    // There is no password to change.
    await other.getByRole('button', { name: 'Ada Lovelace' }).click()
    await other.getByRole('dialog').getByRole('button', { name: 'Sign out' }).waitFor()
    expect(await other.getByText('Change password').count()).toBe(0)
    const foreign = complaints.filter((each) => !each.includes(provider.settings.issuer))
    expect(foreign).toEqual([])
  },
  LIMIT_MS,
)

it(
  'are told why a sign-in did not work, in their language',
  async (context) => {
    const browser = await startBrowser(context)
    const { url } = await start(PEOPLE)
    const { page } = await visit(browser, url, { locale: 'de-DE' })
    const dialog = page.getByRole('dialog')
    const link = dialog.getByRole('link', { name: 'Mit Example Inc. anmelden' })
    await page.getByRole('button', { name: 'Anmelden' }).first().click()
    await link.click()
    await page.getByRole('link', { name: 'Cancel' }).click()
    await dialog.getByText('Die Anmeldung wurde abgebrochen').waitFor()
    expect(page.url()).toBe(`${url}/`)
    expect(await findingsOf(page)).toEqual([])

    await link.click()
    await page.getByRole('link', { name: 'Continue as eve' }).click()
    await dialog.getByText('nennt keine E-Mail-Adresse').waitFor()

    await page.goto(`${url}/?sign-in=constructor`)
    await dialog.getByText('Die Anmeldung hat nicht geklappt').waitFor()
  },
  LIMIT_MS,
)
