// Priorities of the encoder pool: uploads before transforms before prefetches.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SIZES } from '../../../src/core/names.ts'
import { sizeRecipe } from '../../../src/core/transform/recipe.ts'
import type { Priority } from '../../../src/image/encoder.ts'
import { createEncoderPool } from '../../../src/image/pool/pool.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { noise } from '../../support/pictures/pictures.ts'

const setUp = async (maxWaiting = 64) => {
  const folder = await temporaryFolder()
  const source = join(folder, 'original.jpg')
  const bytes = await noise(800, 600, 60).jpeg().toBuffer()
  await writeFile(source, bytes)
  const pool = createEncoderPool({ encoders: 1, maxWaiting })
  onTestFinished(() => pool.close())
  const order: string[] = []
  let files = 0
  const done = <T>(name: string, work: Promise<T>) => work.then(() => order.push(name))
  const render = (name: string, signal?: AbortSignal) => {
    const target = join(folder, `${files++}.webp`)
    return done(name, pool.render({ source, target, recipe: sizeRecipe('thumb', 'webp') }, signal))
  }
  const turn = (name: string) => done(name, pool.turn({ priority: 'prefetch', signal: new AbortController().signal }))
  const [original, medium, thumb, game] = SIZES
  const upload = (name: string, priority?: Priority) => {
    const path = (size: string) => join(folder, `${files}-${size}.jpg`)
    const targets = { original: path(original), medium: path(medium), thumb: path(thumb), game: path(game) }
    files++
    return done(name, pool.encode({ source, targets }, { priority }))
  }
  return { pool, order, render, turn, upload, folder }
}

describe('the encoders', () => {
  it('run uploads first, then transforms, then prefetches', async () => {
    const { order, render, turn, upload } = await setUp()
    const running = render('running')
    const ahead = turn('ahead')
    const transform = render('transform')
    const another = upload('upload')
    await Promise.all([running, ahead, transform, another])
    expect(order).toEqual(['running', 'upload', 'transform', 'ahead'])
  })

  it('refuse transforms beyond the limit as busy, and still accept uploads', async () => {
    const { pool, render, upload } = await setUp(1)
    const work = [render('running'), render('waiting')]
    await expect(render('too many')).rejects.toMatchObject({ code: 'busy', retryAfterSeconds: expect.any(Number) })
    expect(() => pool.assertRoom('transform')).toThrow(expect.objectContaining({ code: 'busy' }))
    await Promise.all([...work, upload('upload')])
  })

  it.each([0, 1])('take every picture of a job with room for %i, and none after their end', async (maxWaiting) => {
    const { pool, order, upload } = await setUp(maxWaiting)
    const names = Array.from({ length: 6 }, (_, index) => `job ${index}`)
    await Promise.all(names.map((name) => upload(name, 'job')))
    expect(order).toEqual(names)
    await pool.close()
    expect(() => pool.assertRoom('job')).toThrow(expect.objectContaining({ code: 'shutting_down' }))
  })

  it('do not begin a transform whose client has disconnected', async () => {
    const { order, render } = await setUp()
    const client = new AbortController()
    const running = render('running')
    const waiting = render('waiting', client.signal)
    client.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    await running
    await render('next')
    expect(order).toEqual(['running', 'next'])
  })

  it('report a damaged project where an original cannot be decoded', async () => {
    const { pool, folder } = await setUp()
    const source = join(folder, 'broken.jpg')
    await writeFile(source, Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0]))
    const job = { source, target: join(folder, 'never.webp'), recipe: sizeRecipe('thumb', 'webp') }
    await expect(pool.render(job)).rejects.toMatchObject({ code: 'project_damaged' })
  })
})
