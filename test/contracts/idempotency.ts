// What every store of idempotency marks must do. One passes by ~10 lines: see test/stores/idempotency/file-marks.test.ts.

import { describe, expect, it } from 'vitest'
import type { IdempotencyMarks } from '../../src/stores/idempotency/marks.ts'

export interface IdempotencyFixture {
  marks: IdempotencyMarks
  /** The same marks as another process has them. */
  another(): IdempotencyMarks
  /** Leaves a mark of this name as a process that is gone would. */
  abandon(name: string): Promise<void>
}

export const idempotencyContract = (name: string, open: () => Promise<IdempotencyFixture>): void => {
  describe(`${name} keeps the promises of idempotency marks`, () => {
    it('grants a mark to one caller at a time, and to the next one once it is released', async () => {
      const { marks, another } = await open()
      const all = [marks, another(), another(), another()]
      for (let round = 0; round < 3; round++) {
        const taken = (await Promise.all(all.map((each) => each.take('a')))).filter((mark) => mark !== undefined)
        expect(taken).toHaveLength(1)
        expect(await another().take('b')).toEqual(round === 0 ? expect.anything() : undefined)
        await taken[0]?.release()
      }
    })

    it('grants the mark of a process that has ended again, and never that of a running one', async () => {
      const { marks, another, abandon } = await open()
      for (const mark of ['a', 'b']) await abandon(mark)
      expect(await marks.take('a')).toBeDefined()
      await another().sweep()
      expect(await another().take('a')).toBeUndefined()
      expect(await another().take('b')).toBeDefined()
    })

    it('may be released more than once', async () => {
      const { marks, another } = await open()
      const mark = await marks.take('a')
      await mark?.release()
      await mark?.release()
      expect(await another().take('a')).toBeDefined()
      expect(await marks.take('a')).toBeUndefined()
    })

    it('does nothing in a sweep without marks', async () => {
      const { marks } = await open()
      await marks.sweep()
    })
  })
}
