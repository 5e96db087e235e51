// The version of the package, from package.json.

import { createRequire } from 'node:module'

export const { version }: { version: string } = createRequire(import.meta.url)('../package.json')
