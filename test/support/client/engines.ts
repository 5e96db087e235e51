// Game engines in tests: a server with pictures of flat colours, and a site whose pages run an example in Chromium.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { imageListSchema } from '../../../src/http/schemas/images/images.ts'
import { signUrl } from '../../../src/index.ts'
import { listen } from '../app.ts'
import { openPage } from '../browser.ts'
import { temporaryFolder } from '../disk/folder.ts'
import { ROOT, serve } from '../processes/tintype.ts'
import { formOf } from '../upload.ts'

export type Colour = readonly [red: number, green: number, blue: number]

/** Colours that differ much from each other and from black, which is where nothing is drawn. */
export const COLOURS = {
  red: [220, 20, 30],
  green: [20, 200, 40],
  blue: [30, 40, 210],
  yellow: [230, 220, 20],
  cyan: [20, 210, 220],
  magenta: [210, 30, 200],
} as const satisfies Record<string, Colour>

const ADMIN_KEY = 'admin-key-0123456789abcdef'
const SIGNING_KEY = 'signing-key-0123456789'

/** A preset of which a page of 2048 pixels holds nine. */
const PRESET = 'large:w=512,h=512,fit=cover'

/** Ten colours by the names of their assets: two pages of `large`. */
export const SHADES: Record<string, Colour> = Object.fromEntries(
  Array.from({ length: 10 }, (_, at) => [`shade-${at}`, [20 * at, 250 - 20 * at, (at % 2) * 200]]),
)

/** Where the modules that an example imports lie, from the root of the repository. */
const MODULES = {
  phaser: 'node_modules/phaser/dist/phaser.esm.min.js',
  phaser3: 'node_modules/phaser3/dist/phaser.esm.min.js',
  'pixi.js': 'node_modules/pixi.js/dist/pixi.min.mjs',
  thumbhash: 'node_modules/thumbhash/thumbhash.js',
  'openapi-fetch': 'node_modules/openapi-fetch/dist/index.mjs',
  'tintype/client': 'dist/client/index.js',
} as const

export const EXAMPLES = fileURLToPath(new URL('../../../src/client/examples', import.meta.url))

/**
 * A site with the examples and what they import. Its page `/<example>` runs that example, its URL of a server replaced;
 * what it exports is `example` in the page.
 */
const startSite = async (serverUrl: () => string) => {
  const answer = async ({ url }: Request): Promise<Response> => {
    const { pathname, searchParams } = new URL(url)
    const script = { 'Content-Type': 'text/javascript' }
    if (/^\/examples\/[\w-]+\.js$/.test(pathname)) {
      const text = await readFile(join(EXAMPLES, pathname.slice('/examples/'.length)), 'utf8')
      return new Response(text.replace('http://127.0.0.1:8001', serverUrl()), { headers: script })
    }
    if (pathname === '/game-page.js')
      return new Response(await readFile(new URL('./game-page.js', import.meta.url), 'utf8'), { headers: script })
    if (/^\/(node_modules|dist)\/[\w./-]+\.m?js$/.test(pathname))
      return new Response(await readFile(join(ROOT, pathname), 'utf8'), { headers: script })
    if (!/^\/[\w-]+$/.test(pathname)) return new Response(null, { status: 204 })
    const imports = Object.fromEntries(Object.entries(MODULES).map(([name, path]) => [name, `/${path}`]))
    const phaser = searchParams.get('phaser') === '3' ? imports.phaser3 : imports.phaser
    return new Response(
      `<!doctype html><title>Game</title><body style="margin: 0">
       <script type="importmap">${JSON.stringify({ imports: { ...imports, phaser } })}</script>
       <script type="module">import * as tools from '/game-page.js'
       globalThis.tools = tools
       globalThis.example = await import('/examples${pathname}.js')</script>`,
      { headers: { 'Content-Type': 'text/html' } },
    )
  }
  return listen({ fetch: answer, request: () => new Response() })
}

const asAdmin = (init: RequestInit = {}): RequestInit => ({
  ...init,
  headers: { 'X-API-Key': ADMIN_KEY, ...init.headers },
})

/** A server, a site that may read from it, and the tools of a test. */
export const startGame = async (browser: Browser) => {
  let serverUrl = ''
  const site = await startSite(() => serverUrl)
  const storage = join(await temporaryFolder(), 'storage')
  const server = await serve(['--storage', storage, '--allowed-origins', site.url, '--presets', PRESET], {
    env: { API_KEYS: `admin:${ADMIN_KEY}`, SIGNING_KEYS: SIGNING_KEY },
  })
  serverUrl = server.url

  const request = async (path: string, init?: RequestInit): Promise<Response> => {
    const response = await fetch(`${server.url}${path}`, asAdmin(init))
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`)
    return response
  }

  /** Uploads a picture as an asset. */
  const putPicture = async (project: string, name: string, picture: Uint8Array): Promise<void> => {
    await request(`/projects/${project}/assets/${name}`, { method: 'PUT', body: formOf(picture) })
  }

  return {
    url: server.url,
    request,

    /** The images of a project in their order. */
    images: async (project: string) =>
      imageListSchema.parse(await (await request(`/projects/${project}/images`)).json()).images,

    /** Uploads pictures of flat colours as assets, in this order. */
    async put(project: string, colours: Record<string, Colour>): Promise<void> {
      for (const [name, [r, g, b]] of Object.entries(colours)) {
        const create = { width: 512, height: 512, channels: 3, background: { r, g, b } } as const
        await putPicture(project, name, await sharp({ create }).png().toBuffer())
      }
    },

    putPicture,

    /** URL of a path, signed for ten minutes. */
    signed: (path: string): string =>
      `${server.url}${signUrl(path, { keys: [SIGNING_KEY], expiresAt: new Date(Date.now() + 600_000) })}`,

    makePrivate: (project: string): Promise<Response> =>
      request(`/projects/${project}`, {
        ...{ method: 'PATCH', headers: { 'Content-Type': 'application/json' } },
        body: JSON.stringify({ visibility: 'private' }),
      }),

    /**
     * Opens a page of the site, such as `phaser?phaser=3`, and waits for what its example exports.
     *
     * @param prepare runs before anything is loaded
     */
    async open(example: string, prepare?: (page: Page) => Promise<void>) {
      const { page, complaints } = await openPage(browser, `${site.url}/${example}`, prepare)
      await page.waitForFunction('globalThis.example !== undefined', undefined, { timeout: 120_000 })
      return {
        page,
        /** What went wrong so far. The driver reports how long reading the canvas takes. */
        complaints: () => complaints.filter((line) => !line.includes('GL Driver Message')),
      }
    },
  }
}
