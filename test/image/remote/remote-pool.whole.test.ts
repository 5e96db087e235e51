// A pool whose pictures are made by the process of another one: here the calls between them are plain functions.

import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, realpath, rename, symlink, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { TintypeError } from '../../../src/core/errors.ts'
import { parseTransform } from '../../../src/core/transform/parse-transform.ts'
import { sizeRecipe, transformRecipe } from '../../../src/core/transform/recipe.ts'
import type { EncodeJob } from '../../../src/image/encoder.ts'
import { parseTask } from '../../../src/image/remote/messages.ts'
import { createRemoteEncoders, type EncoderCalls } from '../../../src/image/remote/remote-pool.ts'
import { createRemoteServer } from '../../../src/image/remote/remote-server.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { sharedEncoders } from '../../support/encoders/shared.ts'
import { jobFor, photo, targetsIn } from '../../support/pictures/pictures.ts'

type How = { lane: Parameters<EncoderCalls['call']>[1]['lane'] }

/** A store folder, and a pool whose calls go through JSON to a server of the same folder. */
const open = async ({ maxWaiting = 64 } = {}) => {
  const storageDir = await realpath(await temporaryFolder())
  const tasks: { task: object; lane: string }[] = []
  const ending = new AbortController()
  const handle = createRemoteServer({ encoders: sharedEncoders(), storageDir, signal: ending.signal })
  const serve = async (task: unknown, { lane }: How): Promise<unknown> =>
    JSON.parse(JSON.stringify(await handle(task, { lane })))
  let waiting = 0
  const calls: EncoderCalls = {
    async call(task, options) {
      const sent: object = JSON.parse(JSON.stringify(task))
      tasks.push({ task: sent, lane: options.lane })
      return serve(sent, options)
    },
    assertReachable: () => {},
    waitingOf: () => waiting,
    close: async () => {},
  }
  const pool = createRemoteEncoders({ calls, storageDir, maxWaiting })
  const jobOf = async (upload: Buffer): Promise<EncodeJob> => {
    const folder = join(storageDir, '.tmp', 'owner', 'upload@Shop!x')
    await mkdir(folder, { recursive: true })
    return jobFor(folder, upload)
  }
  const wait = (count: number) => {
    waiting = count
  }
  return { storageDir, tasks, serve, calls, pool, jobOf, wait }
}

describe('a pool of remote encoders', () => {
  it('makes an upload as a pool of own processes does, by paths below the storage folder', async () => {
    const { pool, jobOf, tasks } = await open()
    const upload = await photo({ width: 320, height: 240 })
    const job = await jobOf(upload)
    const picture = await pool.encode(job, { priority: 'job' })
    const here = await jobFor(await temporaryFolder(), upload)
    expect(picture).toEqual(await sharedEncoders().encode(here))
    expect(await readFile(job.targets.thumb)).toEqual(await readFile(here.targets.thumb))
    expect(tasks).toMatchObject([
      { lane: 'job', task: { kind: 'encode', source: expect.stringMatching(/^\.tmp\/owner\/upload@Shop!x\/[^/]+$/) } },
    ])
    expect(JSON.stringify(tasks)).not.toContain(':"/')
  })

  it('returns the content of a small render, and writes a large one', async () => {
    const { pool, jobOf, storageDir } = await open()
    const job = await jobOf(await photo({ width: 1600, height: 1200 }))
    await pool.encode(job)
    const source = job.targets.original
    const target = join(storageDir, '.tmp', 'owner', 'render')
    const small = await pool.render({ source, target, recipe: sizeRecipe('thumb', 'webp') })
    expect(await sharp(small.content).metadata()).toMatchObject({ format: 'webp', width: small.width })
    expect(await readdir(join(storageDir, '.tmp', 'owner'))).toEqual(['upload@Shop!x'])
    const crop = parseTransform(new Map(Object.entries({ w: '40', h: '30', position: '0.2,0.9', q: '50' })))
    expect(await pool.render({ source, recipe: transformRecipe(crop, 'jpeg') })).toMatchObject({
      width: 40,
      height: 30,
    })
    const large = await pool.render({ source, target, recipe: sizeRecipe('original', 'png') })
    expect(large.content).toBeUndefined()
    expect(await readFile(target)).toHaveLength(large.bytes)
  })

  it('gives the files of a process the names of the targets, in place of those that another one may be writing', async () => {
    const { pool, jobOf } = await open()
    const job = await jobOf(
      await sharp({ create: { width: 60, height: 40, channels: 4, background: '#0080ff80' } })
        .png()
        .toBuffer(),
    )
    await writeFile(job.targets.medium, 'half a pic')
    const { sizes } = await pool.encode(job)
    expect(sizes.source).toBeDefined()
    for (const path of Object.values(job.targets))
      expect(await sharp(path).metadata()).toMatchObject({ width: expect.any(Number) })
  })

  it('makes a task a second time without touching the files of the first one', async () => {
    const { pool, jobOf, serve, tasks, storageDir } = await open()
    const job = await jobOf(await photo({ width: 1600, height: 1200 }))
    await pool.encode(job)
    const target = join(storageDir, '.tmp', 'owner', 'render')
    await pool.render({ source: job.targets.original, target, recipe: sizeRecipe('original', 'png') })
    // Stored meanwhile: a process that was cut off from the broker must not make them again.
    const stored = [job.targets.medium, target]
    for (const path of stored) await rename(path, `${path}.stored`)
    for (const { task } of tasks)
      expect(await serve(task, { lane: 'upload' })).toMatchObject({ reply: { result: {} }, suffix: expect.any(String) })
    for (const path of stored) expect(existsSync(path)).toBe(false)
  })

  it('throws the errors of the encoder as they are', async () => {
    const { pool, jobOf } = await open()
    const job = await jobOf(Buffer.from('hello'))
    const there = await pool.encode(job).catch((error: unknown) => error)
    const here = await sharedEncoders()
      .encode(job)
      .catch((error: unknown) => error)
    expect(there).toBeInstanceOf(TintypeError)
    expect(there).toEqual(here)
    await expect(
      pool.render({ source: `${job.source}.gone`, recipe: sizeRecipe('thumb', 'webp') }),
    ).rejects.toMatchObject({
      code: 'image_not_found',
    })
  })

  it('waits for a turn', async () => {
    const { pool, tasks } = await open()
    await pool.turn({ priority: 'prefetch', signal: new AbortController().signal })
    expect(tasks).toEqual([{ task: { kind: 'turn' }, lane: 'prefetch' }])
  })

  it.each([
    [2, 1, true],
    [2, 2, false],
    [0, 0, true],
    [0, 1, false],
  ])('with room for %i takes a picture while %i wait: %s', async (maxWaiting, waiting, isTaken) => {
    const { pool, jobOf, wait } = await open({ maxWaiting })
    const job = await jobOf(await photo({ width: 32, height: 32 }))
    wait(waiting)
    const made = pool.encode(job)
    await (isTaken
      ? made
      : expect(made).rejects.toMatchObject({ code: 'busy', message: `${waiting} pictures are waiting already.` }))
  })

  it('takes a picture of a job however many wait', async () => {
    const { pool, jobOf, wait } = await open({ maxWaiting: 1 })
    wait(100)
    expect(await pool.encode(await jobOf(await photo({ width: 32, height: 32 })), { priority: 'job' })).toMatchObject({
      type: 'image/jpeg',
    })
  })

  it('refuses pictures while the broker is away, and after its end', async () => {
    const { pool, calls } = await open()
    calls.assertReachable = () => {
      throw new TintypeError('busy', 'away')
    }
    expect(() => pool.assertRoom()).toThrow('away')
    await pool.close()
    expect(() => pool.assertRoom()).toThrow('accepts no more pictures')
  })
})

describe('a process that makes pictures of others', () => {
  const OUTSIDE = [
    ['an absolute path', '/etc/passwd'],
    ['a path that leads up', '../outside.jpg'],
    ['a path that leads up on its way', '.tmp/../../outside.jpg'],
    ['an empty path', ''],
    ['the folder itself', '.'],
    ['a NUL', 'a\0b'],
    ['a backslash', '..\\outside'],
  ] as const

  it.each(OUTSIDE)('refuses %s', async (_, path) => {
    const { serve } = await open()
    const recipe = sizeRecipe('thumb', 'webp')
    for (const task of [
      { kind: 'render', source: path, recipe },
      { kind: 'render', source: 'a.jpg', target: path, recipe },
      { kind: 'encode', source: 'a.jpg', targets: { ...targetsIn('.tmp/o/w'), game: path } },
    ])
      expect(await serve(task, { lane: 'upload' })).toMatchObject({
        reply: { failure: { code: 'internal', message: expect.stringContaining('below the storage folder') } },
      })
  })

  it.each([
    ['the file of a project', 'projects/demo/.meta/13.json', false, false],
    ['a file beside the workspaces', '.tmp/a', false, false],
    ['a file of a workspace', '.tmp/o/a1', false, true],
    ['the file of its owner', '.tmp/o/owner.json', false, false],
    ['a file of an upload', '.tmp/o/w/a.jpg', true, false],
    ['a file below those of an upload', '.tmp/o/w/x/a.jpg', false, false],
  ])('takes as a target %s: %s (upload: %s, render: %s)', (_, path, isUpload, isRender) => {
    const targets = targetsIn('.tmp/o/w')
    for (const name of ['original', 'medium', 'thumb', 'game', 'source']) {
      const task = { kind: 'encode', source: 'a.jpg', targets: { ...targets, [name]: path } }
      expect(parseTask(task) !== undefined).toBe(isUpload)
    }
    const render = { kind: 'render', source: 'a.jpg', target: path, recipe: sizeRecipe('thumb', 'webp') }
    expect(parseTask(render) !== undefined).toBe(isRender)
  })

  it('writes and removes no file of a project', async () => {
    const { serve, storageDir } = await open()
    const meta = join(storageDir, 'projects', 'demo', '.meta')
    await mkdir(meta, { recursive: true })
    await writeFile(join(meta, '13.json'), '{}')
    const job = await jobFor(storageDir, await photo({ width: 32, height: 32 }))
    const targets = { ...targetsIn('.tmp/o/w'), game: 'projects/demo/.meta/13.json' }
    await mkdir(join(storageDir, '.tmp', 'o', 'w'), { recursive: true })
    const task = { kind: 'encode', source: relative(storageDir, job.source), targets }
    expect(await serve(task, { lane: 'upload' })).toMatchObject({ reply: { failure: { code: 'internal' } } })
    expect(await readdir(meta)).toEqual(['13.json'])
    expect(await readdir(join(storageDir, '.tmp', 'o', 'w'))).toEqual([])
  })

  it('refuses a path through a symbolic link', async () => {
    const { serve, storageDir } = await open()
    const outside = await temporaryFolder()
    await writeFile(join(outside, 'a.jpg'), await photo({ width: 32, height: 32 }))
    await symlink(outside, join(storageDir, 'linked'))
    expect(
      await serve(
        { kind: 'render', source: 'linked/a.jpg', recipe: sizeRecipe('thumb', 'webp') },
        { lane: 'transform' },
      ),
    ).toMatchObject({ reply: { failure: { code: 'internal' } } })
  })

  it.each([
    ['nothing', undefined],
    ['an unknown kind', { kind: 'delete', source: 'a' }],
    [
      'a render that is too large',
      {
        kind: 'render',
        source: 'a',
        recipe: { kind: 'transform', transform: { width: 4097, fit: 'cover', format: 'webp', kernel: 'lanczos3' } },
      },
    ],
    ['a size without a format', { kind: 'render', source: 'a', recipe: { kind: 'size', size: 'thumb' } }],
  ])('refuses %s', async (_, task) => {
    const { serve } = await open()
    expect(await serve(task, { lane: 'upload' })).toMatchObject({ reply: { failure: { code: 'internal' } } })
  })
})
