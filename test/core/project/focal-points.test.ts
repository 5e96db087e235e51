// Focal points in lists whose segments are loaded only where they have any.

import { describe, expect, it } from 'vitest'
import { findFocalPoint, focalPointsOf } from '../../../src/core/project/focal-points.ts'
import type { ImageRecord } from '../../../src/core/project/model.ts'
import { recordOf } from '../../contracts/store.ts'

const id = (n: number): string => String(n).padStart(20, '0')
const POINT = { x: 0.3, y: 0.6 }
const at = (n: number, point = POINT): ImageRecord => ({ ...recordOf(id(n)), focal_point: point })
const stored = (name: string, focal: boolean) => ({
  id: name,
  sha256: 'a'.repeat(64),
  bytes: 1,
  ...(focal ? ({ focal_points: true } as const) : {}),
})

describe('a focal point', () => {
  const plain = { images: undefined, count: 2, stored: stored('plain', false) }
  const focal = { images: undefined, count: 2, stored: stored('focal', true) }
  const list = { segments: [plain, focal], tail: [recordOf(id(5)), at(6)] }

  it('is found in the tail without a segment', () => {
    const images = () => expect.unreachable('no segment is needed')
    expect(findFocalPoint(list, id(6), images)).toEqual(POINT)
  })

  it('is found in segments that have any: in memory, or named for loading', () => {
    expect(findFocalPoint(list, id(3), () => undefined)).toEqual([focal])
    const requested: unknown[] = []
    const inMemory = (segment: unknown) => {
      requested.push(segment)
      return [recordOf(id(2)), at(3)]
    }
    expect(findFocalPoint(list, id(3), inMemory)).toEqual(POINT)
    expect(findFocalPoint(list, id(2), inMemory)).toBeNull()
    expect(requested).toEqual([focal, focal])
    const loaded = { segments: [plain, { images: [at(3)], count: 1 }], tail: [] }
    expect(findFocalPoint(loaded, id(3), () => expect.unreachable('it is loaded'))).toEqual(POINT)
  })

  it('costs no segment where no image has one', () => {
    const none = { segments: [plain, plain], tail: [recordOf(id(5))] }
    expect(findFocalPoint(none, id(1), () => expect.unreachable('no segment is needed'))).toBeNull()
  })

  it('is rounded to thousandths', () => {
    const images = [at(1, { x: 1 / 3, y: 0.9996 }), at(2, { x: 0.0004, y: 0.1235 })]
    expect([...focalPointsOf(images)]).toEqual([
      [id(1), { x: 0.333, y: 1 }],
      [id(2), { x: 0, y: 0.124 }],
    ])
    expect(focalPointsOf(images)).toBe(focalPointsOf(images))
  })
})
