// Every test that needs Node alone. The fault suite and the benchmarks have commands of their own.

import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import type { InlineConfig } from 'vitest/node'
import { nothingSkipped } from './support/vitest/nothing-skipped.ts'
import { progress } from './support/vitest/progress.ts'

/** Where `.ci/run` wants the counts, as JSON. */
const report = process.env.TINTYPE_TEST_REPORT

/** Folders of `npm run test:unit`: rules, pictures, and the API without a server process. */
const UNIT = ['core', 'config', 'telemetry', 'image', 'http']

/** Tests that start programs, send megabytes or take seconds of a core: not for `npm run test:unit`. */
const WHOLE = 'test/**/*.whole.test.ts'

/** Folders with commands of their own. */
const OTHER_COMMANDS = ['faults', 'bench']

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    // One more than cores: files wait for the disk and for other processes most of the time.
    maxWorkers: availableParallelism() + 1,
    reporters: [
      progress(),
      ...(report ? ['json'] : []),
      ...(process.env.TINTYPE_REQUIRE_ALL === '1' ? [nothingSkipped()] : []),
    ],
    outputFile: report ? { json: report } : {},
    silent: 'passed-only',
    // Compiled modules stay in node_modules/ between runs, by the hash of their source.
    experimental: { fsModuleCache: true },
    projects: [
      // Files share their modules and their encoder, which each test process starts once: no file mocks a module.
      project('unit', {
        include: UNIT.map((folder) => `test/${folder}/**/*.test.ts`),
        exclude: [WHOLE],
        isolate: false,
      }),
      project('whole', {
        include: ['test/*.test.ts', `test/!(${[...UNIT, ...OTHER_COMMANDS].join('|')})/**/*.test.ts`, WHOLE],
        setupFiles: 'test/support/vitest/close-encoders.ts',
      }),
    ],
  },
})

function project(name: string, options: Pick<InlineConfig, 'include' | 'exclude' | 'isolate' | 'setupFiles'>) {
  return {
    extends: true as const,
    test: {
      name,
      globalSetup: 'test/support/vitest/global-setup.ts',
      // Real pictures, processes and syncs on a machine that may be slow: a limit against hanging, not a measurement.
      testTimeout: 60_000,
      hookTimeout: 60_000,
      ...options,
    },
  }
}
