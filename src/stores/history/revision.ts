// Formats of revision files and segment files: readable JSON, sealed by a checksum.

import { z } from 'zod'
import { slotTableSchema } from '../../core/atlas/slots.ts'
import { PENDING_ENTRY } from '../../core/jobs/pending.ts'
import { type ProjectEvent, projectEventSchema } from '../../core/project/events.ts'
import { type ImageRecord, imageSchema, projectSchema } from '../../core/project/model.ts'
import type { ProjectState } from '../../core/project/state.ts'
import { seal, sha256, unseal } from '../append-log.ts'

/** A committed state of a project, with the records of the commit protocol. */
export interface Revision {
  state: ProjectState
  /** Ids of the last commits, newest last: an overtaken writer finds its own among them. */
  commits: readonly string[]
  /** Deleted images whose files may still exist. They are never served. */
  removing: readonly string[]
  /** Segments of such images, after the deletion of a whole project. */
  removingSegments: readonly StoredSegment[]
  /** Segments that the preceding revision was the last to name. */
  droppedSegments: readonly string[]
  /** Date of an S3 engine, ISO 8601, before which no image may have been published that is added from now on. */
  floor?: string | undefined
  /** Events of its changes; undefined where they are unknown, as in revisions of older versions. */
  events: readonly ProjectEvent[] | undefined
}

const storedSegmentSchema = z.object({
  id: z.string(),
  count: z.int().min(1),
  bytes: z.int(),
  sha256: z.string(),
  // Absent where no image of the segment has a focal point, so that renders need not read it.
  focal_points: z.literal(true).optional(),
})

/** Reference to the file of a segment. */
export type StoredSegment = z.infer<typeof storedSegmentSchema>

const revisionSchema = z.object({
  ...projectSchema.shape,
  deleted: z.boolean(),
  commits: z.array(z.string()),
  removing: z.array(z.string()),
  removing_runs: z.array(storedSegmentSchema),
  dropped_runs: z.array(z.string()),
  runs: z.array(storedSegmentSchema),
  // Absent from revisions of older versions.
  cover_run: z.string().optional(),
  // Absent where none was set.
  floor: z.iso.datetime().optional(),
  // Absent where none is, and from revisions of older versions.
  pending: z.array(z.string().regex(PENDING_ENTRY)).optional(),
  // Absent where no atlas was requested, and from revisions of older versions.
  atlas: z.record(z.string(), slotTableSchema).optional().catch(undefined),
  // Absent where it is `revision`, and from revisions of older versions.
  shown_revision: z.int().min(0).optional(),
  // The checksum matches, so an event of another form is of a newer version.
  events: z.array(projectEventSchema).optional().catch(undefined),
  images: z.array(imageSchema),
})

type Listed = Pick<ProjectState, 'project_id' | 'revision' | 'updated_at'>

const listedSchema = revisionSchema.pick({
  project_id: true,
  revision: true,
  updated_at: true,
  commits: true,
  events: true,
})

/** @throws Error where a segment of the state was not stored */
export const encodeRevision = (revision: Revision): string => {
  const { state, commits, removing, removingSegments, droppedSegments, floor, events } = revision
  const { images, ...project } = state
  const head = {
    ...inOrder(project),
    commits,
    removing,
    removing_runs: removingSegments,
    dropped_runs: droppedSegments,
    runs: images.segments.map((segment) => storedSegment(segment.count, segment.stored)),
    ...(state.coverSegment === undefined ? {} : { cover_run: state.coverSegment }),
    ...(floor === undefined ? {} : { floor }),
    ...(state.pending && state.pending.length > 0 ? { pending: state.pending } : {}),
    ...(state.atlas ? { atlas: state.atlas } : {}),
    ...(state.shownRevision === undefined ? {} : { shown_revision: state.shownRevision }),
    ...(events ? { events } : {}),
  }
  return seal(`${fields(head)}${IMAGES}${linesOf(images.tail)}`)
}

/** Begins the last field of a revision. No text in a field contains a line break. */
const IMAGES = ',\n  "images": '

/** @throws Error where the text is damaged in any way */
export const decodeRevision = (text: string): Revision => {
  const body = unseal(text)
  const { commits, removing, removing_runs, dropped_runs, runs, cover_run, floor, pending, atlas, ...rest } =
    revisionSchema.parse(JSON.parse(body))
  const { events, images, shown_revision, ...project } = rest
  return {
    state: {
      ...project,
      images: {
        segments: runs.map(({ count, ...stored }) => ({ images: undefined, count, stored })),
        tail: images,
      },
      ...(cover_run === undefined ? {} : { coverSegment: cover_run }),
      ...(pending === undefined ? {} : { pending }),
      ...(atlas === undefined ? {} : { atlas }),
      ...(shown_revision === undefined ? {} : { shownRevision: shown_revision }),
    },
    commits,
    removing,
    removingSegments: removing_runs,
    droppedSegments: dropped_runs,
    ...(floor === undefined ? {} : { floor }),
    events,
  }
}

/** Reads only {@link Revision.droppedSegments}, by a search instead of parsing. */
export const readDroppedSegments = (text: string): string[] =>
  [...(/^ {2}"dropped_runs": \[([^\]]*)\]/m.exec(text)?.[1] ?? '').matchAll(/"([^"]+)"/g)].flatMap(([, id]) => id ?? [])

/** A revision as listed to watchers: its events, and its place in the chain of commits. */
export interface ListedEntry {
  projectId: string
  revision: number
  /** Time of the commit, ISO 8601. */
  at: string
  commit: string | undefined
  previousCommit: string | undefined
  events: readonly ProjectEvent[] | undefined
}

export const listedOf = ({ state, commits, events }: Pick<Revision, 'commits' | 'events'> & { state: Listed }) => ({
  projectId: state.project_id,
  revision: state.revision,
  at: state.updated_at,
  commit: commits.at(-1),
  previousCommit: commits.at(-2),
  events,
})

/** Reads a revision without parsing its images. @throws Error where the text is damaged in any way */
export const decodeListed = (text: string): ListedEntry => {
  const head = unseal(text).slice(0, text.indexOf(IMAGES))
  const { commits, events, ...state } = listedSchema.parse(JSON.parse(`${head}}`))
  return listedOf({ state, commits, events })
}

export const encodeSegment = (images: readonly ImageRecord[]): string => {
  const text = `${linesOf(images)}\n`
  // Revisions contain sealed images no more.
  for (const image of images) lines.delete(image)
  return text
}

/** @throws Error where the text does not match its checksum or schema */
export const decodeSegment = (text: string, stored: { sha256: string }): ImageRecord[] => {
  if (sha256(text) !== stored.sha256) throw new Error('the checksum does not match')
  return z.array(imageSchema).parse(JSON.parse(text))
}

/**
 * Reads one image of a segment, a tenth of the work of {@link decodeSegment}. Undefined where it is not in it.
 *
 * @throws Error where the text does not match its checksum, or the record its schema
 */
export const decodeSegmentImage = (
  text: string,
  stored: { sha256: string },
  imageId: string,
): ImageRecord | undefined => {
  if (sha256(text) !== stored.sha256) throw new Error('the checksum does not match')
  // In a text of a record, the quotes of this would be escaped.
  const at = text.indexOf(`"id":${JSON.stringify(imageId)}`)
  if (at === -1) return undefined
  const line = text.slice(text.lastIndexOf('\n', at) + 1, text.indexOf('\n', at)).trim()
  return imageSchema.parse(JSON.parse(line.endsWith(',') ? line.slice(0, -1) : line))
}

/** Ids of the segments that a revision needs: of its images, and of images to be removed. */
export const namedSegments = ({ state, removingSegments }: Pick<Revision, 'state' | 'removingSegments'>): string[] => [
  ...state.images.segments.flatMap(({ stored }) => stored?.id ?? []),
  ...removingSegments.map(({ id }) => id),
]

/**
 * Text of meta.json, in parts: the whole list, one image a line. As one text it would be 25 MB at 20,000 images.
 *
 * @param segmentText reads the file of a segment
 */
export async function* publishedText(
  state: ProjectState,
  segmentText: (segmentId: string) => Promise<string>,
): AsyncGenerator<string> {
  const { images, deleted: _, ...project } = state
  yield `{\n${fields(inOrder(project))},\n  "images": `
  let hasImages = false
  const part = (text: string): string => {
    const list = text.trim().slice(1, -1).trim()
    const separator = hasImages ? ',\n    ' : '[\n    '
    hasImages ||= list !== ''
    return list === '' ? '' : separator + list
  }
  for (const { stored } of images.segments) if (stored) yield part(await segmentText(stored.id))
  yield part(linesOf(images.tail))
  yield `${hasImages ? '\n  ]' : '[]'}\n}\n`
}

export const storedSegment = (count: number, stored: Omit<StoredSegment, 'count'> | undefined): StoredSegment => {
  if (!stored) throw new Error('the segment was not stored')
  const { id, bytes, sha256, focal_points } = stored
  return { id, count, bytes, sha256, ...(focal_points ? { focal_points } : {}) }
}

const ORDER = [...Object.keys(projectSchema.shape), 'deleted']

/**
 * Sorts fields by the schema, so that a state that was read has the same text as one just made. Absent fields stay absent.
 */
const inOrder = (project: object): object => {
  const values = new Map(Object.entries(project))
  return Object.fromEntries(ORDER.flatMap((name) => (values.get(name) === undefined ? [] : [[name, values.get(name)]])))
}

const fields = (record: object): string =>
  Object.entries(record)
    .map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(',\n')

const lines = new WeakMap<ImageRecord, string>()

const linesOf = (images: readonly ImageRecord[]): string =>
  images.length === 0 ? '[]' : `[\n    ${images.map(lineOf).join(',\n    ')}\n  ]`

/** Records are immutable, so each line is made once. */
const lineOf = (image: ImageRecord): string => {
  const known = lines.get(image)
  if (known !== undefined) return known
  const line = JSON.stringify(image)
  lines.set(image, line)
  return line
}
