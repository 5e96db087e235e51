// `tintype openapi`: prints the OpenAPI document as YAML.

import type { Command } from 'commander'
import { version } from '../../version.ts'
import { createCommand } from '../command.ts'

export const openApiYaml = async (): Promise<string> => {
  const [{ stringify }, { openApiDocument }] = await Promise.all([
    import('yaml'),
    import('../../http/openapi/document.ts'),
  ])
  return stringify(openApiDocument({ version }), {
    aliasDuplicateObjects: false,
    blockQuote: 'literal',
    lineWidth: 120,
  })
}

export const openapiCommand = (): Command =>
  createCommand('openapi')
    .description('Print the OpenAPI document of the HTTP API as YAML.')
    .action(async () => void process.stdout.write(await openApiYaml()))
