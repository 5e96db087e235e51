// Encoders of the tests that do each job once in a run: what they copy is what the real ones wrote.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TintypeError } from '../src/core/errors.ts'
import type { EncoderPool } from '../src/image/encoder.ts'
import { encodePicture } from '../src/image/worker/pipeline.ts'
import { renderPicture } from '../src/image/worker/render.ts'
import { filesIn, temporaryFolder } from './support/disk/folder.ts'
import { rememberingEncoders } from './support/encoders/remembering.ts'
import { noise, plainJpeg, targetsIn } from './support/pictures/pictures.ts'

const RECIPE = { kind: 'size', size: 'thumb', format: 'webp' } as const

/** A real encoder in this process that counts its jobs, and two views of its memory as two test processes have them. */
const setUp = async () => {
  const [folder, jobs] = [await temporaryFolder(), { count: 0 }]
  const pool: EncoderPool = {
    async encode(job) {
      jobs.count++
      return encodePicture(job, { maxPixels: 1_000_000, background: '#ffffff' })
    },
    async render(job) {
      jobs.count++
      const { content, ...size } = await renderPicture(job)
      return content === undefined ? size : { ...size, content: Buffer.from(content, 'base64') }
    },
    draw: () => Promise.reject(new Error('nothing draws here')),
    turn: async () => {},
    assertRoom: () => {},
    waitingOf: () => 0,
    close: async () => {},
  }
  const work = async (name: string, picture: Buffer) => {
    const place = join(folder, name)
    await mkdir(place)
    await writeFile(join(place, 'upload'), picture)
    return { place, job: { source: join(place, 'upload'), targets: targetsIn(place) } }
  }
  await mkdir(join(folder, 'memory'))
  const view = () => rememberingEncoders(pool, join(folder, 'memory'))
  return { jobs, work, encoders: view(), others: view() }
}

const contentsIn = async (folder: string) =>
  Promise.all((await filesIn(folder)).map(async (name) => [name, await readFile(join(folder, name), 'base64')]))

describe('encoders that remember', () => {
  it('write the files of a picture again, in every process, whatever happened to the first ones', async () => {
    const { jobs, work, encoders, others } = await setUp()
    const picture = await plainJpeg(320, 200)
    const first = await work('first', picture)
    const encoded = await encoders.encode(first.job)
    const files = await contentsIn(first.place)
    expect(files).toHaveLength(5)
    for (const path of Object.values(first.job.targets)) await writeFile(path, 'damaged')
    for (const [name, pool] of Object.entries({ encoders, others })) {
      const again = await work(name, picture)
      expect(await pool.encode(again.job)).toEqual(encoded)
      expect(await contentsIn(again.place)).toEqual(files)
    }
    expect(jobs.count).toBe(1)
  })

  it('make renders once, with their content', async () => {
    const { jobs, work, encoders, others } = await setUp()
    const { job } = await work('first', await plainJpeg(320, 200))
    const rendered = await encoders.render({ source: job.source, recipe: RECIPE })
    expect(rendered.content?.length).toBe(rendered.bytes)
    expect(await others.render({ source: job.source, recipe: RECIPE })).toEqual(rendered)
    expect(jobs.count).toBe(1)
    await encoders.render({ source: job.source, recipe: { ...RECIPE, format: 'avif' } })
    expect(jobs.count).toBe(2)
  })

  it('tell jobs apart by the bytes, the hash that came with them, and the files', async () => {
    const { jobs, work, encoders } = await setUp()
    const picture = await plainJpeg(320, 200)
    await encoders.encode((await work('first', picture)).job)
    await encoders.encode((await work('other bytes', await plainJpeg(320, 201))).job)
    const { sha256 } = await encoders.encode({ ...(await work('hashed', picture)).job, sha256: 'a'.repeat(64) })
    expect(sha256).toBe('a'.repeat(64))
    const { source, ...targets } = targetsIn((await work('without source', picture)).place)
    await encoders.encode({ ...(await work('fewer files', picture)).job, targets })
    expect(jobs.count).toBe(4)
  })

  it('leave what cannot be written, and what is refused, to the real ones', async () => {
    const { jobs, work, encoders } = await setUp()
    const picture = await plainJpeg(320, 200)
    await encoders.encode((await work('first', picture)).job)
    const taken = await work('taken', picture)
    await writeFile(taken.job.targets.thumb, 'taken')
    await expect(encoders.encode(taken.job)).rejects.toMatchObject({ code: 'internal' })
    expect(await readFile(taken.job.targets.thumb, 'utf8')).toBe('taken')
    expect(jobs.count).toBe(2)
    for (const name of ['text', 'text again']) {
      const text = await work(name, Buffer.from('no picture'))
      await expect(encoders.encode(text.job)).rejects.toThrow(TintypeError)
    }
    expect(jobs.count).toBe(4)
    await rm(taken.job.source)
    await expect(encoders.render({ source: taken.job.source, recipe: RECIPE })).rejects.toMatchObject({
      code: 'image_not_found',
    })
  })

  it('remember no large pictures', async () => {
    const { jobs, work, encoders } = await setUp()
    const picture = await noise(900, 700, 40).jpeg({ quality: 100 }).toBuffer()
    expect(picture.length).toBeGreaterThan(512 * 1024)
    for (const name of ['first', 'again']) await encoders.encode((await work(name, picture)).job)
    expect(jobs.count).toBe(2)
  })
})
