// Routes of the web gallery: its pages, and its scripts and styles.

import { isPublic } from '../../core/auth/access.ts'
import { TintypeError } from '../../core/errors.ts'
import { isProjectId } from '../../core/names.ts'
import { clip } from '../../core/text.ts'
import type { ProjectService } from '../../services/projects/projects.ts'
import type { DirectReads } from '../../stores/direct-reads.ts'
import type { Store } from '../../stores/store.ts'
import { type Context, viewOf } from '../context.ts'
import type { ClientAddress } from '../middleware/client-address.ts'
import { BASE_HEADERS, hasEtag, notModified, sized } from '../response/respond.ts'
import type { Views } from '../response/views.ts'
import { compress, createGalleryFiles, etagOf } from './files.ts'
import { type PageContent, type Preview, pageOf, pagePolicy } from './page.ts'

export interface GalleryRouteOptions {
  store: Pick<Store, 'project'>
  projects: Pick<ProjectService, 'withCover'>
  client: Pick<ClientAddress, 'isSecure'>
  views: Views
  /** Address of the app, which previews name. @default the host of the request */
  publicUrl?: string
  /** Whether search engines may list the front page and the pages of public projects. @default false */
  galleryIndex?: boolean
  /** See {@link pagePolicy}. */
  direct?: DirectReads
}

/** Names of assets change with their content. */
const FOR_EVER = 'public, max-age=31536000, immutable'

export const createGalleryRoutes = (options: GalleryRouteOptions) => {
  const { store, projects, client, views, publicUrl, galleryIndex = false, direct } = options
  const files = createGalleryFiles()
  const pageHeaders = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': pagePolicy(direct) }
  /** Unless wanted, links to projects are meant for people, not for search engines. */
  const unlisted = { ...pageHeaders, 'X-Robots-Tag': 'noindex' }

  const addressOf = (c: Context): string =>
    `${client.isSecure(viewOf(c), c.req.url) ? 'https' : 'http'}://${new URL(c.req.url).host}`

  /** What a messenger may show of a project: nothing of a private or absent one, so that the pages of both are equal. */
  const previewOf = async (c: Context): Promise<Preview | undefined> => {
    const projectId = c.req.param('project_id') ?? ''
    const state = isProjectId(projectId) ? await store.project(projectId).catch(() => undefined) : undefined
    const shown = state && isPublic(state) ? await projects.withCover(state) : undefined
    if (!shown) return undefined
    const { origin } = new URL(publicUrl ?? addressOf(c))
    return { project: views.project(shown, { kind: 'anonymous' }), origin, path: views.pageUrl(projectId) }
  }

  const sendPage = async (c: Context, content: PageContent): Promise<Response> => {
    const { page } = await files()
    const text = await pageOf(page, views.basePath, content)
    const headers = content.isIndexed ? pageHeaders : unlisted
    return send(c, { bytes: text, etag: etagOf(text), caching: 'no-cache', headers })
  }

  return {
    front: (c: Context) => sendPage(c, { isIndexed: galleryIndex }),

    async project(c: Context): Promise<Response> {
      const preview = await previewOf(c)
      return sendPage(c, { preview, isIndexed: galleryIndex && preview !== undefined })
    },

    async asset(c: Context): Promise<Response> {
      const name = c.req.param('asset') ?? ''
      const file = (await files()).assets.get(name)
      if (!file) throw new TintypeError('route_not_found', `There is no file "${clip(name)}" in /gallery.`)
      return send(c, { ...file, caching: FOR_EVER, headers: { 'Content-Type': file.type } })
    },
  }
}

interface Sent {
  bytes: string | Uint8Array<ArrayBuffer>
  /** The bytes as gzip. @default made now */
  compressed?: Uint8Array<ArrayBuffer>
  etag: string
  caching: string
  headers: Record<string, string>
}

const send = async (c: Context, { bytes, compressed, etag, caching, headers }: Sent): Promise<Response> => {
  const revalidation = { ETag: etag, 'Cache-Control': caching, Vary: 'Accept-Encoding' }
  const all = { ...BASE_HEADERS, ...headers, ...revalidation }
  // With the policy of the page too: browsers replace the stored one by that of a 304.
  if (hasEtag(c, etag)) return notModified(c, all)
  if (!acceptsGzip(c)) return sized(c, bytes, 200, all)
  const body = compressed ?? (await compress(bytes))
  return sized(c, body, 200, { ...all, 'Content-Encoding': 'gzip' })
}

const acceptsGzip = (c: Context): boolean =>
  /(?:^|,)\s*gzip\s*(?:;\s*q=(?:1(?:\.0*)?|0\.\d*[1-9]\d*))?\s*(?:,|$)/i.test(c.req.header('accept-encoding') ?? '')
