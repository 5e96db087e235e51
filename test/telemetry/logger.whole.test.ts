// The log: lines that wait to be written together are written, however the process ends.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const LOGGER = fileURLToPath(new URL('../../dist/telemetry/logger.js', import.meta.url))

/** Runs a program that has a logger `log`, and gives the messages that came out of it. */
const messagesOf = (program: string): Promise<string[]> =>
  new Promise((resolve) => {
    const code = `import { createLogger } from ${JSON.stringify(LOGGER)}\nconst log = createLogger({ fd: 1 })\n${program}`
    execFile(process.execPath, ['--input-type=module', '-e', code], { maxBuffer: 2 ** 26 }, (_, stdout) => {
      resolve([...stdout.matchAll(/"msg":"(\w+)"/g)].map(([, message = '']) => message))
    })
  })

describe('a log line', () => {
  it.each([
    ['ends', "log.info('first'); log.warn('second')"],
    ['calls process.exit', "log.info('first'); log.warn('second'); process.exit(3)"],
    ['fails', "log.info('first'); log.warn('second'); throw new Error('on purpose')"],
    ['exits a little later', "log.info('first'); setTimeout(() => { log.warn('second'); process.exit(0) }, 20)"],
  ])('is written when the process %s', async (_, program) => {
    expect(await messagesOf(program)).toEqual(['first', 'second'])
  })

  it('is written before the process ends', async () => {
    const program = "process.on('exit', () => process.kill(process.pid, 'SIGKILL')); log.info('early')"
    expect(await messagesOf(`${program}\nsetTimeout(() => process.kill(process.pid, 'SIGKILL'), 2000)`)).toEqual([
      'early',
    ])
  })

  it('keeps its order among many', async () => {
    const messages = await messagesOf("for (let n = 0; n < 5000; n++) log.info('line' + n)")
    expect(messages).toEqual(Array.from({ length: 5000 }, (_, n) => `line${n}`))
  })
})
