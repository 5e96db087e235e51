// HTML of the gallery's pages: the built page, with URLs under the base path and a preview of a public project.

import { html } from 'hono/html'
import type { ProjectView } from '../schemas/projects.ts'

/**
 * Content security policy: scripts, styles and requests of this server alone. Placeholders are `data:` URLs, and
 * previews of files that are uploaded `blob:` URLs.
 */
export const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

export interface Preview {
  project: Pick<ProjectView, 'project_id' | 'title' | 'image_count' | 'cover'>
  /** Origin of the page's address, such as `https://example.com`: messengers need whole URLs. */
  origin: string
}

/**
 * @param built HTML as vite has written it
 * @param base path of the app, without a slash at the end
 */
export const pageOf = async (built: string, base: string, preview?: Preview): Promise<string> => {
  const page = built.replaceAll(/(src|href)="\.\//g, `$1="${base}/gallery/`)
  const head = await html`<meta name="tintype-base" content="${base}">`
  const about = preview ? await previewOf(preview, base) : ''
  // A function, so that "$" in titles means nothing.
  return page.replace('</head>', () => `${head}\n${about}</head>`)
}

/** Open Graph of a public project, for the previews of messengers. Titles are texts of others. */
const previewOf = async ({ project, origin }: Preview, base: string): Promise<string> => {
  const { project_id, title, image_count, cover } = project
  const picture =
    cover &&
    (await html`<meta property="og:image" content="${origin}${cover.urls.medium}">
    <meta property="og:image:width" content="${cover.sizes.medium.width}">
    <meta property="og:image:height" content="${cover.sizes.medium.height}">
    <meta property="og:image:alt" content="${cover.alt ?? ''}">
    <meta name="twitter:card" content="summary_large_image">`)
  const page = await html`<meta property="og:type" content="website">
    <meta property="og:title" content="${title ?? project_id}">
    <meta property="og:description" content="${image_count} pictures">
    <meta property="og:url" content="${origin}${base}/g/${project_id}">
    ${picture ?? ''}
  `
  return String(page)
}
