// Observations of the encoder pool: outcomes and times of its jobs.

import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sizeRecipe } from '../../../src/core/transform/recipe.ts'
import { createEncoderPool, type EncoderPoolOptions } from '../../../src/image/pool/pool.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { noise } from '../../support/pictures/pictures.ts'

const setUp = async (options: EncoderPoolOptions = {}) => {
  const folder = await temporaryFolder()
  const source = join(folder, 'original.jpg')
  await writeFile(source, await noise(600, 400, 60).jpeg().toBuffer())
  const outcomes: string[] = []
  const times: number[] = []
  const pool = createEncoderPool({
    encoders: 1,
    ...options,
    observer: {
      jobEnded: (kind, outcome) => void outcomes.push(`${kind} ${outcome}`),
      encoded: (_, seconds) => void times.push(seconds),
    },
  })
  onTestFinished(() => pool.close())
  let files = 0
  const render = (signal?: AbortSignal) =>
    pool.render({ source, target: join(folder, `${files++}.webp`), recipe: sizeRecipe('thumb', 'webp') }, signal)
  return { pool, render, outcomes, times, source }
}

describe('the encoders', () => {
  it('report the outcome of each job, and the time of each that began', async () => {
    const { pool, render, outcomes, times } = await setUp({ maxWaiting: 1 })
    const gone = new AbortController()
    const running = render()
    const waiting = render(gone.signal)
    expect(pool.waitingOf('transform')).toBe(1)
    expect(pool.waitingOf('upload')).toBe(0)
    await expect(render()).rejects.toMatchObject({ code: 'busy' })
    gone.abort(new Error('the client has gone'))
    await expect(waiting).rejects.toThrow('the client has gone')
    await running
    expect(outcomes).toEqual(['render busy', 'render given_up', 'render done'])
    expect(pool.waitingOf('transform')).toBe(0)
    expect(times).toHaveLength(1)
    expect(times[0]).toBeGreaterThan(0)
  })

  it('report the error code of a job that failed', async () => {
    const { render, outcomes, times, source } = await setUp()
    await writeFile(source, 'no picture')
    await expect(render()).rejects.toMatchObject({ code: 'project_damaged' })
    expect(outcomes).toEqual(['render project_damaged'])
    expect(times).toHaveLength(1)
  })

  it('do not report an image deleted meanwhile as damaged', async () => {
    const { render, outcomes, source } = await setUp()
    await rm(source)
    await expect(render()).rejects.toMatchObject({ code: 'image_not_found' })
    expect(outcomes).toEqual(['render image_not_found'])
  })
})
