import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { uploadSchema } from '../../src/http/schemas/images.ts'
import { temporaryFolder } from '../support/disk/folder.ts'
import { checkStore } from '../support/faults/check.ts'
import { acknowledgedIn, createLedger, type LedgerBook } from '../support/faults/ledger.ts'
import { startLoad } from '../support/faults/load.ts'
import { say } from '../support/faults/say.ts'
import { isMissing, libraryPath } from '../support/needs.ts'
import { noisePicture } from '../support/pictures/pictures.ts'
import { createServer, type Request } from '../support/processes/server-tree.ts'
import { straysAfterSweep } from '../support/store/strays.ts'
import { formOf } from '../support/upload.ts'

const SECONDS = 10
const AHEAD_SECONDS = 30
const LIBFAKETIME = 'faketime/libfaketimeMT.so.1'

describe.skipIf(isMissing({ fault: 'clocks', libraries: { [LIBFAKETIME]: 'libfaketime' } }))(
  'clocks that disagree',
  () => {
    it(`lose no change when one of two processes is ${AHEAD_SECONDS} s ahead, so that every lock seems stale to it`, async () => {
      const storageDir = join(await temporaryFolder(), 'storage')
      const right = await createServer({ storageDir })
      const ahead = await createServer({
        storageDir,
        env: {
          LD_PRELOAD: libraryPath(LIBFAKETIME) ?? '',
          FAKETIME: `+${AHEAD_SECONDS}s`,
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
          // The times of files are those of the disk, not moved along with the clock.
          NO_FAKE_STAT: '1',
        },
      })
      await right.start()
      await ahead.start()
      const ledger = createLedger()
      expect(await clockOf(ahead.request, ledger)).toBeGreaterThan(Date.now() + (AHEAD_SECONDS - 5) * 1000)
      expect(await clockOf(right.request, ledger)).toBeLessThan(Date.now() + 5000)

      const servers = [right.request, ahead.request]
      const load = startLoad({ servers, ledger, projects: ['one'], clients: 12 })
      await sleep(SECONDS * 1000)
      await load.pause()

      const findings: string[] = []
      for (const request of servers) findings.push(...(await checkStore({ storageDir, ledger, request })))
      findings.push(...(await straysAfterSweep(storageDir)))
      say(
        `clock ${AHEAD_SECONDS} s ahead in one of two processes: ${SECONDS} s, ${load.done()} changes, ` +
          `${acknowledgedIn(ledger)} uploads and deletes acknowledged, ${findings.length} wrong`,
      )
      expect(load.failures()).toEqual({})
      expect(findings).toEqual([])
      expect(load.done()).toBeGreaterThan(0)
      // Ended in good order, because libfaketime leaves shared memory behind where it is killed.
      expect(await ahead.end()).toBe(0)
      expect(await right.end()).toBe(0)
    })
  },
)

/** What a server takes for the time, in milliseconds since 1970. */
const clockOf = async (request: Request, ledger: LedgerBook): Promise<number> => {
  const { bytes, sha256 } = await noisePicture()
  const acknowledge = ledger.upload('clock', sha256)
  const answer = await request('/projects/clock/images', { method: 'POST', body: formOf(bytes) })
  const { image_id, created_at } = uploadSchema.parse(await answer.json())
  acknowledge(image_id)
  return Date.parse(created_at)
}
