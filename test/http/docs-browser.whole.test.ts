// Swagger UI in a real browser: every route is executed with its required values alone, as a reader would try it.

import type { Locator } from 'playwright-core'
import { describe, expect, it, type TestContext } from 'vitest'
import { signedInSchema } from '../../src/http/schemas/accounts.ts'
import { uploadSchema } from '../../src/http/schemas/images.ts'
import { openPage, startBrowser } from '../support/browser.ts'
import { operations } from '../support/openapi/document.ts'
import { photo } from '../support/pictures/pictures.ts'
import { serve } from '../support/processes/tintype.ts'

interface Tried {
  status: number
  body: string
}

/** The documentation of a new server, opened in a browser. */
const openDocs = async (context: TestContext, flags: readonly string[]) => {
  const browser = await startBrowser(context)
  const { url } = await serve(flags)
  const watched = await openPage(browser, `${url}/docs`)
  const { page } = watched
  await page.locator('.opblock').first().waitFor()

  const tried = new Set<string>()
  /** Optional parameters that are not empty before anything is typed. */
  const invented: string[] = []

  /** Opens an operation and returns its block. */
  const open = async (id: string): Promise<Locator> => {
    const block = page.locator(`.opblock[id$="-${id}"]`)
    await block.locator('.opblock-summary-control').click()
    await block.locator('.execute').waitFor()
    if (tried.has(id)) return block
    const optional = block.locator('.parameters tr:not(:has(.parameter__name.required)) :is(input, select)')
    const values = await optional.evaluateAll((fields) => fields.map((field) => ('value' in field ? field.value : '')))
    for (const value of values) if (value !== '') invented.push(`${id}: ${value}`)
    return block
  }

  /** Types the values of parameters, the body or the file, and presses Execute. */
  const execute = async (
    id: string,
    values: Record<string, string> = {},
    { body, file }: { body?: object; file?: Buffer } = {},
  ): Promise<Tried> => {
    const block = await open(id)
    for (const [name, value] of Object.entries(values)) {
      const field = block.locator(`tr[data-param-name="${name}"] :is(input, select)`)
      if ((await field.evaluate((element) => element.tagName)) === 'SELECT') await field.selectOption(value)
      else await field.fill(value)
    }
    if (body) await block.locator('textarea.body-param__text').fill(JSON.stringify(body))
    if (file)
      await block
        .locator('input[type="file"]')
        .setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer: file })
    const received = page.waitForResponse((response) => response.request().resourceType() === 'fetch')
    await block.locator('.execute').click()
    const response = await received
    tried.add(id)
    // Swagger UI shows the status of this answer, or says that it failed.
    const shown = block.locator('.live-responses-table .response-col_status')
    await shown
      .filter({ hasText: String(response.status()) })
      .first()
      .waitFor()
    await block.locator('.opblock-summary-control').click()
    return { status: response.status(), body: response.status() === 204 ? '' : await response.text() }
  }

  return { ...watched, tried, invented, execute }
}

const PHOTOS = [1, 2].map((seed) => photo({ width: 640, height: 480, seed }))

/** Operations with an account; they have a test of their own. */
const OF_ACCOUNTS = ['register', 'login', 'refresh', 'logout', 'me', 'changePassword']

/** A page of this size is slow on a busy machine. */
const TIMEOUT_MS = 240_000

describe('the documentation in a browser', { timeout: TIMEOUT_MS }, () => {
  it('answers each route with the required values alone, without errors in the console', async (context) => {
    const docs = await openDocs(context, ['--presets', 'card:w=320'])
    const { execute, tried } = docs
    const project = { project_id: 'game' }

    const [first, second] = await Promise.all(PHOTOS)
    const uploads = []
    for (const file of [first, second]) {
      const { status, body } = await execute('uploadImage', project, { file })
      expect([status, body]).toEqual([201, expect.stringContaining('image_id')])
      expect(JSON.parse(body), 'only what was typed').toMatchObject({ title: null, tags: [], focal_point: null })
      uploads.push(uploadSchema.parse(JSON.parse(body)))
    }
    const [{ image_id } = { image_id: '' }, other] = uploads
    expect(other?.image_id).not.toBe(image_id)
    const image = { ...project, image_id }

    const statusOf = async (id: string, values: Record<string, string>) => (await execute(id, values)).status
    expect(await statusOf('listImages', project)).toBe(200)
    expect(await statusOf('readImage', image)).toBe(200)
    expect(await statusOf('readImageFile', { ...image, size: 'thumb', format: 'webp' })).toBe(200)
    expect(await statusOf('readThumbnail', project)).toBe(200)
    expect(await statusOf('readCover', { ...project, format: 'jpg' })).toBe(200)
    expect(await statusOf('setPrimaryImage', image)).toBe(200)
    expect(await statusOf('editImage', image)).toBe(200)
    expect(await statusOf('listProjects', {})).toBe(200)
    expect(await statusOf('readProject', project)).toBe(200)
    expect(await execute('editProject', project)).toMatchObject({
      status: 200,
      body: expect.stringContaining('"title":"Cosmic Drift"'),
    })
    expect(await execute('renderImage', image)).toMatchObject({
      status: 403,
      body: expect.stringContaining('signature_required'),
    })
    expect(await statusOf('renderImage', { ...image, preset: 'card' })).toBe(200)
    expect(await statusOf('renderImageFile', { ...image, format: 'webp', preset: 'card' })).toBe(200)
    const asset = { ...project, name: 'ui/button-ok' }
    expect((await execute('putAsset', asset, { file: first })).status).toBe(201)
    expect(await statusOf('listAssets', project)).toBe(200)
    expect(await statusOf('readAsset', { ...asset, format: 'png' })).toBe(200)
    expect(await statusOf('renderAsset', { ...asset, preset: 'card' })).toBe(200)
    expect(await statusOf('renderAssetFile', { ...asset, format: 'webp', preset: 'card' })).toBe(200)
    expect(await statusOf('deleteAsset', asset)).toBe(200)
    expect(await statusOf('createProject', { project_id: 'new' })).toBe(201)
    for (const id of ['health', 'ready', 'metrics', 'docs', 'openApi']) expect(await statusOf(id, {}), id).toBe(200)
    expect(await statusOf('deleteImage', image)).toBe(200)
    const selection = { image_ids: [other?.image_id] }
    expect((await execute('deleteImages', project, { body: selection })).status).toBe(200)
    expect(await statusOf('deleteProject', project)).toBe(200)

    const all = operations.map(({ operation }) => operation.operationId)
    expect([...tried, ...OF_ACCOUNTS].sort()).toEqual(all.sort())
    expect(docs.invented).toEqual([])
    expect(docs.foreignRequests).toEqual([])
    // Of the refused render.
    expect(docs.complaints).toEqual([expect.stringMatching(/ 403 .*\/render$/)])
  })

  it('can register, sign in, renew, change the password and sign out', async (context) => {
    const docs = await openDocs(context, ['--registration', 'open'])
    const { execute } = docs
    expect((await execute('register')).status).toBe(201)
    expect(await execute('register')).toMatchObject({ status: 409, body: expect.stringContaining('email_taken') })
    const signedIn = async () => {
      const { status, body } = await execute('login')
      expect(status).toBe(200)
      return signedInSchema.parse(JSON.parse(body))
    }
    const renewed = await execute('refresh', {}, { body: { refresh_token: (await signedIn()).refresh_token } })
    expect(renewed.status).toBe(200)
    expect(await execute('me')).toMatchObject({ status: 401, body: expect.stringContaining('unauthenticated') })

    const { access_token = '', refresh_token } = await signedIn()
    await docs.page.locator('.auth-wrapper .authorize').click()
    const form = docs.page.locator('.auth-container:has-text("bearer")')
    await form.locator('input').fill(access_token)
    await form.locator('.auth-btn-wrapper .authorize').click()
    await docs.page.locator('.btn-done').last().click()
    expect(await execute('me')).toMatchObject({ status: 200, body: expect.stringContaining('ada@example.com') })
    expect((await execute('logout', {}, { body: { refresh_token } })).status).toBe(204)
    expect((await execute('changePassword')).status).toBe(401)
    expect(docs.foreignRequests).toEqual([])
    expect(docs.complaints.join('\n')).not.toContain('Content Security Policy')
  })
})
