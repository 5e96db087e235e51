// A bucket with pictures that is not ours, in the engine of the tests, and an app with a project that shows them.

import { vi } from 'vitest'
import { randomIds } from '../../../src/core/random-id.ts'
import type { TintypeOptions } from '../../../src/index.ts'
import type { Bucket } from '../../../src/stores/s3/client/bucket.ts'
import { createTestApp, type TestApp } from '../app.ts'
import { CEPH_KEYS } from '../processes/ceph.mjs'
import { openBucket } from './ceph.ts'
import { memoryOptions, sharedEngine } from './engine.ts'
import { startProxy } from './proxy.ts'

export interface SourceBucketOfTest {
  /** The bucket below `shop/`, as its owner has it. */
  bucket: Bucket
  /** URL of its prefix. */
  source: string
  /** Options of an app that may show it. */
  options: TintypeOptions
  /** From now on, the credentials of apps may not read the bucket, or may again. */
  forbid(isForbidden: boolean): void
  /** Requests of apps to the bucket so far. */
  requests(): string[]
}

const newName = randomIds(12)

export const newSourceBucket = async (): Promise<SourceBucketOfTest> => {
  const engine = await sharedEngine()
  const proxy = await startProxy(engine)
  const name = `photos-${newName()}`
  const source = `s3://${name}/shop`
  return {
    bucket: openBucket({ ...memoryOptions(engine), bucket: name, prefix: 'shop/' }),
    source,
    options: { sources: source, s3Endpoint: proxy.endpoint, s3Credentials: CEPH_KEYS },
    forbid: (isForbidden) =>
      proxy.decideBy(({ path }) =>
        isForbidden && path.startsWith(`/${name}/`) ? { isCarriedOut: false, answer: 403 } : undefined,
      ),
    requests: () => proxy.requests().filter((request) => request.includes(` /${name}/`)),
  }
}

export interface SourceApp extends TestApp, SourceBucketOfTest {
  /** Path of an object in the project. */
  at(key: string): string
}

/** An app with a project that shows a new bucket. */
export const openSource = async ({
  project = 'demo',
  ...options
}: TintypeOptions & { project?: string } = {}): Promise<SourceApp> => {
  const bucket = await newSourceBucket()
  const app = await createTestApp({ ...bucket.options, ...options })
  await setSource(app, project, bucket.source)
  return { ...app, ...bucket, at: (key) => `/projects/${project}/source/${key}` }
}

/** Creates the project where there is none, and sets its source. @throws Error where that is refused */
export const setSource = async (
  { app }: Pick<TestApp, 'app'>,
  project: string,
  source: string | null,
): Promise<void> => {
  const headers = { 'Content-Type': 'application/json' }
  for (const init of [{ method: 'PUT' }, { method: 'PATCH', headers, body: JSON.stringify({ source }) }]) {
    const response = await app.request(`/projects/${project}`, init)
    if (!response.ok) throw new Error(`answered ${response.status}: ${await response.text()}`)
  }
}

/** Sets the clock of this process forward, to the end of the work. */
export const later = <Result>(ms: number, work: () => Promise<Result>): Promise<Result> => {
  const now = Date.now.bind(Date)
  return withClock(() => now() + ms, work)
}

/** Stops the clock of this process to the end of the work: it is done within a minute, however long it takes. */
export const atOnce = <Result>(work: () => Promise<Result>): Promise<Result> => {
  const now = Date.now()
  return withClock(() => now, work)
}

const withClock = async <Result>(clock: () => number, work: () => Promise<Result>): Promise<Result> => {
  const spy = vi.spyOn(Date, 'now').mockImplementation(clock)
  try {
    return await work()
  } finally {
    spy.mockRestore()
  }
}
