// The fault suite, `npm run faults`: kills, power cuts, full disks. Most of it needs Linux and root.
// TINTYPE_FAULT_SECONDS is how long many writers write, 30 by default.

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { nothingSkipped } from '../support/vitest/nothing-skipped.ts'

/** Where `.ci/run` wants the counts, as JSON. */
const report = process.env.TINTYPE_TEST_REPORT

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/faults/**/*.test.ts'],
    globalSetup: 'test/support/vitest/global-setup.ts',
    // One file's waits (for locks that grow stale, for sweeps) are another one's time. More would only take turns.
    maxWorkers: 2,
    // Limits against hanging, not measurements.
    testTimeout: 1_200_000,
    hookTimeout: 240_000,
    // Each fault says in one line what was done, see harness/say.ts.
    disableConsoleIntercept: true,
    reporters: [
      'default',
      ...(report ? ['json'] : []),
      ...(process.env.TINTYPE_REQUIRE_ALL === '1' ? [nothingSkipped()] : []),
    ],
    outputFile: report ? { json: report } : {},
  },
})
