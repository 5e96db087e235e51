// Answers held against the OpenAPI document: status, code, headers, content type and body have to be as it describes.

import { z } from 'zod'
import { FAILURES } from '../../../src/core/errors.ts'
import type { Tintype } from '../../../src/index.ts'
import { document } from './document.ts'
import { locate, mistakesIn, pointerTo } from './schemas.ts'

type App = Tintype['app']

export interface DescribedResponse {
  /** Codes of problem documents; none for a success. */
  codes: readonly string[]
  /** By their names in lower case. */
  headers: ReadonlyMap<string, { isRequired: boolean; schema: string }>
  /** Pointers to the schemas, by content type. */
  contents: ReadonlyMap<string, string>
}

export interface DescribedOperation {
  method: string
  path: RegExp
  responses: ReadonlyMap<number, DescribedResponse>
}

/** Headers of HTTP itself, and those that protect browsers, which the document leaves out. */
const GENERIC =
  /^(?:content-(?:type|length|security-policy)|date|connection|keep-alive|transfer-encoding|vary|cache-control|access-control-.*|x-content-type-options|x-frame-options|referrer-policy|cross-origin-resource-policy|x-accel-(?:redirect|buffering))$/

const PROBLEM = 'application/problem+json'
const PROBLEM_SCHEMA = pointerTo('components', 'schemas', 'Problem')

const keysOf = (value: unknown): string[] => (typeof value === 'object' && value !== null ? Object.keys(value) : [])

const codeSchema = z.looseObject({ code: z.string() })

const describedResponse = (...place: string[]): DescribedResponse => {
  const at = (...names: string[]) => locate(...place, ...names)
  return {
    codes: keysOf(at('content', PROBLEM, 'examples').value),
    headers: new Map(
      keysOf(at('headers').value).map((name) => [
        name.toLowerCase(),
        {
          isRequired: at('headers', name, 'required').value === true,
          schema: at('headers', name, 'schema').pointer,
        },
      ]),
    ),
    contents: new Map(keysOf(at('content').value).map((type) => [type, at('content', type, 'schema').pointer])),
  }
}

/** Characters of a path outside of its parameters: of two paths that match, the one with more is meant. */
const fixedLength = (path: string): number => path.replaceAll(/\{\w+\}/g, '').length

/** Every operation of the document. */
export const describedOperations: readonly DescribedOperation[] = Object.entries(document.paths)
  .sort(([one], [other]) => fixedLength(other) - fixedLength(one))
  .flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({
      method: method.toUpperCase(),
      path: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      responses: new Map(
        keysOf(locate('paths', path, method, 'responses').value).map((status) => [
          Number(status),
          describedResponse('paths', path, method, 'responses', status),
        ]),
      ),
    })),
  )

/**
 * The same app, which throws instead of an answer that its document doesn't have. Of other methods than a path takes,
 * and of paths that are none, the problem document is checked. Where a socket is behind it, headers and body are the
 * server's to read, and only the status is checked.
 */
export const heldToDocument = (app: App, operations = describedOperations): App => {
  const { fetch } = app
  app.fetch = async (request, env, context) => {
    const response = await fetch(request, env, context)
    const complaints = await complaintsAbout(request, response, {
      operations,
      hasSocket: Boolean(env && 'outgoing' in env),
    })
    const { pathname } = new URL(request.url)
    if (complaints.length > 0)
      throw new Error(
        `${request.method} ${pathname} is answered ${response.status}, not as its OpenAPI description says:\n` +
          complaints.join('\n'),
      )
    return response
  }
  return app
}

/** What the document does not have of an answer, one line each. */
export const complaintsAbout = async (
  request: Pick<Request, 'method' | 'url'>,
  response: Response,
  { operations = describedOperations, hasSocket = false } = {},
): Promise<string[]> => {
  // An answer to a client that has left is never sent.
  if (response.status === FAILURES.client_gone.status) return []
  const { pathname } = new URL(request.url)
  const isHead = request.method === 'HEAD'
  const method = isHead ? 'GET' : request.method
  const operation = operations.find((each) => each.method === method && each.path.test(pathname))
  const described = operation ? operation.responses.get(response.status) : undefined
  if (operation && !described) return [`no status ${response.status}`]
  if (hasSocket) return []
  return [
    ...(described ? headerComplaints(response, described) : []),
    ...(await bodyComplaints(response, described, isHead)),
  ]
}

const headerComplaints = ({ headers }: Response, described: DescribedResponse): string[] => [
  ...[...headers.keys()]
    .filter((name) => !GENERIC.test(name) && !described.headers.has(name))
    .map((name) => `no header ${name}`),
  ...[...described.headers].flatMap(([name, { isRequired, schema }]) => {
    const value = headers.get(name)
    if (value === null) return isRequired ? [`the header ${name} is missing`] : []
    const isNumber = locate(...namesIn(schema), 'type').value === 'integer'
    return mistakesIn(isNumber ? Number(value) : value, schema).map((mistake) => `header ${name}: ${mistake}`)
  }),
]

const namesIn = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))

const bodyComplaints = async (
  response: Response,
  described: DescribedResponse | undefined,
  isBodyUnread: boolean,
): Promise<string[]> => {
  const type = response.headers.get('content-type')?.replace(/\s*;.*$/, '')
  if (!described)
    return type === PROBLEM && !isBodyUnread ? mistakesIn(await response.clone().json(), PROBLEM_SCHEMA) : []
  if (type === undefined) return described.contents.size === 0 ? [] : ['no Content-Type']
  const schema = described.contents.get(type)
  if (schema === undefined) return [`no content of type ${type}`]
  if (isBodyUnread || !/^application\/(?:problem\+)?json$/.test(type)) return []
  const body: unknown = await response.clone().json()
  const mistakes = mistakesIn(body, schema, { isAnswer: true })
  if (type !== PROBLEM || mistakes.length > 0) return mistakes
  const { code } = codeSchema.parse(body)
  return described.codes.includes(code) ? [] : [`no code ${code}`]
}
