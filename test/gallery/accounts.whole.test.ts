// Journeys of people with accounts: sessions that end and go on, rights, a lightbox, a connection that is lost.

import { expect, it, vi } from 'vitest'
import { z } from 'zod'
import { ADA } from '../support/auth/accounts.ts'
import { startBrowser } from '../support/browser.ts'
import { startCuttingProxy } from '../support/client/cutting-proxy.ts'
import { temporaryFolder } from '../support/disk/folder.ts'
import { chooseFiles, LIMIT_MS, openTab, PATIENCE, shownNames, visit } from '../support/gallery.ts'
import { serve } from '../support/processes/tintype.ts'

const listSchema = z.object({ images: z.array(z.object({ name: z.string() })) })

const NEW_PASSWORD = 'another long password'

it(
  'registers, keeps a project private, goes on after the session has ended, changes the password and signs out',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve(['--registration', 'open'])
    const { page, complaints, context: profile } = await visit(browser, server.url)
    const dialog = page.getByRole('dialog')
    const endSession = async () => {
      await profile.clearCookies({ name: 'tintype_session' })
      await profile.clearCookies({ name: 'tintype_refresh' })
    }

    await page.getByText('Sign in to see your projects.').waitFor()
    expect(await page.getByRole('button', { name: 'New project' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await dialog.getByRole('button', { name: 'Register' }).click()
    await page.getByLabel('E-mail').fill(ADA.email)
    await page.getByLabel('Name').fill('Ada <i>')
    await page.getByLabel('Password').fill(ADA.password)
    await dialog.getByRole('button', { name: 'Register' }).click()
    await page.getByRole('button', { name: 'Ada <i>' }).waitFor()

    await page.getByRole('button', { name: 'New project' }).click()
    await page.getByLabel('Title').fill('Secret')
    expect(await page.getByLabel('Private').isChecked()).toBe(true)
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Secret' }).waitFor()
    await chooseFiles(page, ['a.jpg'])
    await vi.waitFor(async () => expect(await shownNames(page)).toEqual(['a.jpg']), PATIENCE)

    // Another person sees nothing of it, not even that it is there.
    const stranger = await visit(browser, `${server.url}/g/secret`)
    await stranger.page.getByText('There is no such project').waitFor()
    await stranger.context.close()

    // A link opens it to a guest, who can add pictures, until it is revoked.
    await page.getByRole('button', { name: 'Share' }).click()
    await page.getByLabel('Guests can add pictures').check()
    await page.getByRole('button', { name: 'Make a link' }).click()
    const link = (await page.locator('dialog code').textContent()) ?? ''
    const guest = await visit(browser, link)
    await vi.waitFor(async () => expect(await shownNames(guest.page)).toEqual(['a.jpg']), PATIENCE)
    expect(new URL(guest.page.url()).pathname).toBe('/g/secret')
    expect(await guest.page.getByRole('button', { name: 'Settings' }).count()).toBe(0)
    await chooseFiles(guest.page, ['guest.jpg'])
    await vi.waitFor(async () => expect(await shownNames(page)).toEqual(['a.jpg', 'guest.jpg']), PATIENCE)
    // The session has ended meanwhile: it is revoked once the password was typed.
    await endSession()
    await dialog.getByRole('button', { name: 'Revoke' }).click()
    const again = page.getByRole('dialog', { name: 'Sign in again' })
    await again.getByLabel('Password').fill(ADA.password)
    await again.getByRole('button', { name: 'Sign in' }).click()
    await again.waitFor({ state: 'detached' })
    await dialog.getByText('Revoke').waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
    await guest.page.reload()
    await guest.page.getByText('There is no such project').waitFor()
    expect(guest.complaints).toEqual([])
    await guest.context.close()

    // The session ends while files are chosen: they are uploaded after the password was typed again.
    await endSession()
    await chooseFiles(page, ['b.jpg', 'c.jpg'])
    await page.getByText('Your session has ended').waitFor()
    expect(await page.getByLabel('E-mail').inputValue()).toBe(ADA.email)
    await page.getByLabel('Password').fill('a wrong password')
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await dialog.locator('.problem:not(:empty)').waitFor()
    await page.getByLabel('Password').fill(ADA.password)
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await vi.waitFor(async () => expect(await shownNames(page)).toHaveLength(4), PATIENCE)

    // The lightbox: by its address, keys, and back.
    await page.locator('.tile a').first().click()
    await page.locator('.pswp--open').waitFor()
    const opened = page.url()
    expect(opened).toMatch(/\/g\/secret\?image=[0-9a-z]{20}$/)
    // Keys are taken once it is open.
    await vi.waitFor(async () => {
      await page.keyboard.press('ArrowRight')
      expect(page.url()).not.toBe(opened)
    }, PATIENCE)
    await page.getByRole('button', { name: 'Facts and sizes' }).click()
    const facts = page.getByRole('complementary', { name: 'Facts and sizes' })
    expect(await facts.getByRole('row').first().textContent()).toMatch(/thumb\s*400×300\s*\d+ k?B/)
    await page.keyboard.press('Escape')
    await page.locator('.pswp').waitFor({ state: 'detached' })
    expect(new URL(page.url()).search).toBe('')

    // Two tabs share the session.
    const other = await openTab(profile, server.url, complaints)
    await other.getByRole('link', { name: 'Secret' }).waitFor()
    await page.getByRole('button', { name: 'Ada <i>' }).click()
    await page.getByText('Change password').first().click()
    await page.getByLabel('Present password').fill(ADA.password)
    await page.getByLabel('New password').fill(NEW_PASSWORD)
    await dialog.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('The password was changed').waitFor()
    await page.getByRole('button', { name: 'Ada <i>' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('There is no such project').waitFor()
    await other.getByText('Sign in to see your projects.').waitFor()
    await other.getByRole('button', { name: 'Sign in' }).click()
    await other.getByLabel('E-mail').fill(ADA.email)
    await other.getByLabel('Password').fill(NEW_PASSWORD)
    await other.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click()
    await other.getByRole('link', { name: 'Secret' }).waitFor()
    await vi.waitFor(async () => expect(await shownNames(page)).toHaveLength(4), PATIENCE)
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)

it(
  'uploads without doubles where answers are lost and the server starts again, and asks before the page is left',
  async (context) => {
    const browser = await startBrowser(context)
    const flags = ['--storage', await temporaryFolder()]
    const server = await serve(flags)
    const proxy = await startCuttingProxy(server.port)
    await fetch(`${server.url}/projects/demo`, { method: 'PUT' })
    const { page, complaints } = await visit(browser, `${proxy.url}/g/demo`)
    await page.getByText('No pictures yet').waitFor()
    const release = proxy.holdUploadsAfter(4)
    const names = Array.from({ length: 12 }, (_, at) => `${at}.jpg`)
    await chooseFiles(page, names)
    await page.locator('.upload.done').first().waitFor()
    proxy.cut(2)
    const asked = page.waitForEvent('dialog')
    const leaving = page.close({ runBeforeUnload: true })
    const question = await asked
    expect(question.type()).toBe('beforeunload')
    await question.dismiss()
    await leaving
    await server.stop()
    release()
    await serve([...flags, '--port', String(server.port)])
    const panel = page.locator('.uploads')
    await vi.waitFor(async () => expect(await panel.textContent()).toContain('12 pictures uploaded'), PATIENCE)
    const { images } = listSchema.parse(await (await fetch(`${server.url}/projects/demo/images`)).json())
    expect(images.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
    await vi.waitFor(async () => expect((await shownNames(page)).toSorted()).toEqual(names.toSorted()), PATIENCE)
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)
