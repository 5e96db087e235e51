// Before tests of stores in buckets: starts one Ceph for all of them, beside the first tests. It is ended behind the last.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { isMissing } from '../needs.ts'
import { CEPH_PROGRAMS, cephPort, startCeph } from '../processes/ceph.mjs'

export const setup = async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const folder = await mkdtemp(join(tmpdir(), 'ceph-'))
  const running = process.env.TINTYPE_TEST_S3
  if (running !== undefined) {
    await writeFile(join(folder, 'started'), '')
    project.provide('ceph', { endpoint: running, folder })
    return () => rm(folder, { recursive: true })
  }
  if (isMissing({ fault: 'stores in a bucket', programs: CEPH_PROGRAMS })) return undefined
  const port = await cephPort()
  const start = (name: string) => startCeph({ folder: join(folder, name), port })
  // Once more: its daemons lose patience with each other where many tests begin at once.
  const started = start('1')
    .catch(() => start('2'))
    .then(
      async (ceph) => {
        await writeFile(join(folder, 'started'), '')
        return ceph
      },
      async (error: unknown) => {
        await writeFile(join(folder, 'failed'), String(error))
      },
    )
  project.provide('ceph', { endpoint: `http://127.0.0.1:${port}`, folder })
  return async () => {
    await (await started)?.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The engine and the folder in which `started` or `failed` says how its start ended; undefined without Ceph. */
    ceph?: { endpoint: string; folder: string }
  }
}
