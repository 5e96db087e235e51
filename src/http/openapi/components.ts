// Components of the OpenAPI document: parameters, responses and error examples that several operations share.

import { STATUS_CODES } from 'node:http'
import type { OpenAPIHono } from '@hono/zod-openapi'

type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>
type Operation = NonNullable<NonNullable<Document['paths']>[string]['get']>
type Parameter = NonNullable<Operation['parameters']>[number]

type Response = {
  description: string
  headers?: Record<string, { description: string } | { $ref: string }>
  content?: Record<string, { examples?: Record<string, object> }>
}

/** Headers of every response, by the names of their components. */
const COMMON_HEADERS = {
  'X-Request-Id': {
    description: 'Id of the request in the log: that of the request where it is plain, else a new one.',
    required: true,
    schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,128}$' },
  },
  'RateLimit-Policy': {
    description: 'Limit of requests and its window in seconds; present where requests are limited.',
    schema: { type: 'string' },
    example: '"read";q=600;w=60',
  },
  RateLimit: {
    description: 'Remaining requests, and seconds until the window ends; present where requests are limited.',
    schema: { type: 'string' },
    example: '"read";r=599;t=42',
  },
} as const

const COMMON_REFERENCES = Object.fromEntries(
  Object.keys(COMMON_HEADERS).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
)

const PROBLEM = 'application/problem+json'

/** Moves what occurs in several operations to `components`, so that the document says it once. */
export const shareComponents = (document: Document): Document => {
  const examples: Record<string, object> = {}
  const parameters = createShared<Parameter>('parameters')
  const responses = createShared<Response>('responses')
  const operations = Object.values(document.paths ?? {})
    .flatMap(({ get, put, post, patch, delete: remove }) => [get, put, post, patch, remove])
    .filter((operation) => operation !== undefined)
    .map((operation) => ({
      operation,
      parameters: operation.parameters?.map(withoutRepeatedDescription),
      responses: Object.entries<Response>(operation.responses ?? {}).map(
        ([status, response]) => [status, withCommonHeaders(withExamplesIn(examples, response))] as const,
      ),
    }))
  for (const each of operations) {
    for (const parameter of each.parameters ?? []) parameters.count(parameter, parameterName(parameter))
    for (const [status, response] of each.responses) responses.count(response, responseName(status, response))
  }
  for (const { operation, ...each } of operations) {
    if (each.parameters) operation.parameters = each.parameters.map(parameters.share)
    operation.responses = Object.fromEntries(
      each.responses.map(([status, response]) => [status, responses.share(response)]),
    )
  }
  const headers = COMMON_HEADERS
  const shared = { headers, parameters: parameters.components, responses: responses.components, examples }
  return { ...document, components: { ...document.components, ...shared } }
}

/** Values that occur twice or more become components. Of different values with one name, the first gets it. */
const createShared = <Value extends object>(section: string) => {
  const texts = new Map<string, string>()
  const counts = new Map<string, number>()
  const components: Record<string, Value> = {}
  return {
    components,

    count(value: Value, name: string) {
      const text = JSON.stringify(value)
      if (!texts.has(name)) texts.set(name, text)
      counts.set(text, (counts.get(text) ?? 0) + 1)
    },

    share(value: Value): Value | { $ref: string } {
      const text = JSON.stringify(value)
      const name = [...texts].find(([, each]) => each === text)?.[0]
      if (name === undefined || (counts.get(text) ?? 0) < 2) return value
      components[name] = value
      return { $ref: `#/components/${section}/${name}` }
    },
  }
}

/** The generator writes the description of a parameter into its schema, too. */
const withoutRepeatedDescription = (parameter: Parameter): Parameter => {
  if (!('schema' in parameter) || !parameter.schema || '$ref' in parameter.schema) return parameter
  const { description: _, ...schema } = parameter.schema
  return { ...parameter, schema }
}

/** The response with its error examples as references. @param examples gets the examples by their code */
const withExamplesIn = (examples: Record<string, object>, response: Response): Response => {
  const problem = response.content?.[PROBLEM]
  if (!problem?.examples) return response
  const references = Object.entries(problem.examples).map(([code, example]) => {
    examples[code] = example
    return [code, { $ref: `#/components/examples/${code}` }] as const
  })
  const shared = { [PROBLEM]: { ...problem, examples: Object.fromEntries(references) } }
  return { ...response, content: { ...response.content, ...shared } }
}

const withCommonHeaders = (response: Response): Response => ({
  ...response,
  headers: { ...COMMON_REFERENCES, ...response.headers },
})

const parameterName = (parameter: Parameter): string =>
  'name' in parameter ? `${parameter.in}.${parameter.name}` : parameter.$ref

/** Such as `project_not_found_or_image_not_found`, or `NotModified`. */
const responseName = (status: string, response: Response): string => {
  const codes = Object.keys(response.content?.[PROBLEM]?.examples ?? {})
  return codes.length > 0 ? codes.join('_or_') : (STATUS_CODES[status] ?? status).replaceAll(' ', '')
}
