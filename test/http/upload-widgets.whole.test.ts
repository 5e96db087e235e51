// Uploads from web pages, in a real browser: a plain form, Uppy and FilePond, by the snippets of the API guide.

import type { Page, Response } from 'playwright-core'
import { build } from 'vite'
import { expect, it, onTestFinished } from 'vitest'
import { imageListSchema } from '../../src/http/schemas/images/images.ts'
import { type Answering, createTestApp, listen } from '../support/app.ts'
import { startBrowser } from '../support/browser.ts'
import { codeBlocks, readGuide } from '../support/guides.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'

/** A page of this size is slow on a busy machine. */
const LIMIT_MS = 120_000

const KEY = 'a-writer-of-the-other-site'

const SCRIPT = /<script type="module">([\s\S]*?)<\/script>/

/** A snippet as a page, its script bundled with the packages that it imports. */
const pageOf = async (snippet: string): Promise<string> => {
  const [, code] = SCRIPT.exec(snippet) ?? []
  const script = code === undefined ? '' : await bundled(code)
  return `<!doctype html><meta charset="utf-8"><title>Upload</title><body>${snippet.replace(SCRIPT, '')}${script}`
}

/** Elements with the bundled script and its styles. */
const bundled = async (code: string): Promise<string> => {
  const ENTRY = 'virtual:snippet'
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'snippet',
        resolveId: (id) => (id === ENTRY ? `\0${ENTRY}` : undefined),
        load: (id) => (id === `\0${ENTRY}` ? code : undefined),
      },
    ],
    build: { write: false, minify: false, rolldownOptions: { input: ENTRY } },
  })
  const [first] = Array.isArray(output) ? output : [output]
  if (!first || !('output' in first)) throw new Error('the bundler made nothing')
  return first.output
    .map((file) =>
      file.type === 'asset'
        ? `<style>${file.source}</style>`
        : `<script type="module">${file.code.replaceAll('</script', '<\\/script')}</script>`,
    )
    .join('')
}

/** The answer to the first request of a method after an action. */
const answerTo = async (page: Page, method: string, act: () => Promise<void>): Promise<Response> => {
  const [response] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === method),
    act(),
  ])
  return response
}

const guide = await readGuide('src/http/README.md')
const chapter = guide.slice(guide.indexOf('### Upload from a web page'), guide.indexOf('## Transforms'))

it(
  'takes uploads of a form, of Uppy and of FilePond',
  async (context) => {
    const browser = await startBrowser(context)
    const { app } = await createTestApp()
    const { url } = await listen(app)
    const [form, uppy, filepond] = await Promise.all(codeBlocks(chapter, 'html').map(pageOf))
    if (!form || !uppy || !filepond) return expect.unreachable('the guide has three snippets')

    const complaints: string[] = []
    const file = { name: 'Katze 1.jpg', mimeType: 'image/jpeg', buffer: await smallPhoto() }
    const open = async (html: string): Promise<Page> => {
      const page = await browser.newPage()
      onTestFinished(() => page.close())
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text())
      })
      await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }))
      await page.route(`${url}/upload`, (route) => route.fulfill({ contentType: 'text/html', body: html }))
      await page.goto(`${url}/upload`)
      return page
    }
    const images = async () => imageListSchema.parse(await (await app.request('/projects/demo/images')).json()).images

    const plain = await open(form)
    await plain.getByLabel('Title').fill('A cat')
    await plain.locator('input[type=file]').setInputFiles(file)
    const button = plain.getByRole('button', { name: 'Upload' })
    expect((await answerTo(plain, 'POST', () => button.click())).status()).toBe(201)
    expect((await images()).at(-1)).toMatchObject({ name: 'Katze 1.jpg', title: 'A cat', alt: null })

    const withUppy = await open(uppy)
    const stored = await answerTo(withUppy, 'POST', () => withUppy.locator('input').setInputFiles(file))
    expect(await stored.json()).toMatchObject({ name: 'Katze 1.jpg', ignored_fields: ['type'] })
    await withUppy.getByAltText('Katze 1.jpg').waitFor({ state: 'attached' })

    const withFilePond = await open(filepond)
    await withFilePond.locator('input[type=file]').setInputFiles(file)
    await withFilePond.locator('[data-filepond-item-state="processing-complete"]').waitFor()
    expect(await images()).toHaveLength(3)
    expect((await images()).at(-1)).toMatchObject({ name: 'Katze 1.jpg', title: null })
    const undo = withFilePond.locator('.filepond--action-revert-item-processing')
    expect((await answerTo(withFilePond, 'DELETE', () => undo.dispatchEvent('click'))).status()).toBe(200)
    expect(await images()).toHaveLength(2)
    expect(complaints).toEqual([])
  },
  LIMIT_MS,
)

it(
  'takes uploads of Uppy from pages of allowed origins, with a key, and of no others',
  async (context) => {
    const browser = await startBrowser(context)
    const [, snippet = ''] = codeBlocks(chapter, 'html')
    const documents = new Map<string, string>()
    const answer = (request: Request) =>
      new Response(documents.get(new URL(request.url).pathname), { headers: { 'Content-Type': 'text/html' } })
    const site = await listen({ fetch: answer, request: () => new Response() })
    const file = { name: 'Katze 1.jpg', mimeType: 'image/jpeg', buffer: await smallPhoto() }

    const upload = async (allowedOrigins: string[]) => {
      const { app }: { app: Answering } = await createTestApp({ allowedOrigins, apiKeys: [`writer:${KEY}`] })
      const methods: string[] = []
      const record = (request: Request, env?: unknown) => {
        methods.push(request.method)
        return app.fetch(request, env)
      }
      const { url } = await listen({ fetch: record, request: app.request })
      const settings = `endpoint: '${url}/projects/demo/images', headers: { 'X-API-Key': '${KEY}' }`
      const html = snippet
        .replace("endpoint: '/projects/demo/images'", settings)
        .replace('</script>', "uppy.on('upload-error', () => { document.title = 'refused' })\n</script>")
      documents.set('/upload', await pageOf(html))
      const page = await browser.newPage()
      await page.goto(`${site.url}/upload`)
      await page.locator('input').setInputFiles(file)
      await Promise.race([
        page.getByAltText('Katze 1.jpg').waitFor({ state: 'attached' }),
        page.waitForFunction("document.title === 'refused'"),
      ])
      const isRefused = (await page.title()) === 'refused'
      await page.close()
      return { isRefused, methods, status: (await app.request('/projects/demo/images')).status }
    }
    expect(await upload([site.url])).toEqual({ isRefused: false, methods: ['OPTIONS', 'POST'], status: 200 })
    const refused = await upload(['http://127.0.0.1:1'])
    expect([refused.isRefused, refused.status, [...new Set(refused.methods)]]).toEqual([true, 404, ['OPTIONS']])
  },
  LIMIT_MS,
)
