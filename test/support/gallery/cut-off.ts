// What of a page is cut off: controls and texts beyond the edges of the screen, or of what they are in.

import type { Page } from 'playwright-core'
import { z } from 'zod'

/**
 * Controls and texts that cannot be seen whole: one line for each. Texts that end with an ellipsis are meant to, and slides
 * of the lightbox beside the one that is shown.
 */
export const cutOff = async (page: Page): Promise<string[]> => z.array(z.string()).parse(await page.evaluate(FIND))

const FIND = `(() => {
  const found = []
  const texts = 'button, a, input, select, textarea, h1, h2, p, label, legend, th, td, dt, dd, summary, pre, small'
  // What is fixed on the screen cannot be scrolled to.
  const fixed = 'dialog[open], .selection-bar, .uploads, .pswp__top-bar, .pswp__panel'
  const nameOf = (element) =>
    [element.tagName, element.className, (element.ariaLabel ?? element.textContent).slice(0, 50)].join(' ')
  const isWider = (element) => element.scrollWidth > element.clientWidth + 1

  if (document.documentElement.scrollWidth > innerWidth) found.push('the page is wider than the screen')
  for (const element of document.querySelectorAll(texts)) {
    if (element.closest('.hidden, .skip, [hidden], .pswp__container')) continue
    const { left, right, width, height } = element.getBoundingClientRect()
    if (width === 0 || height === 0) continue
    if (left < -0.5 || right > innerWidth + 0.5) found.push(nameOf(element) + ': beyond the screen')
    const { overflowX, textOverflow } = getComputedStyle(element)
    const isField = element.matches('input, select')
    if (!isField && overflowX !== 'visible' && textOverflow !== 'ellipsis' && isWider(element))
      found.push(nameOf(element) + ': cut off')
  }
  for (const element of document.querySelectorAll(fixed)) {
    const { top, bottom, height } = element.getBoundingClientRect()
    if (height > 0 && (top < -0.5 || bottom > innerHeight + 0.5)) found.push(element.className + ': beyond the screen')
    if (isWider(element)) found.push(element.className + ': has to be scrolled sideways')
  }
  return found
})()`
