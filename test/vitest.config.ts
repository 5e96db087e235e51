// Every test that needs Node alone. The fault suite and the benchmarks have commands of their own.

import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import type { InlineConfig } from 'vitest/node'
import { FOLDER_FILES } from './support/store/folder-tests.ts'
import { nothingSkipped } from './support/vitest/nothing-skipped.ts'
import { progress } from './support/vitest/progress.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Where `.ci/run` wants the counts, as JSON. */
const report = process.env.TINTYPE_TEST_REPORT

/** Folders of `npm run test:unit`: rules, pictures, and the API without a server process. */
const UNIT = ['core', 'config', 'telemetry', 'image', 'http', 'client', 'gallery']

/** Tests that start programs, send megabytes or take seconds of a core: not for `npm run test:unit`. */
const WHOLE = 'test/**/*.whole.test.ts'

/** Folders with commands of their own. */
const OTHER_COMMANDS = ['faults', 'bench']

/** Tests of stores in a bucket, which share one engine. */
const IN_A_BUCKET = ['test/stores/s3/**/*.test.ts', 'test/**/*.bucket.test.ts']

const FILES = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.test.ts'),
)

const filesWith = (pattern: RegExp, among = FILES): string[] =>
  among.filter((name) => pattern.test(readFileSync(join(root, 'test', name), 'utf8'))).map((name) => join('test', name))

/** Files that replace a module, which would be replaced for later files of the same process too. */
const MOCKING = filesWith(/^vi\.mock\(/m)

/** HTTP tests that make an app, over a store in a bucket: those of the routes, and all of them in `.ci/run`. */
const OVER_A_BUCKET = filesWith(
  /\b(?:createTestApp|createAccessApp|createCast|openApp)\(/,
  FILES.filter((name) =>
    process.env.TINTYPE_TEST_ALL === '1'
      ? name.startsWith('http/')
      : name.startsWith('http/routes/') && !name.endsWith('.whole.test.ts'),
  ).filter((name) => !(name in FOLDER_FILES)),
)

const GLOBAL_SETUP = ['test/support/vitest/global-setup.ts', 'test/support/vitest/temporary-files.ts']

export default defineConfig({
  test: {
    root,
    reporters: [
      progress(),
      ...(report ? ['json'] : []),
      ...(process.env.TINTYPE_REQUIRE_ALL === '1' ? [nothingSkipped()] : []),
    ],
    outputFile: report ? { json: report } : {},
    silent: 'passed-only',
    // Most conditions hold within a few milliseconds, but not on a machine that is busy with something else.
    expect: { poll: { interval: 5, timeout: 60_000 } },
    // Compiled modules stay in node_modules/ between runs, by the hash of their source.
    experimental: { fsModuleCache: true },
    // openapi-typescript needs an API that TypeScript 7 has not.
    alias: [{ find: /^typescript$/, replacement: join(root, 'test/support/openapi/typescript.ts') }],
    server: { deps: { inline: ['openapi-typescript'] } },
    // A test process ends, with all that it has loaded, where the next file is of another project. Those of one
    // `groupOrder` follow each other by their names, without a wait for the last file.
    projects: [
      // Files share their modules and their encoder, which each test process starts once: loading and starting them takes
      // longer than most files.
      project('unit', {
        sequence: { groupOrder: 1 },
        maxWorkers: availableParallelism() + 1,
        include: UNIT.map((folder) => `test/${folder}/**/*.test.ts`),
        exclude: [WHOLE, ...IN_A_BUCKET, ...MOCKING],
        isolate: false,
      }),
      project('whole', {
        sequence: { groupOrder: 2 },
        include: ['test/*.test.ts', `test/!(${[...UNIT, ...OTHER_COMMANDS].join('|')})/**/*.test.ts`, WHOLE],
        exclude: [...MOCKING, ...IN_A_BUCKET],
        isolate: false,
      }),
      project('s3', {
        sequence: { groupOrder: 2 },
        include: IN_A_BUCKET,
        globalSetup: [...GLOBAL_SETUP, 'test/support/vitest/ceph.ts'],
        isolate: false,
        // The first tests wait for the engine.
        testTimeout: 240_000,
      }),
      project('http-bucket', {
        sequence: { groupOrder: 2 },
        include: OVER_A_BUCKET,
        isolate: false,
        provide: { store: 'bucket' },
      }),
      project('mocking', {
        sequence: { groupOrder: 2 },
        include: MOCKING,
        setupFiles: 'test/support/vitest/close-encoders.ts',
      }),
    ],
  },
})

type ProjectOptions = Pick<
  InlineConfig,
  | 'include'
  | 'exclude'
  | 'isolate'
  | 'provide'
  | 'setupFiles'
  | 'globalSetup'
  | 'testTimeout'
  | 'sequence'
  | 'maxWorkers'
>

function project(name: string, options: ProjectOptions) {
  return {
    extends: true as const,
    test: {
      name,
      globalSetup: GLOBAL_SETUP,
      // More than cores: these files wait for timers, disks and other processes half of the time.
      maxWorkers: availableParallelism() + 2,
      // Real pictures, processes and syncs on a machine that may be slow: a limit against hanging, not a measurement.
      testTimeout: 240_000,
      hookTimeout: 240_000,
      ...options,
    },
  }
}
