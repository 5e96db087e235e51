// Journey of two people: an owner adds a member, who sees, then edits, then has no access any more.

import { expect, it, vi } from 'vitest'
import { signedInSchema } from '../../src/http/schemas/accounts.ts'
import { startBrowser } from '../support/browser.ts'
import { chooseFiles, findingsOf, grantedControls, LIMIT_MS, PATIENCE, shownNames, visit } from '../support/gallery.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { serve } from '../support/processes/tintype.ts'
import { formOf } from '../support/upload.ts'

const PASSWORD = 'correct horse battery'
const OWNER = { email: 'ada@example.com', password: PASSWORD, name: 'Ada' }
const MEMBER = { email: 'bob@example.com', password: PASSWORD, name: 'Bob <b>' }

const send = (url: string, method: string, body: object, headers: Record<string, string> = {}) =>
  fetch(url, { method, headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) })

it(
  'adds a viewer, who becomes an editor and is removed again, by keys, without findings, in German too',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve(['--registration', 'open'])
    const registered = await send(`${server.url}/auth/register`, 'POST', OWNER)
    const { access_token } = signedInSchema.parse(await registered.json())
    expect((await send(`${server.url}/auth/register`, 'POST', MEMBER)).status).toBe(201)
    const owner = { Authorization: `Bearer ${access_token}` }
    const project = `${server.url}/projects/album`
    expect((await send(project, 'PUT', { title: 'Album', visibility: 'private' }, owner)).status).toBe(201)
    const body = formOf(await smallPhoto())
    expect((await fetch(`${project}/images`, { method: 'POST', headers: owner, body })).status).toBe(201)

    const as = async ({ email }: { email: string }, options: object = {}) => {
      const visitor = await visit(browser, `${server.url}/`, options)
      const credentials = JSON.stringify({ email, password: PASSWORD, cookie: true })
      const status = await visitor.page.evaluate(
        `fetch('/auth/login', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '${credentials}' })
          .then(({ status }) => status)`,
      )
      expect(status).toBe(200)
      await visitor.page.goto(`${server.url}/g/album`)
      return visitor
    }

    const member = await as(MEMBER)
    await member.page.getByText('There is no such project').waitFor()

    const { page, complaints, context: profile } = await as(OWNER)
    const dialog = page.getByRole('dialog', { name: 'Members' })
    await page.getByRole('button', { name: 'Members' }).press('Enter')
    await dialog.getByText('Nobody else is a member so far.').waitFor()
    expect(await findingsOf(page)).toEqual([])
    await dialog.getByLabel('E-mail').fill('nobody@example.com')
    await page.keyboard.press('Enter')
    await dialog.getByText('There is no account with the address nobody@example.com.').waitFor()
    expect(await dialog.getByRole('listitem').count()).toBe(1)
    await dialog.getByLabel('E-mail').fill(MEMBER.email)
    await page.keyboard.press('Enter')
    await dialog.getByRole('status').getByText('bob@example.com is a member now.').waitFor()
    const role = dialog.getByLabel('Role of Bob <b>')
    expect(await role.inputValue()).toBe('viewer')
    expect(await findingsOf(page)).toEqual([])

    // A viewer sees the project and changes nothing.
    await member.page.reload()
    await vi.waitFor(async () => expect(await shownNames(member.page)).toEqual(['photo.jpg']), PATIENCE)
    await member.page.getByRole('button', { name: 'For developers' }).waitFor()
    expect(await grantedControls(member.page)).toEqual(['Download all as ZIP'])

    // An editor adds pictures, and does not manage members.
    await role.selectOption('editor')
    await dialog.getByRole('status').getByText('Saved').waitFor()
    await member.page.reload()
    await member.page.getByRole('button', { name: 'Upload', exact: true }).waitFor()
    const granted = ['Download all as ZIP', 'Share', 'Settings', 'Upload a folder', 'Upload']
    expect(await grantedControls(member.page)).toEqual(granted)
    await chooseFiles(member.page, ['bob.jpg'])
    await vi.waitFor(async () => expect(await shownNames(member.page)).toEqual(['photo.jpg', 'bob.jpg']), PATIENCE)

    // Removed, the member finds nothing any more, neither here nor on the wall.
    await dialog.getByRole('button', { name: 'Remove Bob <b>' }).press('Enter')
    await dialog.getByRole('status').getByText('Bob <b> is no member any more.').waitFor()
    await dialog.getByText('Nobody else is a member so far.').waitFor()
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Members')
    await member.page.reload()
    await member.page.getByText('There is no such project').waitFor()
    await member.page.getByRole('link', { name: 'All projects' }).click()
    await member.page.getByText('No projects yet').waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Members')
    expect([complaints, member.complaints]).toEqual([[], []])
    await profile.close()
    await member.context.close()

    const german = await as(OWNER, { locale: 'de-DE', colorScheme: 'dark', viewport: { width: 320, height: 800 } })
    await german.page.getByRole('button', { name: 'Mitglieder' }).click()
    await german.page.getByLabel('E-Mail').fill(MEMBER.email)
    await german.page.getByLabel('Rolle', { exact: true }).selectOption('Kann bearbeiten')
    await german.page.getByRole('button', { name: 'Mitglied hinzufügen' }).click()
    await german.page.getByText('bob@example.com ist jetzt Mitglied.').waitFor()
    expect(await german.page.getByLabel('Rolle von Bob <b>').inputValue()).toBe('editor')
    expect(await findingsOf(german.page)).toEqual([])
    expect(await german.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
    expect(german.complaints).toEqual([])
  },
  LIMIT_MS,
)
