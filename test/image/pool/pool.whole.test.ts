import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { EncoderPool } from '../../../src/image/encoder.ts'
import { createEncoderPool, type EncoderPoolOptions } from '../../../src/image/pool/pool.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { closeSharedEncoders } from '../../support/encoders/shared.ts'
import { blank } from '../../support/pictures/bombs.ts'
import { jobFor, photo } from '../../support/pictures/pictures.ts'
import { encodersOf, isRunning, isStopped, memoryOf, peakMemoryOf, until } from '../../support/processes/processes.ts'

/** An encoder has 90 MB after small pictures; the pixels of a large one are 45 MB. */
const MOST_IDLE_BYTES = 125e6

// Processes are counted: that of earlier files would be one of them.
beforeAll(closeSharedEncoders)

const openPool = (options: EncoderPoolOptions = {}) => {
  const pool = createEncoderPool({ encoders: 1, ...options })
  onTestFinished(() => pool.close())
  return pool
}

const upload = photo({ width: 320, height: 240 })

/** Jobs for the same small photo, each with a folder of its own. */
const makeJobs = async (count: number) => {
  const folder = await temporaryFolder()
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const place = join(folder, String(index))
      await mkdir(place)
      return jobFor(place, await upload)
    }),
  )
}

const oneJob = async () => {
  const [job] = await makeJobs(1)
  if (!job) throw new Error('no job')
  return job
}

/** The one encoder process once it is there. */
const theEncoder = async (): Promise<number> => {
  await until(() => encodersOf().length === 1)
  const [pid = 0] = encodersOf()
  return pid
}

/** Stops the only process of a pool, so that no job ends until it goes on. */
const hold = async () => {
  const encoder = await theEncoder()
  process.kill(encoder, 'SIGSTOP')
  await until(() => isStopped(encoder))
  const goOn = () => process.kill(encoder, 'SIGCONT')
  return { encoder, goOn }
}

const openHeldPool = async (options: EncoderPoolOptions = {}) => {
  const pool = openPool(options)
  await pool.encode(await oneJob())
  return { pool, ...(await hold()) }
}

/** From now on time passes when a test says so, for everything but the processes. */
const holdTime = () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
}

describe('an encoder pool', () => {
  it('makes the four variants in another process, which starts with the first job', async () => {
    const pool = openPool()
    expect(encodersOf()).toEqual([])
    const job = await oneJob()
    const picture = await pool.encode(job)
    expect(encodersOf()).toHaveLength(1)
    expect(picture.type).toBe('image/jpeg')
    expect(await sharp(job.targets.thumb).metadata()).toMatchObject({ width: 320, height: 240 })
  })

  it('starts processes one after the other, and never more than its limit', async () => {
    const pool = openPool({ encoders: 2 })
    const jobs = await makeJobs(8)
    const pictures = await Promise.all(jobs.map((job) => pool.encode(job)))
    expect(new Set(pictures.map(({ sha256 }) => sha256)).size).toBe(1)
    expect(encodersOf()).toHaveLength(2)
  })
})

describe('an encoder pool that has a process', () => {
  let pool: EncoderPool

  beforeAll(async () => {
    process.env.TINTYPE_TEST_SECRET = 'hidden'
    pool = createEncoderPool({ encoders: 1, maxWaiting: 2 })
    const folder = await mkdtemp(join(tmpdir(), 'tintype-pool-'))
    await pool.encode(await jobFor(folder, await upload))
    await rm(folder, { recursive: true })
  })

  afterAll(async () => {
    delete process.env.TINTYPE_TEST_SECRET
    await pool.close()
  })

  it('passes on errors of a picture, and continues with the same process', async () => {
    const [good, text] = await makeJobs(2)
    if (!good || !text) throw new Error('no jobs')
    await writeFile(text.source, 'hello')
    await expect(pool.encode(text)).rejects.toMatchObject({
      name: 'TintypeError',
      code: 'not_an_image',
      message: expect.stringContaining('It is text/plain'),
      details: { received: 'text/plain' },
    })
    const encoder = await theEncoder()
    await pool.encode(good)
    expect(await theEncoder()).toBe(encoder)
  })

  it('keeps the cause of an error for the log', async () => {
    const job = await oneJob()
    await writeFile(job.source, (await upload).subarray(0, 700))
    const error = await pool.encode(job).catch((cause: unknown) => cause)
    expect(error).toMatchObject({ code: 'damaged_image', message: expect.not.stringContaining('Vips') })
  })

  it('shows its processes nothing of its own environment', async () => {
    const environment = readFileSync(`/proc/${await theEncoder()}/environ`, 'utf8')
    expect(environment).toContain('MALLOC_ARENA_MAX=2')
    for (const name of ['TINTYPE_TEST_SECRET', 'PATH=', 'HOME=', 'NODE_OPTIONS'])
      expect(environment).not.toContain(name)
  })

  it('refuses jobs as busy beyond the limit of waiting ones, with a time to retry after', async () => {
    const { goOn } = await hold()
    const jobs = await makeJobs(4)
    const [first, second, third, fourth] = jobs
    if (!first || !second || !third || !fourth) throw new Error('no jobs')
    const accepted = [first, second, third].map((job) => pool.encode(job))
    const busy = expect.objectContaining({ code: 'busy', retryAfterSeconds: expect.any(Number) })
    await expect(pool.encode(fourth)).rejects.toEqual(busy)
    expect(() => pool.assertRoom()).toThrow(busy)
    goOn()
    await Promise.all(accepted)
    expect(() => pool.assertRoom()).not.toThrow()
    await expect(pool.encode(fourth)).resolves.toBeDefined()
  })

  it('drops waiting jobs whose signal aborts, without starting them', async () => {
    const { goOn } = await hold()
    const [running, leaving, staying] = await makeJobs(3)
    if (!running || !leaving || !staying) throw new Error('no jobs')
    const giveUp = new AbortController()
    const first = pool.encode(running)
    const second = pool.encode(leaving, { signal: giveUp.signal })
    const third = pool.encode(staying)
    giveUp.abort(new Error('the client has gone'))
    await expect(second).rejects.toThrow('the client has gone')
    goOn()
    await Promise.all([first, third])
    await expect(sharp(leaving.targets.game).metadata()).rejects.toThrow()
  })

  it('leaves SIGINT and SIGTERM to its parent', async () => {
    const { encoder, goOn } = await hold()
    const encoded = pool.encode(await oneJob())
    process.kill(encoder, 'SIGINT')
    process.kill(encoder, 'SIGTERM')
    goOn()
    await expect(encoded).resolves.toBeDefined()
    expect(await theEncoder()).toBe(encoder)
  })
})

describe('a job that takes too long', () => {
  it('is ended with its process, and the next one gets a new process', async () => {
    const { pool, encoder } = await openHeldPool({ deadlineMs: 4000 })
    const [late, next] = await makeJobs(2)
    if (!late || !next) throw new Error('no jobs')
    holdTime()
    const refused = expect(pool.encode(late)).rejects.toMatchObject({
      code: 'image_too_slow',
      message: 'The picture could not be decoded within 4 s.',
    })
    await vi.advanceTimersByTimeAsync(3999)
    expect(isRunning(encoder)).toBe(true)
    await vi.advanceTimersByTimeAsync(1)
    await refused
    vi.useRealTimers()
    await until(() => !isRunning(encoder))
    await pool.encode(next)
    expect(await theEncoder()).not.toBe(encoder)
  })
})

describe('a process that dies', () => {
  it('loses no picture: the job runs again in a new one, over the files of the first', async () => {
    const { pool, encoder } = await openHeldPool()
    const job = await oneJob()
    const encoded = pool.encode(job)
    await writeFile(job.targets.medium, 'half a pic')
    process.kill(encoder, 'SIGKILL')
    await expect(encoded).resolves.toMatchObject({ type: 'image/jpeg' })
    expect((await sharp(job.targets.medium).metadata()).width).toBe(320)
    expect(await theEncoder()).not.toBe(encoder)
  })

  it('fails the job of a picture that kills a second one, not the pool', async () => {
    const { pool, encoder } = await openHeldPool()
    const [deadly, next] = await makeJobs(2)
    if (!deadly || !next) throw new Error('no jobs')
    const encoded = pool.encode(deadly).catch((cause: unknown) => cause)
    process.kill(encoder, 'SIGKILL')
    await until(() => encodersOf().some((pid) => pid !== encoder && isRunning(pid)))
    for (const pid of encodersOf()) process.kill(pid, 'SIGKILL')
    expect(await encoded).toMatchObject({ code: 'encoder_failed' })
    await expect(pool.encode(next)).resolves.toBeDefined()
  })
})

describe('closing a pool', () => {
  it('finishes accepted jobs, refuses new ones, and leaves no process', async () => {
    const { pool, encoder, goOn } = await openHeldPool()
    const [first, second, late] = await makeJobs(3)
    if (!first || !second || !late) throw new Error('no jobs')
    const accepted = [first, second].map((job) => pool.encode(job))
    const closed = pool.close()
    await expect(pool.encode(late)).rejects.toMatchObject({ code: 'shutting_down' })
    goOn()
    await Promise.all([...accepted, closed])
    expect(isRunning(encoder)).toBe(false)
    expect(encodersOf().filter(isRunning)).toEqual([])
  })

  it('ends a process that no longer reacts', async () => {
    const { pool, encoder } = await openHeldPool()
    holdTime()
    const closed = pool.close()
    await vi.advanceTimersByTimeAsync(1999)
    expect(isRunning(encoder)).toBe(true)
    await vi.advanceTimersByTimeAsync(1)
    await closed
    await until(() => !isRunning(encoder))
  })

  it('resolves at once where no process was started', async () => {
    await createEncoderPool().close()
  })
})

describe('an encoder process', () => {
  it('gives back what a large picture took, once it is idle', async () => {
    const pool = openPool()
    const [small, large] = await makeJobs(2)
    if (!small || !large) throw new Error('no jobs')
    await pool.encode(small)
    const encoder = await theEncoder()
    await writeFile(large.source, await blank.png(5000, 3000))
    await pool.encode(large)
    expect(peakMemoryOf(encoder)).toBeGreaterThan(MOST_IDLE_BYTES)
    await until(() => memoryOf(encoder) < MOST_IDLE_BYTES)
    expect(await theEncoder()).toBe(encoder)
  })

  it('ends after a time without work, and a new one starts with the next job', async () => {
    const pool = openPool({ idleMs: 50 })
    const [first, second] = await makeJobs(2)
    if (!first || !second) throw new Error('no jobs')
    await pool.encode(first)
    const encoder = await theEncoder()
    await until(() => !isRunning(encoder))
    await expect(pool.encode(second)).resolves.toBeDefined()
  })

  it('ends with a parent that was killed', async () => {
    const folder = await temporaryFolder()
    const job = await jobFor(folder, await upload)
    const program = join(folder, 'parent.mjs')
    const module = new URL('../../../dist/image/pool/pool.js', import.meta.url).href
    await writeFile(
      program,
      `import { createEncoderPool } from ${JSON.stringify(module)}
       const pool = createEncoderPool({ encoders: 1 })
       await pool.encode(${JSON.stringify(job)})
       process.send('ready')`,
    )
    const parent = fork(program)
    await once(parent, 'message')
    const [encoder = 0] = encodersOf(parent.pid)
    expect(isRunning(encoder)).toBe(true)
    parent.kill('SIGKILL')
    await until(() => !isRunning(encoder))
  })
})
