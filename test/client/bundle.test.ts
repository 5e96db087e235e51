// The client as a page gets it: bundled with its dependency, and without anything of Node.

import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { expect, it } from 'vitest'

/** The promise of the API guide, in bytes. */
const MOST_BYTES = 8000

it('has at most 8 kB gzipped, its dependency included, and imports nothing', async () => {
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: true,
      rolldownOptions: {
        input: fileURLToPath(new URL('../../src/client/index.ts', import.meta.url)),
        preserveEntrySignatures: 'strict',
      },
    },
  })
  const [first] = Array.isArray(output) ? output : [output]
  if (!first || !('output' in first)) return expect.unreachable('the bundler made nothing')
  expect(first.output).toHaveLength(1)
  const [chunk] = first.output
  expect(chunk.exports.sort()).toEqual(['TintypeClientError', 'createClient', 'dataOf'])
  expect([...chunk.imports, ...chunk.dynamicImports]).toEqual([])
  expect(gzipSync(chunk.code).length).toBeLessThanOrEqual(MOST_BYTES)
})
