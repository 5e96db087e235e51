import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { thisProcess } from '../../../src/stores/file/staging/owner.ts'
import { sealOwner } from '../../../src/stores/file/staging/owner-file.ts'
import { addImage } from '../../contracts/store.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { openBucket } from '../../support/s3/ceph.ts'
import { memoryOptions, startMemoryEngine } from '../../support/s3/engine.ts'
import { openS3Store } from '../../support/s3/store.ts'

const DAY_MS = 86_400_000

it('the lease of a process that has died ends with the next start of its machine', async () => {
  const { endpoint } = await startMemoryEngine()
  const options = memoryOptions(endpoint)
  const workDir = await temporaryFolder()
  const dead = join(workDir, '.tmp', 'dead')
  await mkdir(dead, { recursive: true })
  const { pid } = spawnSync('true')
  const ownerFile = join(dead, 'owner.json')
  await writeFile(ownerFile, sealOwner(ownerFile, { ...(await thisProcess()), pid }))
  await openBucket(options).put('.owners/dead.json', '')
  const elsewhere = await openS3Store(options, await temporaryFolder())
  expect(await elsewhere.leases.isAlive('dead')).toBe(true)
  await openS3Store(options, workDir)
  expect(await elsewhere.leases.isAlive('dead')).toBe(false)
})

it('leases that were not renewed for a day are removed by the sweep of the bucket', async () => {
  const engine = await startMemoryEngine()
  const options = memoryOptions(engine.endpoint)
  const store = await openS3Store(options, await temporaryFolder())
  await addImage(store, 'shop')
  const leases = () => engine.keys().filter((key) => key.startsWith('pictures/.owners/'))
  expect(leases()).toHaveLength(1)
  engine.advance(DAY_MS + 2000)
  await openS3Store(options, await temporaryFolder(), { orphanSweepMs: 100 })
  await expect.poll(leases).toEqual([])
})
