// Event streams of the built server: the example of the guide in a browser, two workers, and a shutdown.

import { describe, expect, it, vi } from 'vitest'
import { openPage, startBrowser } from '../../../support/browser.ts'
import { readStream } from '../../../support/event-stream.ts'
import { codeBlocks, readGuide } from '../../../support/guides.ts'
import { serve } from '../../../support/processes/tintype.ts'
import { upload } from '../../../support/upload.ts'

const PATIENCE = { timeout: 60_000, interval: 20 }

describe('the EventSource of the guide', () => {
  it('hears the changes of a project in a browser', async (context) => {
    const browser = await startBrowser(context)
    const { url } = await serve()
    expect((await upload(url, 'demo')).status).toBe(201)
    const { page } = await openPage(browser, `${url}/docs`)
    const lines: string[] = []
    page.on('console', (message) => void lines.push(message.text()))
    const [example = ''] = codeBlocks(await readGuide('src/http/README.md'), 'js').filter((block) =>
      block.includes('EventSource'),
    )
    const opened = page.waitForResponse((response) => response.url().endsWith('/events'))
    await page.evaluate(example)
    expect((await opened).status()).toBe(200)
    expect((await upload(url, 'demo')).status).toBe(201)
    await vi.waitFor(() => expect(lines.join('\n')).toMatch(/^image\.added [0-9a-z]{20}$/m), PATIENCE)
  })
})

describe('the streams of a server', () => {
  it('do not hold up its shutdown, also where a client reads nothing', async () => {
    const { url, child } = await serve()
    expect((await upload(url, 'demo')).status).toBe(201)
    const heard = readStream(await fetch(`${url}/projects/demo/events`))
    const unread = await fetch(`${url}/projects/demo/events?since=0`)
    const waiting = fetch(`${url}/projects/demo/changes?wait=60`)
    await vi.waitFor(() => expect(heard.lastEventId()).toBe('1'), PATIENCE)
    await vi.waitFor(
      async () => expect(await (await fetch(`${url}/metrics`)).text()).toContain('\ntintype_event_streams 3\n'),
      PATIENCE,
    )
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    expect(await (await waiting).json()).toEqual({ revision: 1, events: [], reset: false })
    await heard.ended
    expect(await exited).toBe(0)
    await unread.body?.cancel().catch(() => {})
  })
})
