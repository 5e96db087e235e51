// The receiver of the API guide, run as it is written there.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it, onTestFinished, vi } from 'vitest'
import { messageOf } from '../../../src/core/webhooks/events.ts'
import { newSecret } from '../../../src/core/webhooks/model.ts'
import { signedHeaders } from '../../../src/core/webhooks/signature.ts'
import { codeBlocks, pathOfGuide, readGuide } from '../../support/guides.ts'
import { freePort } from '../../support/net/ports.mjs'
import { PATIENCE } from '../../support/vitest/patience.ts'
import { AT } from '../../support/webhooks/webhook.ts'

const MOST_LINES = 15

it('the receiver of the guide has 15 lines, takes signed messages once, and refuses others', async () => {
  const blocks = codeBlocks(await readGuide('src/http/README.md'), 'js')
  const [code = ''] = blocks.filter((block) => block.includes('standardwebhooks'))
  expect(code.trim().split('\n').length).toBeLessThanOrEqual(MOST_LINES)

  const [secret, port] = [newSecret(), await freePort()]
  const receiver = spawn(process.execPath, ['--input-type=module', '-e', code], {
    cwd: pathOfGuide('.'),
    env: { WEBHOOK_SECRET: secret, PORT: String(port) },
  })
  onTestFinished(async () => {
    receiver.kill()
    if (receiver.exitCode === null && receiver.signalCode === null) await once(receiver, 'exit')
  })
  let printed = ''
  receiver.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })

  const message = messageOf('demo', { revision: 7, at: AT, events: [] }, { type: 'image.added', image_id: 'abc' }, 0)
  const post = async (headers: Record<string, string>) =>
    (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body: message.body })).status
  const signed = () => signedHeaders(message, [secret], Date.now())
  await vi.waitFor(() => post({}), { timeout: 60_000, interval: 50 })
  expect([await post(signed()), await post(signed()), await post({ ...signed(), 'webhook-id': 'other' })]).toEqual([
    204, 204, 400,
  ])
  await vi.waitFor(() => expect(printed).toBe('image.added demo abc\n'), PATIENCE)
})
