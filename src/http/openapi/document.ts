// The OpenAPI 3.1 document of all routes.

import { OpenAPIHono } from '@hono/zod-openapi'
import { FAILURES } from '../../core/errors.ts'
import { CSRF_COOKIE, SESSION_COOKIE } from '../../services/auth/credentials.ts'
import * as accounts from './accounts.ts'
import * as atlases from './atlases/atlases.ts'
import * as collections from './atlases/collections.ts'
import { shareComponents } from './components.ts'
import * as events from './events.ts'
import * as archives from './images/archives.ts'
import * as assets from './images/assets.ts'
import * as bulk from './images/bulk.ts'
import * as deletions from './images/image-deletions.ts'
import * as details from './images/image-details.ts'
import * as images from './images/images.ts'
import * as manifests from './images/manifest.ts'
import * as sourcePictures from './images/source-pictures.ts'
import * as jobs from './jobs.ts'
import * as links from './links.ts'
import * as members from './members.ts'
import * as projects from './projects.ts'
import * as server from './server.ts'
import * as deliveries from './webhooks/deliveries.ts'
import * as webhooks from './webhooks/webhooks.ts'

export interface OpenApiOptions {
  version: string
  /** Path of the app in its parent app. @default '' */
  basePath?: string
}

/** In the order of the documentation. */
const ROUTES = [
  images.upload,
  bulk.upload,
  images.list,
  images.read,
  images.file,
  images.render,
  images.renderFile,
  images.thumbnail,
  images.cover,
  details.edit,
  deletions.remove,
  deletions.removeAll,
  images.setPrimary,
  assets.put,
  assets.list,
  assets.read,
  assets.render,
  assets.renderFile,
  assets.remove,
  sourcePictures.read,
  jobs.list,
  jobs.read,
  jobs.cancel,
  jobs.retry,
  jobs.thumbnail,
  jobs.batch,
  projects.list,
  projects.create,
  projects.read,
  projects.edit,
  projects.remove,
  archives.read,
  manifests.read,
  members.list,
  members.add,
  links.create,
  links.list,
  links.revoke,
  links.open,
  atlases.project,
  atlases.projectIndex,
  atlases.projectPage,
  atlases.covers,
  atlases.coversIndex,
  atlases.coversPage,
  ...collections.ROUTES,
  webhooks.create,
  webhooks.list,
  webhooks.read,
  webhooks.edit,
  webhooks.remove,
  webhooks.rotate,
  deliveries.test,
  deliveries.list,
  deliveries.redeliver,
  events.changes,
  events.events,
  events.severalEvents,
  accounts.options,
  accounts.register,
  accounts.login,
  accounts.refresh,
  accounts.logout,
  accounts.oidc,
  accounts.oidcCallback,
  accounts.me,
  accounts.password,
  accounts.forgottenPassword,
  accounts.resetPassword,
  server.health,
  server.ready,
  server.metrics,
  server.docs,
  server.openApi,
]

const SECURITY_SCHEMES = {
  token: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of `POST /auth/login`, or of the identity provider of `JWKS_URL`.',
  },
  key: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'A key of `tintype key create`.' },
  cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: SESSION_COOKIE,
    description:
      `Session of a browser. Requests other than GET also need the value of the cookie \`${CSRF_COOKIE}\` in the header ` +
      '`X-CSRF-Token`.',
  },
} as const

/** Any scheme, or none: public projects, and servers without authentication, need no credentials. */
const SECURITY: Record<string, string[]>[] = [{}, { token: [] }, { key: [] }, { cookie: [] }]

export const openApiDocument = ({ version, basePath }: OpenApiOptions) => {
  const registry = new OpenAPIHono()
  for (const route of ROUTES) registry.openAPIRegistry.registerPath(route)
  for (const [name, scheme] of Object.entries(SECURITY_SCHEMES))
    registry.openAPIRegistry.registerComponent('securitySchemes', name, scheme)
  const document = registry.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Tintype',
      version,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      description: DESCRIPTION,
    },
    servers: [{ url: basePath || '/' }],
    security: SECURITY,
    tags: [
      { name: 'Images', description: 'Upload, list, read, render and delete images; the cover of a project.' },
      { name: 'Assets', description: 'Images under names, whose URLs stay the same when they are replaced.' },
      { name: 'Jobs', description: 'Uploads that need not be waited for (`Prefer: respond-async`).' },
      { name: 'Projects', description: 'The first upload creates a project.' },
      { name: 'Links', description: 'Links that show a project, or one image, to everyone who has them, for a time.' },
      { name: 'Atlases', description: 'Many images as one picture, for games.' },
      { name: 'Collections', description: 'Lists of projects, whose covers are one atlas.' },
      { name: 'Webhooks', description: 'Messages to programs that want to know of changes.' },
      { name: 'Events', description: 'What changes in projects: to list, to wait for, and to follow.' },
      { name: 'Accounts', description: 'Registration and sessions. Access tokens go into `Authorization: Bearer`.' },
      { name: 'Server', description: 'Health, metrics and documentation.' },
    ],
  })
  return shareComponents(document)
}

const CODES = Object.entries(FAILURES).map(([code, { status, title }]) => `| \`${code}\` | ${status} | ${title} |`)

const DESCRIPTION = `A database-free image store for projects: upload once, get \`original\`, \`medium\` (within 1600 x 1600), \`thumb\`
(within 400 x 400) and \`game\` (exactly 50 x 50) as JPEG. The store consists of plain files.

Errors are problem documents (RFC 9457) with a stable \`code\`. Requests that are no valid HTTP reach no route, and are answered
\`malformed_request\`, \`request_timeout\`, \`expectation_failed\` or \`headers_too_large\`; the connection is then closed.

<details><summary>All codes</summary>

| code | status | meaning |
| --- | --- | --- |
${CODES.join('\n')}

</details>
`
