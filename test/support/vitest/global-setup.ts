// Before any test: dist/ is built, because encoder processes and the command line run from there.

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const setup = (): void => {
  const prepare = fileURLToPath(new URL('../../../src/cli/prepare.mjs', import.meta.url))
  execFileSync(process.execPath, [prepare], { stdio: ['ignore', 'inherit', 'inherit'] })
}
