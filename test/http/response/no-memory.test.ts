// A server with `cacheBytes: 0`: the same answers, and nothing kept in memory.

import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createTestApp, uploadTo } from '../../support/app.ts'
import { LONG_MEMORY } from '../../support/store/here.ts'

const setUp = async (cacheBytes: number) => {
  const tintype = await createTestApp({ ...LONG_MEMORY, cacheBytes })
  const { image_id } = await uploadTo(tintype.app, 'game')
  const urls = [
    '/projects/game/thumbnail',
    `/projects/game/images/${image_id}?size=game`,
    `/projects/game/images/${image_id}/thumb.webp`,
    '/projects/game/images',
  ]
  const answers: string[] = []
  // Once to be kept, and once to be found.
  for (const url of [...urls, ...urls]) {
    const response = await tintype.app.request(url)
    answers.push(`${response.status} ${response.headers.get('content-type')}`)
    await response.arrayBuffer()
  }
  const metrics = await (await tintype.app.request('/metrics')).text()
  const held = [...metrics.matchAll(/^tintype_cache_(?:entries|bytes)\{.*\} (.+)$/gm)].map(([, value]) => Number(value))
  const fast = await Promise.all(
    urls.map((url) => tintype.answerFast({ method: 'GET', url, rawHeaders: ['Host', 'a'], socket: new Socket() })),
  )
  return { answers, held, fast: fast.map((answer) => answer?.status) }
}

describe('memory for small pictures', () => {
  it('of 0 bytes caches no picture, no transform and no list, and all are served', async () => {
    const { answers, held, fast } = await setUp(0)
    const [jpeg, webp, list] = ['200 image/jpeg', '200 image/webp', '200 application/json']
    expect(answers).toEqual([jpeg, jpeg, webp, list, jpeg, jpeg, webp, list])
    expect(held).toEqual([0, 0, 0, 0])
    expect(fast).toEqual([undefined, undefined, undefined, undefined])
  })

  it('of 1 MiB caches each of them', async () => {
    const { held, fast } = await setUp(2 ** 20)
    expect(held.every((count) => count > 0)).toBe(true)
    expect(fast).toEqual([200, 200, 200, 200])
  })
})
