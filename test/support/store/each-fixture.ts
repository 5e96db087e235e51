// Fixtures of a contract suite: opened by a test, closed after it.

import { afterEach } from 'vitest'

/** Returns a function that opens a fixture. To be called in a `describe`. */
export const openedForEach = <Fixture extends { close(): Promise<unknown> }>(open: () => Promise<Fixture>) => {
  const fixtures: Fixture[] = []
  afterEach(async () => {
    await Promise.all(fixtures.splice(0).map((fixture) => fixture.close()))
  })
  return async (): Promise<Fixture> => {
    const fixture = await open()
    fixtures.push(fixture)
    return fixture
  }
}
