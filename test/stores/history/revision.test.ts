import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ProjectEvent } from '../../../src/core/project/events.ts'
import { imagesOf, listOf, SEGMENT_LENGTH } from '../../../src/core/project/image-list.ts'
import { type ImageRecord, imageSchema, projectSchema } from '../../../src/core/project/model.ts'
import { emptyProject, type ProjectState } from '../../../src/core/project/state.ts'
import { sha256 } from '../../../src/stores/append-log.ts'
import {
  decodeRevision,
  decodeSegment,
  decodeSegmentImage,
  encodeRevision,
  encodeSegment,
  publishedText,
  type Revision,
  readDroppedSegments,
} from '../../../src/stores/history/revision.ts'
import { recordOf } from '../../contracts/store.ts'

/** Every second one has what images have that were uploaded since there is a placeholder. */
const images = (count: number): ImageRecord[] =>
  Array.from({ length: count }, (_, n) => {
    const record = recordOf(String(n).padStart(20, '0'))
    return n % 2 === 0 ? record : { ...record, placeholder: '1QcSHQRnh493V4dIh4eXh1h4kJUI', color: '#a05030' }
  })

/** A state whose segments are stored, and the texts they are stored as. */
const stored = (state: Partial<ProjectState>, count: number): { state: ProjectState; texts: string[] } => {
  const list = listOf(images(count))
  const texts = list.segments.map((segment) => encodeSegment(segment.images ?? []))
  const segments = list.segments.map((segment, at) => {
    const text = texts[at] ?? ''
    return { ...segment, images: undefined, stored: { id: `run${at}`, bytes: text.length, sha256: sha256(text) } }
  })
  return {
    state: {
      ...emptyProject('shop', '2026-01-02T03:04:05.678Z'),
      deleted: false,
      revision: 3,
      image_count: count,
      ...state,
      images: { ...list, segments },
    },
    texts,
  }
}

const revisionOf = (more: Partial<Revision> = {}, title: string | null = null, count = 1): Revision => ({
  state: stored({ title }, count).state,
  commits: ['abc', 'def'],
  removing: [],
  removingSegments: [],
  droppedSegments: [],
  events: [{ type: 'image.added', image_id: '0'.repeat(20) }],
  ...more,
})

const id = fc.stringMatching(/^[0-9a-z]{12,20}$/)
const storedSegment = fc.record({
  id,
  count: fc.integer({ min: 1, max: SEGMENT_LENGTH }),
  bytes: fc.nat(),
  sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
})
/** Titles that try to look like the document itself. */
const title = fc.option(
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({
      unit: fc.constantFrom('\n', '\u2028', '  "dropped_runs": ["x"]', '"', '\\', '}', '  "checksum": "', 'é'),
    }),
  ),
)
const event: fc.Arbitrary<ProjectEvent> = fc.oneof(
  fc.record({ type: fc.constantFrom('image.added', 'image.changed', 'image.deleted'), image_id: id }),
  fc.record({ type: fc.constant('cover.changed'), image_id: fc.option(id) }),
  fc.record({ type: fc.constantFrom('project.changed', 'project.deleted') }),
)
const revision = fc
  .record({
    title,
    count: fc.constantFrom(0, 1, 5, SEGMENT_LENGTH - 1, SEGMENT_LENGTH, SEGMENT_LENGTH * 2 + 3),
    commits: fc.array(id, { maxLength: 64 }),
    removing: fc.array(id, { maxLength: 5 }),
    removingSegments: fc.array(storedSegment, { maxLength: 3 }),
    droppedSegments: fc.array(id, { maxLength: 5 }),
    events: fc.option(fc.array(event, { maxLength: 5 }), { nil: undefined }),
  })
  .map(({ title, count, ...rest }) => revisionOf(rest, title, count))

const decodes = (bytes: Uint8Array): boolean => {
  try {
    decodeRevision(Buffer.from(bytes).toString('utf8'))
    return true
  } catch {
    return false
  }
}

const insertedAt = (bytes: Buffer, at: number, byte: number): Buffer =>
  Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), bytes.subarray(at)])

describe('a revision file', () => {
  it('decodes to the encoded state, whatever its content is', () => {
    fc.assert(
      fc.property(revision, (each) => {
        const text = encodeRevision(each)
        expect(decodeRevision(text)).toEqual(each)
        expect(encodeRevision(decodeRevision(text)), 'meta.json is made from what was read').toBe(text)
        expect(readDroppedSegments(text)).toEqual(each.droppedSegments)
      }),
      { numRuns: 60 },
    )
  })

  it('names the revision since which only slot tables were added', () => {
    const { state } = stored({ shownRevision: 2 }, 1)
    expect(decodeRevision(encodeRevision(revisionOf({ state }))).state).toEqual(state)
  })

  it('is readable JSON: one field per line, one image per line', () => {
    const text = encodeRevision(revisionOf({ droppedSegments: ['old'] }, 'Spring', 2))
    expect(JSON.parse(text)).toMatchObject({ project_id: 'shop', revision: 3, title: 'Spring', dropped_runs: ['old'] })
    expect(text.split('\n').filter((line) => line.startsWith('    {"id":'))).toHaveLength(2)
    expect(text).toMatch(/^ {2}"title": "Spring",$/m)
    expect(text.endsWith('"\n}\n')).toBe(true)
  })

  it('is refused with any one bit or byte of it changed', () => {
    const bytes = Buffer.from(encodeRevision(revisionOf({ removing: ['x'] }, 'Größe “A”', 1)))
    expect(decodes(bytes)).toBe(true)
    for (const [at, byte] of bytes.entries())
      for (const mask of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
        bytes[at] = byte ^ mask
        if (decodes(bytes)) expect.unreachable(`byte ${at} changed by ${mask} was not noticed`)
        bytes[at] = byte
      }
  })

  it('is refused where it is cut off, and with a byte added or removed', () => {
    const bytes = Buffer.from(encodeRevision(revisionOf({}, 'Größe', 1)))
    for (let at = 0; at < bytes.length; at++) {
      if (decodes(bytes.subarray(0, at))) expect.unreachable(`cut at ${at}`)
      if (decodes(bytes.subarray(at + 1))) expect.unreachable(`begun at ${at + 1}`)
      if (decodes(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]))) expect.unreachable(`without ${at}`)
      for (const byte of [0, 0x20, 0x0a, bytes[at] ?? 0])
        if (decodes(insertedAt(bytes, at, byte))) expect.unreachable(`${byte} inserted at ${at}`)
    }
    for (const byte of [0, 0x20, 0x0a]) expect(decodes(insertedAt(bytes, bytes.length, byte))).toBe(false)
  })

  it('is refused after larger damage: bytes set, pieces lost, repeated or swapped', () => {
    const bytes = Buffer.from(encodeRevision(revisionOf({}, null, SEGMENT_LENGTH + 40)))
    const place = fc.nat(bytes.length)
    fc.assert(
      fc.property(place, place, fc.uint8Array({ minLength: 0, maxLength: 20 }), (a, b, put) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const damaged = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(to)])
        fc.pre(!damaged.equals(bytes))
        expect(decodes(damaged)).toBe(false)
        const doubled = Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)])
        expect(decodes(doubled)).toBe(doubled.equals(bytes))
      }),
      { numRuns: 200 },
    )
  })

  it('is refused where its checksum is correct and its content is not a revision', () => {
    const sealed = (body: string) => `{\n${body},\n  "checksum": "${sha256(`{\n${body},\n`)}"\n}\n`
    expect(() => decodeRevision(sealed('  "revision": 1'))).toThrow('project_id')
    expect(() => decodeRevision(sealed('  "revision": '))).toThrow('JSON')
    expect(() => decodeRevision('')).toThrow('checksum')
  })

  it('is not encoded for a state whose segments are not stored', () => {
    const state = { ...revisionOf().state, images: listOf(images(SEGMENT_LENGTH)) }
    expect(() => encodeRevision(revisionOf({ state }))).toThrow('the segment was not stored')
  })
})

/** The schema and the checksum of the versions before events, as they stood there. */
const decodeAsBefore = (text: string) => {
  const run = z.object({ id: z.string(), count: z.int().min(1), bytes: z.int(), sha256: z.string() })
  const schema = z.object({
    ...projectSchema.shape,
    deleted: z.boolean(),
    commits: z.array(z.string()),
    removing: z.array(z.string()),
    removing_runs: z.array(run),
    dropped_runs: z.array(z.string()),
    runs: z.array(run),
    images: z.array(imageSchema),
  })
  const body = text.slice(0, Math.max(0, text.lastIndexOf('  "checksum": "')))
  expect(text).toBe(`${body}  "checksum": "${sha256(body)}"\n}\n`)
  return schema.parse(JSON.parse(text))
}

describe('the events in a revision file', () => {
  it('are one line, before the images', () => {
    const text = encodeRevision(revisionOf({}, null, 2))
    expect(text).toMatch(/^ {2}"events": \[{"type":"image.added","image_id":"0{20}"}\],\n {2}"images": \[$/m)
  })

  it('are ignored by older versions', () => {
    const { events, ...rest } = revisionOf({}, 'Spring', SEGMENT_LENGTH + 2)
    expect(events).toBeDefined()
    const read = decodeAsBefore(encodeRevision({ ...rest, events }))
    expect(read).toEqual(decodeAsBefore(encodeRevision({ ...rest, events: undefined })))
    expect(read).not.toHaveProperty('events')
  })

  it('are unknown in a file of an older version, and empty where nothing visible changed', () => {
    const text = encodeRevision(revisionOf({ events: undefined }))
    expect(text).not.toContain('events')
    expect(decodeRevision(text).events).toBeUndefined()
    expect(decodeRevision(encodeRevision(revisionOf({ events: [] }))).events).toEqual([])
  })

  it('are unknown where a newer version lists an unknown event', () => {
    const text = encodeRevision(revisionOf({ events: [{ type: 'project.changed' }, { type: 'project.deleted' }] }))
    const body = text.slice(0, text.lastIndexOf('  "checksum"')).replace('project.deleted', 'project.renamed')
    const read = decodeRevision(`${body}  "checksum": "${sha256(body)}"\n}\n`)
    expect(read.events).toBeUndefined()
    expect(read.state.revision).toBe(3)
  })
})

describe('a segment file', () => {
  it('decodes to the encoded images, and no other content is accepted', () => {
    const text = encodeSegment(images(SEGMENT_LENGTH))
    const stored = { sha256: sha256(text) }
    expect(decodeSegment(text, stored)).toEqual(images(SEGMENT_LENGTH))
    expect(encodeSegment(decodeSegment(text, stored))).toBe(text)
    expect(() => decodeSegment(encodeSegment(images(SEGMENT_LENGTH - 1)), stored)).toThrow('checksum')
    expect(() => decodeSegment(text.replace('"width":4', '"width":5'), stored)).toThrow('checksum')
    expect(() => decodeSegment('', stored)).toThrow('checksum')
  })

  it('gives one of its images without the others, whatever their texts say', () => {
    const [first, second, ...rest] = images(SEGMENT_LENGTH)
    if (!first || !second) throw new Error('expected images')
    const answers = [
      { key: 'a'.repeat(64), upload: second.id, at: '2026-01-02T03:04:05.678Z', revision: 1, is_primary: false },
    ]
    const all = [{ ...first, title: `"id":"${second.id}"`, answers }, { ...second, title: 'x,' }, ...rest]
    const text = encodeSegment(all)
    const stored = { sha256: sha256(text) }
    for (const image of all) expect(decodeSegmentImage(text, stored, image.id)).toEqual(image)
    expect(decodeSegmentImage(text, stored, 'z'.repeat(20))).toBeUndefined()
    expect(() => decodeSegmentImage(text.replace('"width":4', '"width":5'), stored, second.id)).toThrow('checksum')
  })
})

describe('the published document', () => {
  it.each([0, 1, SEGMENT_LENGTH - 1, SEGMENT_LENGTH, SEGMENT_LENGTH + 1, SEGMENT_LENGTH * 3])(
    'is the state with all of its %i images, whether they lie in segments or not',
    async (count) => {
      const { state, texts } = stored({ title: 'Spring', primary_image_id: null }, count)
      const { images: _, deleted: __, ...project } = state
      const text = await publishedOf(state, texts)
      expect(JSON.parse(text)).toEqual({ ...project, images: images(count) })
      expect(text.split('\n').filter((line) => line.startsWith('    {"id":'))).toHaveLength(count)
      const loose = { ...state, images: { segments: [], tail: images(count) } }
      expect(imagesOf(loose.images)).toHaveLength(count)
      expect(await publishedOf(loose, [])).toBe(text)
    },
  )
})

const publishedOf = async (state: ProjectState, texts: readonly string[]): Promise<string> => {
  const ids = state.images.segments.map(({ stored }) => stored?.id)
  let text = ''
  for await (const part of publishedText(state, async (id) => texts[ids.indexOf(id)] ?? '')) text += part
  return text
}
