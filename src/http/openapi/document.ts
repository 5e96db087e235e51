// The OpenAPI 3.1 document of all routes, without a server.

import { OpenAPIHono } from '@hono/zod-openapi'
import { FAILURES } from '../../core/errors.ts'
import * as accounts from './accounts.ts'
import * as docs from './docs.ts'
import * as health from './health.ts'
import * as images from './images.ts'
import * as metrics from './metrics.ts'
import * as projects from './projects.ts'
import * as renders from './renders.ts'
import { SECURITY, SECURITY_SCHEMES } from './security.ts'

export interface OpenApiOptions {
  version: string
  /** Path under which the routes are reached. @default '' */
  basePath?: string
}

/** In the order in which they are shown. */
const ROUTES = [
  images.upload,
  images.list,
  images.read,
  images.file,
  renders.render,
  images.thumbnail,
  images.cover,
  images.remove,
  images.setPrimary,
  projects.list,
  projects.read,
  projects.edit,
  projects.remove,
  accounts.register,
  accounts.login,
  accounts.refresh,
  accounts.logout,
  accounts.me,
  accounts.password,
  health.health,
  health.ready,
  metrics.metrics,
  docs.page,
  docs.openApi,
]

export const openApiDocument = ({ version, basePath }: OpenApiOptions) => {
  const registry = new OpenAPIHono()
  for (const route of ROUTES) registry.openAPIRegistry.registerPath(route)
  for (const [name, scheme] of Object.entries(SECURITY_SCHEMES))
    registry.openAPIRegistry.registerComponent('securitySchemes', name, scheme)
  return registry.getOpenAPI31Document({
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
      { name: 'Images', description: 'Upload, list, read and delete; the cover of a project.' },
      { name: 'Projects', description: 'A project comes into being with its first upload.' },
      { name: 'Accounts', description: 'Register, sign in and out. Access tokens go into `Authorization: Bearer`.' },
      { name: 'Server' },
    ],
  })
}

const CODES = Object.entries(FAILURES).map(([code, { status, title }]) => `| \`${code}\` | ${status} | ${title} |`)

const DESCRIPTION = `A database-free image store for projects: upload once, get \`original\`, \`medium\` (fits 1600 x 1600), \`thumb\` (fits
400 x 400) and \`game\` (exactly 50 x 50) as JPEG. Everything is plain files.

Errors are problem documents (RFC 9457) with a stable \`code\`:

| code | status | meaning |
| --- | --- | --- |
${CODES.join('\n')}
`
