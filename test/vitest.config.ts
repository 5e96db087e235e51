// Every test that needs Node alone. The fault suite and the benchmarks have commands of their own.

import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { nothingSkipped } from './support/nothing-skipped.ts'

/** Where `.ci/run` wants the counts, as JSON. */
const report = process.env.TINTYPE_TEST_REPORT

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    exclude: ['test/faults/**', 'test/bench/**'],
    globalSetup: 'test/global-setup.ts',
    // One more than cores: files wait for the disk and for other processes most of the time.
    maxWorkers: availableParallelism() + 1,
    // Real pictures, processes and syncs on a machine that may be slow: a limit against hanging, not a measurement.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: [
      'default',
      ...(report ? ['json'] : []),
      ...(process.env.TINTYPE_REQUIRE_ALL === '1' ? [nothingSkipped()] : []),
    ],
    outputFile: report ? { json: report } : {},
  },
})
