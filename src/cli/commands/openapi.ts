// `tintype openapi`: the API document as YAML.

import { defineCommand } from 'citty'
import { version } from '../../version.ts'

export const openApiYaml = async (): Promise<string> => {
  const [{ stringify }, { openApiDocument }] = await Promise.all([
    import('yaml'),
    import('../../http/openapi/document.ts'),
  ])
  return stringify(openApiDocument({ version }), { blockQuote: 'literal', lineWidth: 120 })
}

export const openapiCommand = defineCommand({
  meta: { name: 'openapi', description: 'Prints the OpenAPI document of the HTTP API as YAML' },
  async run() {
    process.stdout.write(await openApiYaml())
  },
})
