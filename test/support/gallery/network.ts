// A slow network, by the tools of developers in Chromium.

import type { Page } from 'playwright-core'

export interface Speed {
  /** Bytes a second. @default without limit */
  down?: number
  /** Bytes a second. @default without limit */
  up?: number
}

/** @returns sets the speed of a page; without one, that of the machine */
export const networkOf = async (page: Page): Promise<(speed?: Speed) => Promise<void>> => {
  const tools = await page.context().newCDPSession(page)
  await tools.send('Network.enable')
  return async ({ down = -1, up = -1 } = {}) => {
    const conditions = { offline: false, latency: 0, downloadThroughput: down, uploadThroughput: up }
    await tools.send('Network.emulateNetworkConditions', conditions)
  }
}
