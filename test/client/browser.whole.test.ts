// The client in Chromium, on a page of another allowed origin, with cookies, against a server of its own.

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page, Request as PageRequest } from 'playwright-core'
import { build } from 'vite'
import { expect, it, vi } from 'vitest'
import { listen } from '../support/app.ts'
import { ADA } from '../support/auth/accounts.ts'
import { startBrowser } from '../support/browser.ts'
import { startCuttingProxy } from '../support/client/cutting-proxy.ts'
import { temporaryFolder } from '../support/disk/folder.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { serve } from '../support/processes/tintype.ts'

/** A browser on a busy machine. */
const LIMIT_MS = 300_000

const PATIENCE = { timeout: 60_000, interval: 20 }

/** The site of the page: the page itself, its script and a photo. */
const startSite = async () => {
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      rolldownOptions: { input: fileURLToPath(new URL('../support/client/page.ts', import.meta.url)) },
    },
  })
  const [first] = Array.isArray(output) ? output : [output]
  if (!first || !('output' in first)) throw new Error('the bundler made nothing')
  const files: Record<string, [type: string, body: string | Uint8Array<ArrayBuffer>]> = {
    '/': ['text/html', '<!doctype html><title>Page</title><script type="module" src="/page.js"></script>'],
    '/page.js': ['text/javascript', first.output[0].code],
    '/photo.jpg': ['image/jpeg', new Uint8Array(await smallPhoto())],
  }
  const fetch = ({ url }: Request) => {
    const [type, body] = files[new URL(url).pathname] ?? []
    return type ? new Response(body, { headers: { 'Content-Type': type } }) : new Response(null, { status: 204 })
  }
  return listen({ fetch, request: () => new Response() })
}

/** Calls a step of the program of the page. */
const call = (page: Page, step: string, ...args: unknown[]): Promise<unknown> =>
  page.evaluate(`steps.${step}(...${JSON.stringify(args)})`)

const openTab = async (context: BrowserContext, site: string, server: string): Promise<Page> => {
  const page = await context.newPage()
  await page.goto(site)
  await page.waitForFunction('globalThis.steps !== undefined')
  await call(page, 'open', server)
  return page
}

/** A slow network, on which a picture takes a while. @param bytesPerSecond -1 for no limit */
const slowDown = async (page: Page, bytesPerSecond: number): Promise<void> => {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond },
  })
}

/** Lets the client believe that the session cookie is about to expire. */
const expire = (page: Page): Promise<unknown> =>
  page.evaluate(`for (const [key, text] of Object.entries(localStorage))
    localStorage.setItem(key, JSON.stringify({ ...JSON.parse(text), until: 0 }))`)

const uploadedBy = async (page: Page, project: string, padding?: number) => {
  const uploaded = await call(page, 'upload', project, padding)
  if (typeof uploaded !== 'object' || uploaded === null || !('image_id' in uploaded))
    throw new Error('expected an image')
  return { loaded: [], bytes: 0, ...uploaded, image_id: String(uploaded.image_id) }
}

it(
  'signs in, uploads with progress and without doubles, reads, follows over a restart, and signs out',
  async (context) => {
    const browser = await startBrowser(context)
    const site = await startSite()
    const storage = join(await temporaryFolder(), 'storage')
    const flags = ['--storage', storage, '--registration', 'open', '--allowed-origins', site.url]
    const server = await serve(flags)
    const tabs = await browser.newContext()
    const page = await openTab(tabs, site.url, server.url)

    expect(await call(page, 'failure', 'demo')).toEqual({ code: 'project_not_found', status: 404, hasRequestId: true })
    expect(await call(page, 'register', ADA.email, ADA.password)).toBe(ADA.email)
    await slowDown(page, 3_000_000)
    const first = await uploadedBy(page, 'demo', 2_000_000)
    expect(first.loaded[0]).toBe(0)
    expect(first.loaded.at(-1)).toBe(first.bytes)
    expect(first.loaded.length).toBeGreaterThan(2)
    expect(await call(page, 'makePrivate', 'demo')).toBe('private')
    expect(await call(page, 'refusedUpload')).toMatchObject({ code: 'not_an_image', status: 415, hasRequestId: true })
    expect(await call(page, 'abortedUpload')).toBe('AbortError')
    await slowDown(page, -1)

    // The session outlives a reload. Two tabs whose cookie is about to expire renew it one after the other: the second one
    // may not have heard of the first, since changes of a tab's storage reach other processes later.
    await page.reload()
    await page.waitForFunction('globalThis.steps !== undefined')
    await call(page, 'open', server.url)
    const other = await openTab(tabs, site.url, server.url)
    const renewals: string[] = []
    const isRenewal = (request: PageRequest) => request.method() === 'POST' && request.url().endsWith('/auth/refresh')
    tabs.on('request', (request) => {
      if (isRenewal(request)) renewals.push('begins')
    })
    tabs.on('response', (response) => {
      if (isRenewal(response.request())) renewals.push(`ends with ${response.status()}`)
    })
    await expire(page)
    expect(await Promise.all([call(page, 'images', 'demo', 1), call(other, 'images', 'demo', 1)])).toEqual([
      [first.image_id],
      [first.image_id],
    ])
    expect(renewals.join()).toMatch(/^begins,ends with 200(,begins,ends with 200)?$/)
    await other.close()

    // Lost answers: the preflight is known by now, so that these are those of uploads.
    const proxy = await startCuttingProxy(server.port)
    const lossy = await openTab(tabs, site.url, proxy.url)
    const second = await uploadedBy(lossy, 'demo')
    proxy.cut(2)
    const third = await uploadedBy(lossy, 'demo')
    expect(proxy.cuts()).toBe(2)
    const ids = [first, second, third].map(({ image_id }) => image_id)
    expect(await call(lossy, 'images', 'demo', 2)).toEqual(ids)
    await lossy.close()

    expect(await call(page, 'attributes', 'demo')).toMatchObject({
      src: expect.stringMatching(new RegExp(`^${server.url}/projects/demo/images/`)),
      srcset: expect.stringContaining(`, ${server.url}/`),
      ...{ sizes: '200px', width: 640, height: 480, alt: 'Ein Schiff', loading: 'lazy' },
      placeholder: expect.stringMatching(/^[\w+/=]+$/),
    })

    await call(page, 'subscribe', 'demo', 0)
    await vi.waitFor(async () => expect(await call(page, 'added')).toEqual(ids), PATIENCE)
    await server.stop()
    const again = await serve([...flags, '--port', String(server.port)])
    expect(again.url).toBe(server.url)
    for (let at = 0; at < 2; at++) ids.push((await uploadedBy(page, 'demo')).image_id)
    await vi.waitFor(async () => expect(await call(page, 'added')).toEqual(ids), PATIENCE)
    expect(await call(page, 'unsubscribe')).toMatch(/^\d+$/)

    expect([await call(page, 'me'), await call(page, 'signedOut')]).toEqual(['user', 0])
    expect(await call(page, 'logout')).toBe(204)
    expect(await call(page, 'failure', 'demo')).toMatchObject({ code: 'project_not_found' })
    expect(await call(page, 'signedOut')).toBe(0)
    await tabs.close()
  },
  LIMIT_MS,
)
