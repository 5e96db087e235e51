// Journeys of a person through the gallery on an open server, in Chromium against the built program.

import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { z } from 'zod'
import { problemOf } from '../support/app.ts'
import { startBrowser } from '../support/browser.ts'
import { chooseFiles, LIMIT_MS, openTab, PATIENCE, photoFile, shownNames, visit } from '../support/gallery.ts'
import { serve } from '../support/processes/tintype.ts'
import { filesInZip } from '../support/transfer/zip.ts'

/** What the server has stored: parts of a project or of lists. */
const storedSchema = z.looseObject({
  images: z
    .array(z.looseObject({ name: z.string(), focal_point: z.object({ x: z.number(), y: z.number() }).nullable() }))
    .default([]),
  projects: z.array(z.unknown()).default([]),
})

const waitForNames = (page: Page, names: readonly string[]) =>
  vi.waitFor(async () => expect(await shownNames(page)).toEqual(names), PATIENCE)

it(
  'makes a project, uploads, chooses, arranges, describes, downloads and deletes',
  async (context) => {
    const browser = await startBrowser(context)
    const server = await serve()
    const stored = async (path: string) =>
      storedSchema.parse(await (await fetch(`${server.url}/projects${path}`)).json())
    const { page, complaints, context: profile } = await visit(browser, server.url)

    await page.getByText('No projects yet').waitFor()
    await page.getByRole('button', { name: 'New project' }).click()
    await page.getByLabel('Title').fill('Größe <b>&')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Größe <b>&' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/g/grosse-b')
    await page.getByText('No pictures yet').waitFor()

    // One is no picture: its failure is in the words of the API.
    const files = ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'].map((name) => photoFile(name))
    const text = photoFile('notes.jpg', Buffer.from('no picture'))
    await page.setInputFiles('[data-input=files]', await Promise.all([...files, text]))
    await page.getByText('1 upload failed').waitFor()
    const { detail } = await problemOf(fetch(`${server.url}/projects/x/images`, { method: 'POST', body: formOfText() }))
    expect(await page.locator('.upload.failed .problem').textContent()).toBe(detail)
    await page.getByRole('button', { name: 'Close' }).click()
    await vi.waitFor(
      async () => expect((await shownNames(page)).toSorted()).toEqual(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg']),
      PATIENCE,
    )
    await vi.waitFor(
      async () => expect(await page.locator('.head .about').textContent()).toContain('4 pictures'),
      PATIENCE,
    )

    // Pasted and dropped files come too.
    const paste = `const data = new DataTransfer(); data.items.add(new File([await (await fetch(document.querySelector('.tile img').src)).blob()], 'e.jpg'))`
    await page.evaluate(
      `(async () => { ${paste}; dispatchEvent(new ClipboardEvent('paste', { clipboardData: data })) })()`,
    )
    await vi.waitFor(async () => expect(await shownNames(page)).toContain('e.jpg'), PATIENCE)

    const names = await shownNames(page)
    const [first = '', second = '', third = ''] = names
    // By keys: the second one to the front.
    await page.locator(`.tile a[aria-label="${second}"]`).focus()
    await page.keyboard.press('Alt+ArrowLeft')
    const arranged = [second, first, ...names.slice(2)]
    await waitForNames(page, arranged)
    await page.keyboard.press('Escape')
    // By drag and drop: the first one behind the third.
    await page
      .locator(`.tile:has(a[aria-label="${second}"])`)
      .dragTo(page.locator(`.tile:has(a[aria-label="${third}"])`), {
        targetPosition: { x: 100, y: 60 },
        sourcePosition: { x: 60, y: 60 },
      })
    const dragged = await vi.waitFor(async () => {
      const order = await shownNames(page)
      expect(order).not.toEqual(arranged)
      return order
    }, PATIENCE)
    await vi.waitFor(async () => {
      const { images } = await stored('/grosse-b/images')
      expect(images.map(({ name }) => name)).toEqual(dragged)
    }, PATIENCE)
    await page.keyboard.press('Escape')

    // A range, taken back, then deleted for good.
    const select = (name: string) => page.getByRole('button', { name: `Select ${name}`, exact: true })
    await page.mouse.move(0, 0)
    await select(dragged[0] ?? '').click({ force: true })
    await select(dragged[2] ?? '').click({ force: true, modifiers: ['Shift'] })
    await page.getByText('3 selected').waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download as ZIP' }).click()
    const archive = await readFile(await (await download).path())
    expect([...(await filesInZip(archive)).keys()].toSorted()).toEqual(dragged.slice(0, 3).toSorted())
    await page.getByRole('button', { name: 'Delete' }).click()
    await waitForNames(page, dragged.slice(3))
    await page.getByRole('button', { name: 'Undo' }).click()
    await waitForNames(page, dragged)
    expect((await stored('/grosse-b/images')).images).toHaveLength(5)
    await select(dragged[4] ?? '').click({ force: true })
    await page.getByRole('button', { name: 'Delete' }).click()
    await vi.waitFor(async () => expect((await stored('/grosse-b/images')).images).toHaveLength(4), PATIENCE)
    await waitForNames(page, dragged.slice(0, 4))

    // Details with a focal point, and the cover.
    await select(dragged[1] ?? '').click({ force: true })
    await page.getByRole('button', { name: 'Make it the cover' }).click()
    await page.locator(`.tile:has(a[aria-label="${dragged[1]}"]) .star`).waitFor()
    await page.getByRole('button', { name: 'Details' }).click()
    await page.getByLabel('Title').fill('"><img src=x onerror=alert(1)>')
    await page.getByLabel('Tags').fill('sea, <i>light</i>')
    await page.locator('.target').click({ position: { x: 20, y: 20 } })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'sea' }).waitFor()
    const { images } = await stored('/grosse-b/images?tag=sea')
    expect(images).toMatchObject([
      { title: '"><img src=x onerror=alert(1)>', is_primary: true, tags: ['sea', '<i>light</i>'] },
    ])
    expect(images[0]?.focal_point?.x).toBeLessThan(0.3)

    // Filter and search.
    await page.getByRole('button', { name: 'sea' }).click()
    await waitForNames(page, ['"><img src=x onerror=alert(1)>'])
    await page.getByRole('button', { name: 'sea' }).click()
    await page.getByPlaceholder('Search').fill('absent')
    await page.getByText('Nothing found').waitFor()
    await page.getByPlaceholder('Search').fill('')
    await vi.waitFor(async () => expect(await shownNames(page)).toHaveLength(4), PATIENCE)

    // Another tab changes it: seen here without a reload.
    const other = await openTab(profile, `${server.url}/g/grosse-b`, complaints)
    await vi.waitFor(async () => expect(await shownNames(other)).toHaveLength(4), PATIENCE)
    await chooseFiles(other, ['f.jpg'])
    await vi.waitFor(async () => expect(await shownNames(page)).toContain('f.jpg'), PATIENCE)
    await other.close()

    // Rename, tags, private, delete with the name typed.
    await page.getByRole('button', { name: 'Settings' }).click()
    await page.getByLabel('Title').fill('Coast')
    await page.getByLabel('Tags').fill(' sea,, <i>holiday</i> , sea')
    await page.getByLabel('Private').check()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Coast' }).waitFor()
    expect(await stored('/grosse-b')).toMatchObject({
      ...{ title: 'Coast', visibility: 'private' },
      tags: ['sea', '<i>holiday</i>'],
    })
    await page.getByRole('button', { name: 'Settings' }).click()
    expect(await page.getByLabel('Tags').inputValue()).toBe('sea, <i>holiday</i>')
    await page.getByLabel('Tags').fill('')
    await page.getByRole('button', { name: 'Save' }).click()
    await vi.waitFor(async () => expect(await stored('/grosse-b')).toMatchObject({ tags: [] }), PATIENCE)
    await page.getByRole('link', { name: 'All projects' }).click()
    await page.getByRole('link', { name: 'Coast' }).click()
    await page.getByRole('button', { name: 'Settings' }).click()
    await page.getByText('Delete project').first().click()
    const remove = page.getByRole('button', { name: 'Delete project' })
    expect(await remove.isDisabled()).toBe(true)
    await page.getByLabel('Type “Coast” to confirm').fill('Coast')
    await remove.click()
    await page.getByText('No projects yet').waitFor()
    expect((await stored('')).projects).toEqual([])
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)

const formOfText = (): FormData => {
  const form = new FormData()
  form.set('file', new Blob(['no picture']), 'notes.jpg')
  return form
}
