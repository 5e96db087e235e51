// How the `tintype` command is called here, for messages that say what to type.

import { existsSync } from 'node:fs'

/** A clone has it as a script of npm; where the package is installed, npx finds it. */
export const COMMAND = existsSync(new URL('../../src/cli/prepare.mjs', import.meta.url))
  ? 'npm run --silent tintype --'
  : 'npx tintype'
