// Routes of the documentation: the OpenAPI document, and Swagger UI from files of this server.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { SwaggerUI } from '@hono/swagger-ui'
import { TintypeError } from '../../core/errors.ts'
import { clip } from '../../core/text.ts'
import type { DirectReads } from '../../stores/direct-reads.ts'
import type { Context } from '../context.ts'
import { openApiDocument } from '../openapi/document.ts'
import { BASE_HEADERS, hasEtag, notModified, respond, revalidatedJson, sized } from '../response/respond.ts'

export interface DocsRouteOptions {
  version: string
  basePath: string
  /** Where requests for originals are redirected. @default nowhere */
  direct?: DirectReads
}

/** Content security policy: files of this server only. Swagger UI shows received pictures from memory (`blob:`). */
const pagePolicy = (direct: DirectReads | undefined): string =>
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
  `connect-src 'self'${direct ? ` ${direct.origin}` : ''}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/**
 * Swagger UI as @hono/swagger-ui composes it, without the inline script that the policy forbids, in a page of ours: the
 * icon has to be in the head. URLs are relative, so that the page works under any path.
 */
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Tintype API</title>
    <link rel="icon" type="image/png" href="docs/favicon-32x32.png">
  </head>
  <body>
    ${SwaggerUI({
      url: 'openapi.json',
      baseUrl: 'docs',
      manuallySwaggerUIHtml: ({ css, js }) =>
        [
          ...css.map((url) => `<link rel="stylesheet" href="${url}">`),
          '<div id="swagger-ui"></div>',
          ...[...js, 'docs/start.js'].map((url) => `<script src="${url}"></script>`),
        ].join('\n    '),
    })}
  </body>
</html>
`

const START = `window.ui = SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  // The page shows an answer at its end, which a stream of events does not have by itself.
  requestInterceptor: (request) => {
    if (/\\/events(\\?|$)/.test(request.url) && !/[?&]seconds=/.test(request.url))
      request.url += (request.url.includes('?') ? '&' : '?') + 'seconds=5'
    return request
  },
})
`

const TYPES = {
  'favicon-32x32.png': 'image/png',
  'start.js': 'text/javascript; charset=utf-8',
  'swagger-ui-dist/swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui-dist/swagger-ui.css': 'text/css; charset=utf-8',
} as const

type AssetName = keyof typeof TYPES

/** Found at the start: a look-up later may lack file descriptors. */
const require = createRequire(import.meta.url)
const UI_FOLDER = dirname(require.resolve('swagger-ui-dist/package.json'))

interface Asset {
  bytes: Uint8Array<ArrayBuffer>
  etag: string
}

export const createDocsRoutes = ({ version, basePath, direct }: DocsRouteOptions) => {
  let document: ReturnType<typeof openApiDocument> | undefined
  const assets = new Map<AssetName, Promise<Asset>>()

  /** Reads a file at its first request and caches it: 1.7 MB in all. */
  const assetOf = (name: AssetName): Promise<Asset> => {
    const cached = assets.get(name)
    if (cached) return cached
    const asset = readAsset(name)
    assets.set(name, asset)
    asset.catch(() => assets.delete(name))
    return asset
  }

  const sendAsset = async (c: Context, name: string): Promise<Response> => {
    if (!isAssetName(name)) throw new TintypeError('route_not_found', `There is no file "${clip(name)}" in /docs.`)
    const { bytes, etag } = await assetOf(name)
    const caching = { ETag: etag, 'Cache-Control': 'public, max-age=3600' }
    if (hasEtag(c, etag)) return notModified(c, caching)
    return sized(c, bytes, 200, { ...BASE_HEADERS, ...caching, 'Content-Type': TYPES[name] })
  }

  return {
    openApi: (c: Context) => {
      document ??= openApiDocument({ version, basePath })
      return revalidatedJson(c, document)
    },

    page: (c: Context) =>
      sized(c, PAGE, 200, {
        ...BASE_HEADERS,
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': pagePolicy(direct),
        'Cache-Control': 'no-cache',
      }),

    /** `GET /`: redirects to the documentation, by a relative URL. */
    front: (c: Context) => respond(c, null, 302, { ...BASE_HEADERS, Location: 'docs', 'Cache-Control': 'no-cache' }),

    asset: (c: Context) => sendAsset(c, c.req.param('asset') ?? ''),

    bundle: (c: Context) => sendAsset(c, `swagger-ui-dist/${c.req.param('asset')}`),
  }
}

const isAssetName = (name: string): name is AssetName => Object.hasOwn(TYPES, name)

const readAsset = async (name: AssetName): Promise<Asset> => {
  const bytes = new Uint8Array(name === 'start.js' ? Buffer.from(START) : await readUiFile(basename(name)))
  return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` }
}

const readUiFile = (name: string): Promise<Buffer> =>
  readFile(join(UI_FOLDER, name)).catch((cause: unknown) => {
    throw new TintypeError('busy', 'The file cannot be read now.', { cause, retryAfterSeconds: 5 })
  })
