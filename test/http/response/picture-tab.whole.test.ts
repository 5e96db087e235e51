// A picture that is opened in a tab of its own.

import { describe, expect, it } from 'vitest'
import { uploadSchema } from '../../../src/http/schemas/images/images.ts'
import { openPage, startBrowser } from '../../support/browser.ts'
import { serve } from '../../support/processes/tintype.ts'
import { upload } from '../../support/upload.ts'

/** Width and height of the picture that a tab shows, and its left and top margin, by which the browser centres it. */
const SHOWN = `(() => {
  const image = document.images[0]
  const { left, top } = image.getBoundingClientRect()
  return { type: document.contentType, width: image.naturalWidth, left, top }
})()`

describe('a tab with one picture', () => {
  it('shows it in the middle, without errors in the console', async (context) => {
    const browser = await startBrowser(context)
    const { url } = await serve(['--presets', 'card:w=320'])
    const { image_id } = uploadSchema.parse(await (await upload(url, 'game')).json())
    const image = `${url}/projects/game/images/${image_id}`
    const tabs = [
      [image, 'image/jpeg', 640],
      // Now from memory.
      [image, 'image/jpeg', 640],
      [`${url}/projects/game/thumbnail`, 'image/jpeg', 400],
      [`${image}/thumb.webp`, 'image/webp', 400],
      [`${image}/render?preset=card`, 'image/jpeg', 320],
    ] as const
    for (const [address, type, width] of tabs) {
      const { page, complaints, foreignRequests } = await openPage(browser, address)
      expect(await page.evaluate(SHOWN), address).toEqual({
        type,
        width,
        left: (1280 - width) / 2,
        top: (900 - (width * 3) / 4) / 2,
      })
      expect([...complaints, ...foreignRequests], address).toEqual([])
      await page.close()
    }
  })
})
