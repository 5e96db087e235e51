// Swagger UI in a real browser: every route is executed with its required values alone, as a reader would try it.

import type { Locator, Route } from 'playwright-core'
import { assert, describe, expect, it, type TestContext } from 'vitest'
import { z } from 'zod'
import { signedInSchema } from '../../src/http/schemas/accounts.ts'
import { atlasSchema } from '../../src/http/schemas/atlases/atlases.ts'
import { batchSchema } from '../../src/http/schemas/batches.ts'
import { uploadSchema } from '../../src/http/schemas/images/images.ts'
import { jobSchema } from '../../src/http/schemas/jobs.ts'
import { linkWithUrlSchema } from '../../src/http/schemas/links.ts'
import { deliveryListSchema, webhookViewSchema } from '../../src/http/schemas/webhooks.ts'
import { openPage, startBrowser } from '../support/browser.ts'
import { operations } from '../support/openapi/document.ts'
import { photo } from '../support/pictures/pictures.ts'
import { serve } from '../support/processes/tintype.ts'
import { thorough } from '../support/thorough.ts'

interface Tried {
  status: number
  body: string
}

/**
 * The documentation of a new server, opened in a browser.
 *
 * @param ids the operations that the page shows: it renders all of them again with each key and each answer, which takes
 *   seconds for the whole document. @default all
 */
const openDocs = async (context: TestContext, flags: readonly string[], ids?: readonly string[]) => {
  const browser = await startBrowser(context)
  const { url } = await serve(flags)
  const watched = await openPage(browser, `${url}/docs`, async (page) => {
    if (ids) await page.route('**/openapi.json', (route) => fulfillWith(route, ids), { times: 1 })
  })
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
    if (file) {
      const field = block.locator('input[type="file"]')
      // A list of files begins without one.
      if ((await field.count()) === 0) await block.locator('.json-schema-form-item-add').click()
      await field.setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer: file })
    }
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

/** Answers with the server's document, of which these operations remain, and what they refer to. */
const fulfillWith = async (route: Route, ids: readonly string[]): Promise<void> => {
  const response = await route.fetch()
  const document = documentSchema.parse(await response.json())
  for (const methods of Object.values(document.paths))
    for (const [method, { operationId }] of Object.entries(methods))
      if (!ids.includes(operationId)) delete methods[method]
  const { securitySchemes = {}, ...sections } = document.components
  const components: typeof sections = { securitySchemes }
  for (const [section, name] of referencesIn(document.paths, sections))
    components[section] = { ...components[section], [name]: sections[section]?.[name] }
  await route.fulfill({ response, json: { ...document, components } })
}

/** Sections and names of all components that a value refers to, also by others. */
const referencesIn = (value: unknown, sections: Record<string, Record<string, unknown>>) => {
  const found = new Map<string, readonly [section: string, name: string]>()
  const collect = (from: unknown): void => {
    for (const [path, section = '', name = ''] of JSON.stringify(from).matchAll(/"#\/components\/(\w+)\/([^"/]+)/g)) {
      if (found.has(path)) continue
      found.set(path, [section, name])
      collect(sections[section]?.[name] ?? assert.fail(path))
    }
  }
  collect(value)
  return found.values()
}

const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
  components: z.record(z.string(), z.record(z.string(), z.unknown())),
})

const PHOTOS = [1, 2].map((seed) => photo({ width: 640, height: 480, seed }))

const PROJECT = { project_id: 'game' }

type Docs = Awaited<ReturnType<typeof openDocs>>

const statusOf = async ({ execute }: Docs, id: string, values: Record<string, string> = {}): Promise<number> =>
  (await execute(id, values)).status

/** Uploads both photos as a reader would, and returns their ids. */
const uploadBoth = async ({ execute }: Docs): Promise<[string, string]> => {
  const ids: string[] = []
  for (const file of await Promise.all(PHOTOS)) {
    const { status, body } = await execute('uploadImage', PROJECT, { file })
    expect([status, body]).toEqual([201, expect.stringContaining('image_id')])
    expect(JSON.parse(body), 'only what was typed').toMatchObject({ title: null, tags: [], focal_point: null })
    ids.push(uploadSchema.parse(JSON.parse(body)).image_id)
  }
  const [first = '', second = ''] = ids
  expect(second).not.toBe(first)
  return [first, second]
}

interface Visit {
  /** Ids of the operations that are executed. */
  ids: readonly string[]
  press(docs: Docs): Promise<void>
  /** Complaints of the console: one of each refused request. */
  complaints?: readonly RegExp[]
}

/** One page each, which shows the operations of the visit. */
const VISITS: Record<string, Visit> = {
  images: {
    ids: [
      ...['uploadImage', 'listImages', 'readImage', 'readImageFile', 'readThumbnail', 'readCover', 'setPrimaryImage'],
      ...['editImage', 'renderImage', 'renderImageFile', 'deleteImage', 'deleteImages'],
    ],
    async press(docs) {
      const [image_id, other] = await uploadBoth(docs)
      const image = { ...PROJECT, image_id }
      expect(await statusOf(docs, 'listImages', PROJECT)).toBe(200)
      expect(await statusOf(docs, 'readImage', image)).toBe(200)
      expect(await statusOf(docs, 'readImageFile', { ...image, size: 'thumb', format: 'webp' })).toBe(200)
      expect(await statusOf(docs, 'readThumbnail', PROJECT)).toBe(200)
      expect(await statusOf(docs, 'readCover', { ...PROJECT, format: 'jpg' })).toBe(200)
      expect(await statusOf(docs, 'setPrimaryImage', image)).toBe(200)
      expect(await statusOf(docs, 'editImage', image)).toBe(200)
      expect(await docs.execute('renderImage', image)).toMatchObject({
        status: 403,
        body: expect.stringContaining('signature_required'),
      })
      expect(await statusOf(docs, 'renderImage', { ...image, preset: 'card' })).toBe(200)
      expect(await statusOf(docs, 'renderImageFile', { ...image, format: 'webp', preset: 'card' })).toBe(200)
      expect(await statusOf(docs, 'deleteImage', image)).toBe(200)
      const selection = { image_ids: [other] }
      expect((await docs.execute('deleteImages', PROJECT, { body: selection })).status).toBe(200)
    },
    complaints: [/ 403 .*\/render$/],
  },
  'assets and projects': {
    ids: [
      ...['putAsset', 'listAssets', 'readAsset', 'renderAsset', 'renderAssetFile', 'deleteAsset', 'uploadImages'],
      ...[
        'readArchive',
        'readManifest',
        'readSourcePicture',
        'createProject',
        'listProjects',
        'readProject',
        'editProject',
        'deleteProject',
      ],
    ],
    async press(docs) {
      const [file] = await Promise.all(PHOTOS)
      const asset = { ...PROJECT, name: 'ui/button-ok' }
      expect((await docs.execute('putAsset', asset, { file })).status).toBe(201)
      expect(await statusOf(docs, 'listAssets', PROJECT)).toBe(200)
      expect(await statusOf(docs, 'readAsset', { ...asset, format: 'png' })).toBe(200)
      expect(await statusOf(docs, 'renderAsset', { ...asset, preset: 'card' })).toBe(200)
      expect(await statusOf(docs, 'renderAssetFile', { ...asset, format: 'webp', preset: 'card' })).toBe(200)
      expect(await statusOf(docs, 'deleteAsset', asset)).toBe(200)
      expect((await docs.execute('uploadImages', PROJECT, { file })).status).toBe(200)
      expect(await statusOf(docs, 'readArchive', PROJECT)).toBe(200)
      expect(await statusOf(docs, 'readManifest', PROJECT)).toBe(200)
      expect(await docs.execute('readSourcePicture', { ...PROJECT, key: 'a.jpg' })).toMatchObject({
        status: 404,
        body: expect.stringContaining('object_not_found'),
      })
      expect(await statusOf(docs, 'createProject', { project_id: 'new' })).toBe(201)
      expect(await statusOf(docs, 'listProjects')).toBe(200)
      expect(await statusOf(docs, 'readProject', PROJECT)).toBe(200)
      expect(await docs.execute('editProject', PROJECT)).toMatchObject({
        status: 200,
        body: expect.stringContaining('"title":"Cosmic Drift"'),
      })
      expect(await statusOf(docs, 'deleteProject', PROJECT)).toBe(200)
    },
    // Swagger UI says it of each list of files, and shows the usual field.
    complaints: [/Could not find component: JsonSchema_string_binary/, / 404 .*\/source\/a\.jpg$/],
  },
  atlases: {
    ids: [
      ...['uploadImage', 'readAtlas', 'readAtlasPart', 'readAtlasPage'],
      ...['readCoversAtlas', 'readCoversAtlasPart', 'readCoversAtlasPage'],
    ],
    async press(docs) {
      await uploadBoth(docs)
      const pageIn = (body: string) => atlasSchema.parse(JSON.parse(body)).meta.image.split('/').at(-1) ?? ''
      const atlas = await docs.execute('readAtlas', PROJECT)
      expect(atlas.status).toBe(200)
      expect(await statusOf(docs, 'readAtlasPart', { ...PROJECT, index: '0' })).toBe(200)
      expect(await statusOf(docs, 'readAtlasPage', { ...PROJECT, page: pageIn(atlas.body) })).toBe(200)
      const covers = await docs.execute('readCoversAtlas', { projects: 'game' })
      expect(covers.status).toBe(200)
      expect(await statusOf(docs, 'readCoversAtlasPart', { projects: 'game', index: '0' })).toBe(200)
      expect(await statusOf(docs, 'readCoversAtlasPage', { projects: 'game', page: pageIn(covers.body) })).toBe(200)
    },
  },
  collections: {
    ids: [
      ...['uploadImage', 'putCollection', 'listCollections', 'readCollection', 'readCollectionChanges'],
      ...['readCollectionAtlas', 'readCollectionAtlasPart', 'readCollectionAtlasPage', 'deleteCollection'],
    ],
    async press(docs) {
      await uploadBoth(docs)
      const named = { collection: 'strategy' }
      expect((await docs.execute('putCollection', named, { body: { projects: ['game'] } })).status).toBe(201)
      expect(await statusOf(docs, 'listCollections')).toBe(200)
      expect(await statusOf(docs, 'readCollection', named)).toBe(200)
      expect(await statusOf(docs, 'readCollectionChanges', named)).toBe(200)
      const atlas = await docs.execute('readCollectionAtlas', named)
      expect(atlas.status).toBe(200)
      expect(await statusOf(docs, 'readCollectionAtlasPart', { ...named, index: '0' })).toBe(200)
      const page = atlasSchema.parse(JSON.parse(atlas.body)).meta.image.split('/').at(-1) ?? ''
      expect(await statusOf(docs, 'readCollectionAtlasPage', { ...named, page })).toBe(200)
      expect(await statusOf(docs, 'deleteCollection', named)).toBe(204)
    },
  },
  'share links and members': {
    ids: [
      'uploadImage',
      'createLink',
      'listLinks',
      'openLink',
      'revokeLink',
      'listMembers',
      'addMember',
      'signInOptions',
    ],
    async press(docs) {
      await uploadBoth(docs)
      const body = { expires: new Date(Date.now() + 86_400_000).toISOString() }
      const created = await docs.execute('createLink', PROJECT, { body })
      expect(created.status).toBe(201)
      const { id, url } = linkWithUrlSchema.parse(JSON.parse(created.body))
      expect(await statusOf(docs, 'listLinks', PROJECT)).toBe(200)
      expect(await statusOf(docs, 'openLink', { token: url.split('/').at(-1) ?? '' })).toBe(200)
      expect(await statusOf(docs, 'revokeLink', { ...PROJECT, link_id: id })).toBe(204)
      expect(await statusOf(docs, 'listMembers', PROJECT)).toBe(200)
      expect(await docs.execute('addMember', PROJECT)).toMatchObject({
        status: 422,
        body: expect.stringContaining('no_such_account'),
      })
      expect(await statusOf(docs, 'signInOptions')).toBe(200)
    },
    complaints: [/ 422 .*\/members$/],
  },
  'the server, changes and jobs': {
    ids: [
      ...['health', 'ready', 'metrics', 'docs', 'openApi', 'uploadImage', 'listChanges', 'followProject'],
      ...['followProjects', 'readJob', 'readJobThumbnail', 'listJobs', 'cancelJob', 'retryJob', 'uploadImages'],
      'readBatch',
    ],
    async press(docs) {
      for (const id of ['health', 'ready', 'metrics', 'docs', 'openApi']) expect(await statusOf(docs, id), id).toBe(200)
      await uploadBoth(docs)
      expect(await statusOf(docs, 'listChanges', PROJECT)).toBe(200)
      // The page ends these streams after some seconds, since it shows an answer at its end.
      expect(await docs.execute('followProject', PROJECT)).toMatchObject({
        status: 200,
        body: expect.stringMatching(/^retry: \d+\nid: \d+\n\n/),
      })
      expect(await statusOf(docs, 'followProjects', { projects: 'game,new' })).toBe(200)
      const [file] = await Promise.all(PHOTOS)
      const accepted = await docs.execute('uploadImage', { ...PROJECT, Prefer: 'respond-async' }, { file })
      expect(accepted.status).toBe(202)
      const { job_id } = jobSchema.parse(JSON.parse(accepted.body))
      expect(await docs.execute('readJob', { job_id, wait: '60' })).toMatchObject({
        status: 200,
        body: expect.stringContaining('"state":"succeeded"'),
      })
      expect(await statusOf(docs, 'readJobThumbnail', { job_id })).toBe(200)
      expect(await statusOf(docs, 'listJobs')).toBe(200)
      for (const id of ['cancelJob', 'retryJob']) expect(await statusOf(docs, id, { job_id }), id).toBe(409)
      const many = await docs.execute('uploadImages', { ...PROJECT, Prefer: 'respond-async' }, { file })
      expect(many.status).toBe(202)
      const { batch_id } = batchSchema.parse(JSON.parse(many.body))
      expect(await statusOf(docs, 'readBatch', { batch_id })).toBe(200)
    },
    complaints: [/ 409 /, / 409 /, /JsonSchema_string_binary/],
  },
  webhooks: {
    ids: [
      ...['createProject', 'createWebhook', 'listWebhooks', 'readWebhook', 'rotateWebhook', 'testWebhook'],
      ...['editWebhook', 'listWebhookDeliveries', 'redeliverWebhook', 'deleteWebhook'],
    ],
    async press(docs) {
      expect(await statusOf(docs, 'createProject', PROJECT)).toBe(201)
      // Nothing listens there: an attempt that fails is an answer too.
      const receiver = { url: 'http://127.0.0.1:9/', project_id: 'game' }
      const created = await docs.execute('createWebhook', {}, { body: receiver })
      expect(created.status).toBe(201)
      const webhook = { webhook_id: webhookViewSchema.parse(JSON.parse(created.body)).id }
      expect(await statusOf(docs, 'listWebhooks')).toBe(200)
      for (const id of ['readWebhook', 'rotateWebhook', 'testWebhook'])
        expect(await statusOf(docs, id, webhook), id).toBe(200)
      expect((await docs.execute('editWebhook', webhook, { body: { enabled: false } })).status).toBe(200)
      const listed = await docs.execute('listWebhookDeliveries', webhook)
      const [delivery] = deliveryListSchema.parse(JSON.parse(listed.body)).deliveries
      expect(await statusOf(docs, 'redeliverWebhook', { ...webhook, delivery_id: String(delivery?.id) })).toBe(200)
      expect(await statusOf(docs, 'deleteWebhook', webhook)).toBe(204)
    },
  },
}

/** Operations with an account; they have a test of their own. */
const OF_ACCOUNTS = [
  ...['register', 'login', 'refresh', 'logout', 'me', 'changePassword', 'forgottenPassword', 'resetPassword'],
  ...['signInByProvider', 'finishSignInByProvider'],
]

/** A browser is slow on a busy machine. */
const TIMEOUT_MS = 300_000

describe('the documentation in a browser', { timeout: TIMEOUT_MS }, () => {
  it.for(thorough(['images'], Object.keys(VISITS)))(
    'answers routes of %s with the required values alone, without errors in the console',
    async (name, context) => {
      const { ids, press, complaints = [] } = VISITS[name] ?? assert.fail(name)
      const docs = await openDocs(context, ['--presets', 'card:w=320', '--webhook-allow', '127.0.0.1'], ids)
      await press(docs)
      expect([...docs.tried].sort()).toEqual([...ids].sort())
      expect(docs.invented).toEqual([])
      expect(docs.foreignRequests).toEqual([])
      expect(docs.complaints).toEqual(complaints.map((each) => expect.stringMatching(each)))
    },
  )

  it('shows every route of the document, without errors in the console', async (context) => {
    const { page, complaints, foreignRequests } = await openDocs(context, [])
    const shown = await page.locator('.opblock').evaluateAll((blocks) => blocks.map(({ id }) => id.split('-').at(-1)))
    expect(shown.sort()).toEqual(operations.map(({ operation }) => operation.operationId).sort())
    expect(foreignRequests).toEqual([])
    expect(complaints).toEqual([])
  })

  it('is tried with every route of the document', () => {
    const tried = new Set([...OF_ACCOUNTS, ...Object.values(VISITS).flatMap(({ ids }) => ids)])
    const all = operations.map(({ operation }) => operation.operationId)
    expect([...tried].sort()).toEqual(all.sort())
  })

  it('can register, sign in, renew, change the password and sign out', async (context) => {
    const docs = await openDocs(context, ['--registration', 'open'], OF_ACCOUNTS)
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
    expect((await execute('forgottenPassword')).body).toContain('password_reset_closed')
    expect((await execute('resetPassword')).body).toContain('reset_token_invalid')
    for (const id of ['signInByProvider', 'finishSignInByProvider'])
      expect(await execute(id), id).toMatchObject({ status: 404, body: expect.stringContaining('oidc_not_configured') })
    expect(docs.foreignRequests).toEqual([])
    expect(docs.complaints.join('\n')).not.toContain('Content Security Policy')
  })
})
