// Every stored picture against its record: there, of that size, with that hash, and a JPEG of that many pixels.

import { setTimeout as sleep } from 'node:timers/promises'
import { SIZES, type Size } from '../../../../core/names.ts'
import type { ImageRecord } from '../../../../core/project/model.ts'
import type { Tools } from '../context.ts'
import type { Problem, ProblemKind } from '../problem.ts'
import { lookAtPicture, type PictureLook } from '../read/files.ts'
import { type Batch, imageBatches, newestRecord } from '../read/images.ts'
import { createMisplaced, type Misplaced } from '../repair/misplaced.ts'
import { canRemake, remakePictures } from '../repair/variants.ts'
import { underWay } from './temporaries.ts'

export interface Fault {
  kind: ProblemKind & ('variant_missing' | 'variant_damaged' | 'record_differs')
  detail: string
}

/** An image of which some file is not what its record says. */
export interface Broken {
  image: ImageRecord
  looks: Readonly<Record<Size, PictureLook>>
  faults: ReadonlyMap<Size, Fault>
}

/** Images that wait to the end because their lost bytes may turn up under the name of another. */
const MOST_WAITING = 1000
const MOST_LOOKS = 20

/** @param onImages called with the number of images that were looked at */
export async function* checkPictures(
  tools: Tools,
  projectId: string,
  onImages: (count: number) => void,
): AsyncGenerator<Problem> {
  const misplaced = createMisplaced()
  const waiting: Broken[] = []
  for await (const batch of imageBatches(tools, projectId)) {
    for (const image of batch.images) {
      const broken = await lookAtImage(tools, projectId, image, batch)
      onImages(1)
      if (!broken) continue
      misplaced.remember(tools.paths, projectId, broken)
      if (broken.faults.has('original') && waiting.length < MOST_WAITING) waiting.push(broken)
      else yield* problemsOf(tools, projectId, broken, misplaced)
    }
  }
  for (const broken of waiting) yield* problemsOf(tools, projectId, broken, misplaced)
}

const lookAtImage = async (
  tools: Tools,
  projectId: string,
  image: ImageRecord,
  batch: Batch,
): Promise<Broken | undefined> => {
  const first = await compare(tools, projectId, image)
  if (!first) return undefined
  // A file that was missing before the newest list was read, and is named by it, is missing: files come before their
  // list and go after it. Only while somebody works on the project, a picture that is being mended may not fit yet.
  for (let looks = 1; ; looks++) {
    const { folders } = await underWay(tools.paths, projectId, 'living')
    const record = await newestRecord(tools, projectId, image.id, batch)
    const broken = record && (await compare(tools, projectId, record))
    if (!broken || folders === 0 || looks === MOST_LOOKS) return broken
    await sleep(tools.waits.secondLookMs)
  }
}

const compare = async ({ paths }: Tools, projectId: string, image: ImageRecord): Promise<Broken | undefined> => {
  const look = (size: Size) => lookAtPicture(paths.variant(projectId, image.id, size))
  const [original, medium, thumb, game] = await Promise.all([
    look('original'),
    look('medium'),
    look('thumb'),
    look('game'),
  ])
  const looks = { original, medium, thumb, game }
  const faults = new Map<Size, Fault>()
  for (const size of SIZES) {
    const fault = faultOf(looks[size], image, size)
    if (fault) faults.set(size, fault)
  }
  return faults.size > 0 ? { image, looks, faults } : undefined
}

const faultOf = (look: PictureLook, image: ImageRecord, size: Size): Fault | undefined => {
  const { bytes, sha256, width, height } = image.sizes[size]
  const damaged = (detail: string): Fault => ({ kind: 'variant_damaged', detail })
  if (look.type === 'missing') return { kind: 'variant_missing', detail: 'it is missing' }
  if (look.type === 'odd') return damaged(`it is ${look.what}`)
  if (look.bytes === 0) return damaged('it is empty')
  if (look.bytes !== bytes) return damaged(`it has ${look.bytes} bytes, expected ${bytes}`)
  if (look.sha256 !== sha256) return damaged('it is not what was written: its hash differs from the recorded one')
  const picture = 'picture' in look ? look.picture : undefined
  if (!picture) return damaged('it is no JPEG file')
  const agrees = (said: { width: number; height: number }) =>
    said.width === picture.width && said.height === picture.height
  if (agrees(image.sizes[size]) && (size !== 'original' || agrees(image))) return undefined
  return {
    kind: 'record_differs',
    detail: `the picture has ${picture.width}×${picture.height} pixels, the list says ${width}×${height}`,
  }
}

function* problemsOf(tools: Tools, projectId: string, broken: Broken, misplaced: Misplaced): Generator<Problem> {
  let mending: Promise<ReadonlyMap<Size, string>> | undefined
  for (const [size, { kind, detail }] of broken.faults) {
    const path = tools.name(tools.paths.variant(projectId, broken.image.id, size))
    const look = broken.looks[size]
    if (look.type === 'odd' && look.isDenied) {
      yield { kind: 'unreadable', path, detail: `${detail}; run the doctor as the user that runs the server` }
      continue
    }
    if (!canRemake(broken, size, misplaced)) {
      yield { kind, path, detail: `${detail}; no source to make it from, the image keeps what else it has` }
      continue
    }
    const mend = async (): Promise<string> => {
      // All files of an image at once: the first one that is asked for does it.
      mending ??= remakePictures(tools, projectId, broken, misplaced)
      const done = (await mending).get(size)
      if (done === undefined) throw new Error('it could not be made')
      return done
    }
    yield { kind, path, detail, mend }
  }
}
