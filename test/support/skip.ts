// What is skipped says so in one line; with TINTYPE_REQUIRE_ALL=1 it is a failure, see vitest/nothing-skipped.ts.

import type { TestContext } from 'vitest'

export const skipWithout = (context: TestContext, what: string): never => {
  process.stderr.write(`skipped, this machine lacks ${what}: ${context.task.name}\n`)
  return context.skip(what)
}
