// HTML of the gallery's pages: the built page, with URLs under the base path, and what search engines and messengers
// read of it.

import { html } from 'hono/html'
import type { DirectReads } from '../../stores/direct-reads.ts'
import type { ProjectView } from '../schemas/projects.ts'

/**
 * Content security policy: scripts, styles and requests of this server alone. Placeholders are `data:` URLs, and
 * previews of files that are uploaded `blob:` URLs.
 *
 * @param pictures where requests for originals are redirected
 */
export const pagePolicy = (pictures: DirectReads | undefined): string => {
  const self = pictures ? `'self' ${pictures.origin}` : "'self'"
  return (
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src ${self} data: blob:; connect-src ${self}; ` +
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
  )
}

/** {@link pagePolicy} where this server sends all pictures. */
export const PAGE_POLICY = pagePolicy(undefined)

export interface Preview {
  project: Pick<ProjectView, 'project_id' | 'title' | 'image_count' | 'cover'>
  /** Origin of the page's address, such as `https://example.com`: messengers need whole URLs. */
  origin: string
  /** Path of the page. */
  path: string
}

export interface PageContent {
  /** @default none: a page that is the same for every project */
  preview?: Preview | undefined
  /** Whether search engines may list the page. @default false */
  isIndexed?: boolean
}

/**
 * @param built HTML as vite has written it
 * @param base path of the app, without a slash at the end
 */
export const pageOf = async (
  built: string,
  base: string,
  { preview, isIndexed = false }: PageContent = {},
): Promise<string> => {
  const prefix = String(await html`${base}`)
  const robots = isIndexed ? '' : '<meta name="robots" content="noindex">\n'
  const about = preview ? await previewOf(preview) : ''
  const title = preview ? String(await html`<title>${titleOf(preview)} – Tintype</title>`) : TITLE
  // Functions, so that "$" in texts means nothing.
  return built
    .replaceAll(/(src|href)="\.\//g, (_, name: string) => `${name}="${prefix}/gallery/`)
    .replace(TITLE, () => title)
    .replace('</head>', () => `${robots}<meta name="tintype-base" content="${prefix}">\n${about}</head>`)
}

/** Title of the built page. */
const TITLE = '<title>Tintype</title>'

const titleOf = ({ project: { title, project_id } }: Preview): string => title ?? project_id

/** Open Graph of a public project, for the previews of messengers. Titles are texts of others. */
const previewOf = async (preview: Preview): Promise<string> => {
  const { project, origin, path } = preview
  const { image_count: count, cover } = project
  const picture = cover
    ? await html`<meta property="og:image" content="${origin}${cover.urls.medium}">
    <meta property="og:image:type" content="image/jpeg">
    <meta property="og:image:width" content="${cover.sizes.medium.width}">
    <meta property="og:image:height" content="${cover.sizes.medium.height}">
    <meta property="og:image:alt" content="${cover.alt ?? ''}">
    <meta name="twitter:card" content="summary_large_image">`
    : html`<meta name="twitter:card" content="summary">`
  const page = await html`<meta property="og:type" content="website">
    <meta property="og:title" content="${titleOf(preview)}">
    <meta property="og:description" content="${count} ${count === 1 ? 'picture' : 'pictures'}">
    <meta property="og:url" content="${origin}${path}">
    ${picture}
  `
  return String(page)
}
