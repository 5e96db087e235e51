// The images of a project as its newest revision has them, a part at a time, while others may change it.

import type { ImageRecord } from '../../../../core/project/model.ts'
import { type Revision, storedRun } from '../../../history/revision.ts'
import type { Tools } from '../context.ts'
import { readRun } from './segments.ts'

export interface Batch {
  images: readonly ImageRecord[]
  /** Revision that the images are from. */
  revision: number
  /** The run that they are in, undefined for the newest ones. */
  runId: string | undefined
}

/** Others may make new parts faster than they are looked at; then this many times as many as there were are enough. */
const MOST_ROUNDS = 4

/** Every image that is there from beginning to end is in one of the batches, and some are in more than one. */
export async function* imageBatches({ paths, heads }: Tools, projectId: string): AsyncGenerator<Batch> {
  const done = new Set<string>()
  for (let most = Number.POSITIVE_INFINITY; done.size < most; ) {
    const head = await heads.read(projectId)
    if (!head || head.state.deleted) return
    const { revision, images: list } = head.state
    if (done.size === 0) most = (list.runs.length + RUNS_OF_A_SHORT_LIST) * MOST_ROUNDS
    const run = list.runs.find(({ stored }) => stored && !done.has(stored.id))
    if (!run?.stored) return yield { images: list.tail, revision, runId: undefined }
    done.add(run.stored.id)
    const images = await readRun(paths, projectId, storedRun(run.count, run.stored))
    // Gone with its revision meanwhile: the next head has its images elsewhere. Or damaged, which is told elsewhere.
    if (typeof images !== 'string') yield { images, revision, runId: run.stored.id }
  }
}

const RUNS_OF_A_SHORT_LIST = 16

/** The record that an image of a batch has now, undefined where the image is gone. */
export const newestRecord = async (
  tools: Tools,
  projectId: string,
  imageId: string,
  from?: Batch,
): Promise<ImageRecord | undefined> => {
  const head = await tools.heads.read(projectId)
  if (!head) return undefined
  const isSame = (image: ImageRecord) => image.id === imageId
  if (from && isStill(head, from)) return from.images.find(isSame)
  const inTail = head.state.images.tail.find(isSame)
  if (inTail) return inTail
  for (const run of head.state.images.runs.toReversed()) {
    const images = await readRun(tools.paths, projectId, storedRun(run.count, run.stored))
    const found = typeof images === 'string' ? undefined : images.find(isSame)
    if (found) return found
  }
  return undefined
}

const isStill = ({ state }: Revision, { revision, runId }: Batch): boolean =>
  state.revision === revision || (runId !== undefined && state.images.runs.some(({ stored }) => stored?.id === runId))
