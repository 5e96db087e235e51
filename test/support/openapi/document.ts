// The OpenAPI document as tests read it: every operation with its references resolved, but for those to schemas.

import { z } from 'zod'
import { openApiDocument } from '../../../src/http/openapi/document.ts'

const responseSchema = z.looseObject({
  description: z.string().min(1),
  headers: z.record(z.string(), z.unknown()).optional(),
  content: z
    .record(
      z.string(),
      z.object({
        schema: z.record(z.string(), z.unknown()),
        example: z.unknown().optional(),
        examples: z.record(z.string(), z.object({ value: z.unknown() })).optional(),
      }),
    )
    .optional(),
})

const parameterSchema = z.looseObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean(),
  description: z.string().min(1),
  schema: z.looseObject({ examples: z.array(z.unknown()) }),
})

const operationSchema = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  parameters: z.array(parameterSchema).optional(),
  requestBody: z
    .looseObject({
      content: z.record(
        z.string(),
        z.looseObject({
          schema: z.unknown(),
          example: z.unknown().optional(),
          examples: z.record(z.string(), z.looseObject({ value: z.unknown() })).optional(),
        }),
      ),
    })
    .optional(),
  responses: z.record(z.string(), responseSchema),
})

export const documentSchema = z.looseObject({
  openapi: z.literal('3.1.0'),
  servers: z.array(z.object({ url: z.string() })),
  components: z.record(z.string(), z.record(z.string(), z.unknown())),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
})

export const document = documentSchema.parse(JSON.parse(JSON.stringify(openApiDocument({ version: '1.2.3' }))))

/** Replaces references to shared parameters, responses and examples by their targets. */
const resolved = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(resolved)
  if (typeof value !== 'object' || value === null) return value
  const [, section = '', name = ''] =
    /^#\/components\/(parameters|responses|examples|headers)\/(.+)$/.exec(refOf(value)) ?? []
  if (section !== '') return resolved(document.components[section]?.[name])
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolved(each)]))
}

const refOf = (value: object): string => ('$ref' in value ? String(value.$ref) : '')

export const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    route: `${method.toUpperCase()} ${path}`,
    operation: operationSchema.parse(resolved(operation)),
  })),
)

export const operationOf = (route: string) => {
  const found = operations.find((each) => each.route === route)
  if (!found) throw new Error(`there is no operation ${route}`)
  return found.operation
}
