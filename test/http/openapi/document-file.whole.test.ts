// openapi.yaml in the repository, and the types of the client made from it, say what the routes say.

import { describe, expect, it } from 'vitest'
import { openApiYaml } from '../../../src/cli/commands/openapi.ts'
import { clientTypes } from '../../support/openapi/client-types.ts'

describe('openapi.yaml', () => {
  it('is the output of `npm run openapi`', async () => {
    await expect(await openApiYaml()).toMatchFileSnapshot('../../../openapi.yaml')
  })
})

describe('src/client/schema.ts', () => {
  it('is the output of `npm run openapi`', async () => {
    await expect(await clientTypes(await openApiYaml())).toMatchFileSnapshot('../../../src/client/schema.ts')
  })
})
