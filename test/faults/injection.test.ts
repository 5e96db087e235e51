// kill -9, a full disk and a broken one at every call to the disk of an upload, a delete and a change of the primary image.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/disk/folder.ts'
import { say } from '../support/faults/say.ts'
import { isMissing } from '../support/needs.ts'
import { inParallel } from './injection/in-parallel.ts'
import { pathsWithin, runOnce } from './injection/run.ts'
import { prepareBase, SCENARIOS } from './injection/scenario.ts'
import { type Fault, strikeEach } from './injection/strike.ts'

/** A folder that cannot be removed is the lock, which grows stale, or empty and left to a sweep. */
const NOT_FAILING = ['rmdir']

const FAULTS: readonly Fault[] = [
  { name: 'kill -9', inject: 'signal=KILL', never: [] },
  { name: 'ENOSPC', inject: 'error=ENOSPC', refusal: 'storage_full', never: NOT_FAILING },
  { name: 'EIO', inject: 'error=EIO', refusal: 'store_unavailable', never: NOT_FAILING },
]

/** Segments at the same time. */
const PARALLEL = 2

describe.skipIf(isMissing({ fault: 'faults at system calls', programs: { strace: 'strace' } }))('a fault', () => {
  describe.each(SCENARIOS)('in $name', (scenario) => {
    it.each(FAULTS)('by $name leaves the change whole or absent, and nothing else', async (fault) => {
      const folder = await temporaryFolder()
      const base = await prepareBase(join(folder, 'base'))
      const sound = await runOnce({ scenario, base, folder: join(folder, 'sound') })
      expect(sound.answer?.status).toBeLessThan(300)
      const isStruck = (path: string) => !path.includes('.catalogue/') && (scenario.within?.test(path) ?? true)
      const within = pathsWithin(sound).filter((path) => scenario.within?.test(`/${path}`) ?? true)
      // Hints in the cache are written beside the answer, and may be lost (test/stores/catalogue).
      const made = new Set(sound.calls.flatMap(({ name, paths }) => (paths.some(isStruck) ? [name] : [])))
      const calls = (scenario.calls ?? [...made]).filter((call) => !fault.never.includes(call))
      const all = await inParallel(PARALLEL, calls, async (call) => ({
        call,
        ...(await strikeEach({ scenario, base, fault, call, within, folder })),
      }))
      say(`${scenario.name}, ${fault.name}: ${all.map(({ call, struck }) => `${struck} ${call}`).join(', ')}`)
      expect(all.flatMap(({ findings }) => findings)).toEqual([])
      expect(all.filter(({ struck }) => struck === 0)).toEqual([])
    })
  })
})
