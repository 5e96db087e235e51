// The log as a person reads it: a line stays one line, whatever is in it.

import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createLogger } from '../../src/telemetry/logger.ts'
import { createPrettyFormat } from '../../src/telemetry/pretty.ts'
import { temporaryFolder } from '../support/disk/folder.ts'

it('shows control characters instead of obeying them', async () => {
  const path = join(await temporaryFolder(), 'log')
  const log = createLogger({ fd: openSync(path, 'w'), gatherMs: 0, format: createPrettyFormat() })
  log.info(
    { method: 'GET', path: '/x\n22:00:00 INFO: DELETE /\u001b[2J\u009b\u2028', status: 404, ms: 1, bytes: 2 },
    'request',
  )
  log.warn('one\r\ntwo')
  const [first, second, ...more] = readFileSync(path, 'utf8').split('\n')
  expect(first).toContain('GET /x\\u000a22:00:00 INFO: DELETE /\\u001b[2J\\u009b\\u2028 404 1 ms 2 B')
  expect(second).toContain('WARN: one\\u000d\\u000atwo')
  expect(more).toEqual([''])
})
