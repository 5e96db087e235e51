import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { serve } from '../../support/processes/tintype.ts'

const MB = 1e6

/** The most that a process has had in memory so far, in bytes (proc(5), VmHWM). */
const peakMemory = (pid: number | undefined): number => {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) * 1024
}

describe('the memory of the server', () => {
  it.skipIf(!existsSync('/proc/self/status'))(
    'stays under 250 MB while 32 uploads of 24 MB come at once',
    async () => {
      const service = await serve(['--log-level', 'warn'])
      // A sound photo that is so large because of what follows it, which is not stored: the bytes are what counts here.
      const photo = await smallPhoto()
      const bytes = new Uint8Array(24 * MB)
      bytes.set(photo)
      const file = new Blob([bytes], { type: 'image/jpeg' })
      const upload = async () => {
        const form = new FormData()
        form.set('file', file, 'photo.jpg')
        const response = await fetch(`${service.url}/projects/heavy/images`, { method: 'POST', body: form })
        await response.arrayBuffer()
        return response.status
      }
      const statuses = await Promise.all(Array.from({ length: 32 }, upload))
      expect(statuses).toEqual(Array(32).fill(201))
      const peak = peakMemory(service.child.pid)
      expect(peak).toBeGreaterThan(20 * MB)
      expect(peak).toBeLessThan(250 * MB)
    },
    300_000,
  )
})
