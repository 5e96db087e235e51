// With TINTYPE_REQUIRE_ALL=1 a skipped test is a failed run: a machine that is meant to test everything does.

import type { Reporter, TestModule } from 'vitest/node'

export const nothingSkipped = (): Reporter => ({
  onTestRunEnd(modules: readonly TestModule[]) {
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')])
    if (skipped.length === 0) return
    for (const test of skipped) process.stderr.write(`skipped, but TINTYPE_REQUIRE_ALL=1: ${test.fullName}\n`)
    process.exitCode = 1
  },
})
