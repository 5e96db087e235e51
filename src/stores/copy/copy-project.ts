// Copies a project: its files first, then its newest revision, so that the target shows a whole state at any moment, and
// those below it. What is there already is not read again, so a copy that was killed goes on where it ended.
//
// Servers may run on the source: what they delete under the copy is missing, and the copy begins again with the newer head.
// The target must not have changed by itself: its head is one of the source.

import { messageOf } from '../../core/errors.ts'
import { VARIANTS, variantsOf } from '../../core/names.ts'
import { type ImageList, imagesOf } from '../../core/project/image-list.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import { decodeRevision, decodeSegment, namedSegments, type Revision } from '../history/revision.ts'
import { checked } from './checked.ts'
import { isOfPlace } from './failure.ts'
import type { CopySource, CopyTarget, VariantFile } from './place.ts'
import { removeRest } from './remove-rest.ts'

export interface CopyProjectOptions {
  source: CopySource
  target: CopyTarget
  /** Checks the content of every file of the target, and copies those again that are damaged. */
  verify: boolean
  /** False for a copy without the files of pictures, whose readers fetch them. @default true */
  files?: boolean
  /** Files at once. */
  parallel: number
  signal: AbortSignal
  /** Called once the files are known, and after each. */
  onFiles(files: { planned?: number; done?: number; bytes: number }): void
}

export interface CopiedProject {
  /** Newest one, which the target has now. */
  revision: number
  /** False where the target had it. */
  isNew: boolean
  /** Files and their bytes that were written. */
  files: number
  bytes: number
}

/** Newest revisions that a copy has: as many as a store may keep of an old project. */
const KEPT_REVISIONS = 64
/** Fewer without the first are a damage to the doctor. */
const LEAST_REVISIONS = 32
/** For each further try, a server changed the project under the copy. */
const MOST_TRIES = 50

/** The source was changed under the copy. */
const OVERTAKEN = Symbol('overtaken')

/** @throws Error where the project cannot be copied whole; the target then has the state of before */
export const copyProject = async (
  options: CopyProjectOptions,
  projectId: string,
): Promise<CopiedProject | undefined> => {
  const copied = { revision: 0, isNew: false, files: 0, bytes: 0 }
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const outcome = await attempt(options, projectId, copied)
    if (outcome !== OVERTAKEN) return outcome === 'absent' ? undefined : copied
  }
  throw new Error('it is changed faster than it can be copied')
}

const attempt = async (
  options: CopyProjectOptions,
  projectId: string,
  copied: CopiedProject,
): Promise<'done' | 'absent' | typeof OVERTAKEN> => {
  const { source, target, verify, files = true, signal } = options
  const numbers = await source.revisions(projectId)
  const number = numbers.at(-1)
  if (number === undefined) return 'absent'
  const text = await source.revision(projectId, number)
  if (text === undefined) return OVERTAKEN
  const head = decoded(text, projectId, number)
  copied.revision = number
  const targetNumbers = await target.revisions(projectId)
  const before = targetNumbers.at(-1)
  if (before !== undefined && (await assertFollows(options, projectId, numbers, before))) return OVERTAKEN
  const lacking = numbers.filter((each) => each > number - KEPT_REVISIONS && !targetNumbers.includes(each))
  const isWhole = !files || !target.mayLackFiles()
  const isCurrent = lacking.length === 0 && isWhole && (await target.isPublished(head.state))
  if (isCurrent && !verify) return 'done'

  const isOvertaken = async () => (await source.revisions(projectId)).at(-1) !== number
  try {
    await target.prepare(projectId, head.state.deleted)
    const images = imagesOf(await loaded(source, projectId, head.state.images))
    if (files) await copyFiles(options, projectId, images, copied)
    const revisions = await copySegments(options, projectId, lacking)
    await target.secure(projectId)
    signal.throwIfAborted()
    // The newest one first: it is whole, and those below it are history.
    for (const each of revisions)
      if (!(await target.putRevision(projectId, each.number, each.text)))
        throw new Error(`${target.name} has another revision ${each.number}: it was changed by itself`)
    copied.isNew ||= before !== number
    await removeRest(options, head.state, { numbers, images })
    await target.publish(head.state)
    return 'done'
  } catch (error) {
    signal.throwIfAborted()
    if (await isOvertaken()) return OVERTAKEN
    throw error
  }
}

/**
 * @returns {@link OVERTAKEN} where the revision that tells was pruned meanwhile
 * @throws Error where the head of the target is none of the source, as far as that is known
 */
const assertFollows = async (
  { source, target }: CopyProjectOptions,
  projectId: string,
  numbers: readonly number[],
  before: number,
): Promise<typeof OVERTAKEN | undefined> => {
  const changed = () => new Error(`${target.name} has a revision ${before} of its own: it was changed by itself`)
  if (before > (numbers.at(-1) ?? 0)) throw changed()
  const own = await target.revision(projectId, before)
  const known = await source.revision(projectId, before)
  if (known !== undefined && known !== own) throw changed()
  const oldest = numbers[0]
  if (known !== undefined || own === undefined || oldest === undefined) return undefined
  const text = await source.revision(projectId, oldest)
  if (text === undefined) return OVERTAKEN
  // It was pruned: the oldest one that remains knows the commits before it.
  const { commits } = decoded(text, projectId, oldest)
  const commit = decoded(own, projectId, before).commits.at(-1)
  if (before > oldest - commits.length && (commit === undefined || !commits.includes(commit))) throw changed()
  return undefined
}

const copyFiles = async (
  { source, target, verify, parallel, signal, onFiles }: CopyProjectOptions,
  projectId: string,
  images: readonly ImageRecord[],
  copied: CopiedProject,
): Promise<void> => {
  const files = images.flatMap((image) =>
    variantsOf(image.sizes).flatMap((name): VariantFile[] => {
      const content = image.sizes[name]
      return content ? [{ projectId, imageId: image.id, name, content }] : []
    }),
  )
  const present = new Map(
    await Promise.all(VARIANTS.map(async (name) => [name, await target.variants(projectId, name)] as const)),
  )
  const isThere = async (file: VariantFile): Promise<boolean> => {
    if (present.get(file.name)?.get(file.imageId) !== file.content.bytes) return false
    return !verify || (await isIntact(target, file))
  }
  onFiles({ planned: files.length, bytes: files.reduce((sum, { content }) => sum + content.bytes, 0) })
  const rest = files.values()
  let failure: { error: unknown } | undefined
  const work = async (): Promise<void> => {
    for (const file of rest) {
      try {
        signal.throwIfAborted()
        if (!(await isThere(file))) {
          await target.putVariant(file, source.read(file))
          copied.files++
          copied.bytes += file.content.bytes
        }
        onFiles({ done: 1, bytes: file.content.bytes })
      } catch (error) {
        const message = `${file.name} of image "${file.imageId}": ${messageOf(error)}`
        failure ??= { error: new Error(message, { cause: error }) }
        // Behind an image that was deleted meanwhile the others are copied all the same: the next attempt has little to do.
        if (signal.aborted || isOfPlace(error)) return
      }
    }
  }
  await Promise.all(Array.from({ length: parallel }, work))
  if (failure) throw failure.error
}

const isIntact = async (place: CopySource, file: VariantFile): Promise<boolean> => {
  try {
    for await (const _ of checked(place.read(file), file.content));
    return true
  } catch {
    return false
  }
}

interface RevisionText {
  number: number
  text: string
}

/**
 * Copies the segments of revisions. Of old ones some may be missing, which are being pruned.
 *
 * @returns the revisions whose segments the target has, newest first and without a gap
 */
const copySegments = async (
  { source, target }: CopyProjectOptions,
  projectId: string,
  numbers: readonly number[],
): Promise<RevisionText[]> => {
  const present = new Set(await target.segments(projectId))
  const copyNamed = async (revision: Revision): Promise<boolean> => {
    for (const id of namedSegments(revision)) {
      if (present.has(id)) continue
      const text = await source.segment(projectId, id)
      if (text === undefined) return false
      await target.putSegment(projectId, id, text)
      present.add(id)
    }
    return true
  }
  const revisions: RevisionText[] = []
  for (const number of numbers.toReversed()) {
    const text = await source.revision(projectId, number)
    if (text === undefined || !(await copyNamed(decoded(text, projectId, number)))) break
    revisions.push({ number, text })
  }
  if (revisions.length < Math.min(numbers.length, LEAST_REVISIONS)) throw new Error('a segment or revision is missing')
  return revisions
}

const loaded = async (source: CopySource, projectId: string, list: ImageList): Promise<ImageList> => ({
  ...list,
  segments: await Promise.all(
    list.segments.map(async (segment) => {
      if (!segment.stored) throw new Error('a segment of its list was not stored')
      const text = await source.segment(projectId, segment.stored.id)
      if (text === undefined) throw new Error(`segment ${segment.stored.id} of its list is missing`)
      return { ...segment, images: decodeSegment(text, segment.stored) }
    }),
  ),
})

const decoded = (text: string, projectId: string, number: number): Revision => {
  const revision = decodeRevision(text)
  if (revision.state.project_id !== projectId || revision.state.revision !== number)
    throw new Error(`revision ${number} is misplaced`)
  return revision
}
