// What a page holds after all garbage is collected, by the tools of developers in Chromium.

import type { Page } from 'playwright-core'
import { z } from 'zod'

export interface Held {
  /** Bytes of its objects in JavaScript. */
  heap: number
  /** Nodes of documents, also of those that were removed and are still held. */
  nodes: number
  /** Objects that stand for files that were chosen. */
  files: number
}

const resultSchema = z.looseObject({ objectId: z.string() })

export const heldBy = async (page: Page): Promise<Held> => {
  const tools = await page.context().newCDPSession(page)
  try {
    await tools.send('Performance.enable')
    await tools.send('HeapProfiler.enable')
    await tools.send('HeapProfiler.collectGarbage')
    const { result } = await tools.send('Runtime.evaluate', { expression: 'File.prototype' })
    const { objectId } = resultSchema.parse(result)
    const { objects } = await tools.send('Runtime.queryObjects', { prototypeObjectId: objectId })
    const { result: count } = await tools.send('Runtime.callFunctionOn', {
      objectId: resultSchema.parse(objects).objectId,
      functionDeclaration: 'function () { return this.length }',
      returnByValue: true,
    })
    await tools.send('HeapProfiler.collectGarbage')
    const { metrics } = await tools.send('Performance.getMetrics')
    const figure = (name: string): number => z.number().parse(metrics.find((metric) => metric.name === name)?.value)
    return { heap: figure('JSHeapUsedSize'), nodes: figure('Nodes'), files: z.number().parse(count.value) }
  } finally {
    await tools.detach()
  }
}
