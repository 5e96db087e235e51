// The OpenAPI document under Redocly's recommended rules, without a network.

import { createConfig, lintFromString } from '@redocly/openapi-core'
import { describe, expect, it } from 'vitest'
import { openApiYaml } from '../../../src/cli/commands/openapi.ts'

/** GET is on the one path, PUT and DELETE are on the other, and the name of an asset has no dot at its end. */
const UNAMBIGUOUS = [
  'no-ambiguous-paths: Paths should resolve unambiguously. Found two ambiguous paths: ' +
    '`/projects/{project_id}/assets/{name}` and `/projects/{project_id}/assets/{name}.{format}`.',
]

/** A sign-in by a provider succeeds by a redirect alone. */
const REDIRECTS = ['/auth~1oidc/', '/auth~1oidc~1callback/'].map(
  (path) =>
    `operation-2xx-response: Operation must have at least one \`2XX\` response. (#/paths/~1${path.slice(1)}get/`,
)

const KNOWN = [...UNAMBIGUOUS, ...REDIRECTS]

/** Problems of a document, one line each. Examples are also checked against their schemas. */
const lint = async (source: string): Promise<string[]> => {
  const config = await createConfig({
    extends: ['recommended'],
    rules: {
      'no-invalid-media-type-examples': 'error',
      'no-invalid-parameter-examples': 'error',
      'no-invalid-schema-examples': 'error',
    },
  })
  const problems = await lintFromString({ source, absoluteRef: 'openapi.yaml', config })
  return problems
    .map(({ ruleId, message, location }) => `${ruleId}: ${message} (${location[0]?.pointer})`)
    .filter((problem) => !KNOWN.some((known) => problem.startsWith(known)))
}

describe('openapi.yaml', () => {
  it('has no warning of the recommended rules, and only examples that match their schemas', async () => {
    expect(await lint(await openApiYaml())).toEqual([])
  })

  it.each([
    ['no-invalid-schema-examples', 'example: cosmic-drift', 'example: 7'],
    ['no-invalid-schema-examples', /examples:\n( +)- cosmic-drift/, 'examples:\n$1- .hidden'],
    ['no-invalid-media-type-examples', 'new: quiet', 'newer: quiet'],
    ['no-invalid-media-type-examples', /image_order:\n( +)- 4/, 'image_order:\n$1- 7 #'],
    ['tag-description', 'description: The first upload creates a project.', 'x-description: none'],
  ])('is checked by the rule %s', async (rule, before, after) => {
    const source = await openApiYaml()
    const changed = source.replace(before, after)
    expect(changed).not.toBe(source)
    expect((await lint(changed)).join('\n')).toContain(rule)
  })
})
