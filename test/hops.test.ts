// Hops: the files of dist/ that one request passes through, so that no feature is cut into more pieces than it has parts.

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { z } from 'zod'

const SCRIPT = fileURLToPath(new URL('./support/hops.mjs', import.meta.url))

/** Most files of each request; encoder processes are not counted. */
const MAX_FILES = { 'cover from memory': 15, 'cover through the app': 20, upload: 50 }

// Some seconds; a minute beside many other programs.
it('a request runs code of few files', { timeout: 300_000 }, () => {
  const output = execFileSync(process.execPath, [SCRIPT], { encoding: 'utf8' })
  const hops = z.record(z.string(), z.array(z.string()).min(5)).parse(JSON.parse(output))
  for (const [request, max] of Object.entries(MAX_FILES)) {
    const files = hops[request] ?? []
    expect(files.length, `${request}:\n${files.join('\n')}`).toBeLessThanOrEqual(max)
  }
})
