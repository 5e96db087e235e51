// openapi.yaml in the repository says what the routes say.

import { describe, expect, it } from 'vitest'
import { openApiYaml } from '../../../src/cli/commands/openapi.ts'

describe('openapi.yaml', () => {
  it('is the output of `npm run openapi`', async () => {
    await expect(await openApiYaml()).toMatchFileSnapshot('../../../openapi.yaml')
  })
})
