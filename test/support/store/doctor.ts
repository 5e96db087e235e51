// A doctor for tests: on a store with real pictures, and the damages that are done to its files.

import { cpSync } from 'node:fs'
import { copyFile, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { TestContext } from 'vitest'
import { SIZES } from '../../../src/core/names.ts'
import type { ImageRecord } from '../../../src/core/project/model.ts'
import type { EncodedPicture, EncodeJob } from '../../../src/image/encoder.ts'
import { encodePicture } from '../../../src/image/worker/pipeline.ts'
import { createDoctor, type Diagnosis, type Finding } from '../../../src/services/doctor.ts'
import { createImageService, type ImageService, type ImageServiceOptions } from '../../../src/services/images/images.ts'
import { createVariants } from '../../../src/services/images/variants.ts'
import { createInspector, type Inspector, type InspectorOptions } from '../../../src/stores/file/doctor/inspector.ts'
import { createFileStore } from '../../../src/stores/file/file-store.ts'
import { createPaths, type Paths } from '../../../src/stores/file/paths.ts'
import type { Store } from '../../../src/stores/store.ts'
import type { Chance } from '../chance.ts'
import { temporaryFolder } from '../disk/folder.ts'
import { silent } from './file-store.ts'

type Encode = (job: EncodeJob) => Promise<EncodedPicture>

export const encode: Encode = (job) => encodePicture(job, { maxPixels: 1e8, background: '#ffffff' })

/** Images over a store, with the picture work in this process. */
export const imagesOver = (
  store: Store,
  encoder = encode,
  options: Pick<ImageServiceOptions, 'marks' | 'quota'> = {},
): ImageService =>
  createImageService({
    store,
    encoders: { encode: encoder, assertRoom: () => {} },
    variants: createVariants({ store }),
    ...options,
  })

export async function* chunk(bytes: Uint8Array) {
  yield bytes
}

/** All images of a project in their order. */
export const listImages = async (store: Store, projectId: string): Promise<ImageRecord[]> => {
  const project = await store.project(projectId)
  return (project && (await store.images(project))) ?? []
}

export const uploadPicture = async (images: ImageService, projectId: string, bytes: Uint8Array): Promise<string> =>
  (await images.upload(projectId, chunk(bytes))).image.id

/** A store of its own for one test, made by copying one that is there. */
export const copyOf = async (storageDir: string, test?: TestContext): Promise<{ storageDir: string; paths: Paths }> => {
  const copy = join(await temporaryFolder(test), 'storage')
  // Hundreds of small files: one after the other without a wait is many times as fast.
  cpSync(storageDir, copy, { recursive: true, preserveTimestamps: true })
  return { storageDir: copy, paths: createPaths(copy) }
}

/** Opens a store, lets something be done with it and closes it again. */
export const withStore = async <T>(storageDir: string, work: (store: Store) => Promise<T>): Promise<T> => {
  const store = createFileStore({ storageDir, log: silent })
  await store.open()
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** What a visitor sees: every image in order with the bytes of its variants, and which one is primary. */
export const seenIn = async (storageDir: string, projectId: string) => {
  const listed = await listedIn(storageDir, projectId)
  if (!listed) return undefined
  const files: string[] = []
  for (const id of listed.ids)
    for (const size of SIZES) files.push(await base64Of(createPaths(storageDir).variant(projectId, id, size)))
  return { ...listed, files }
}

/** What a visitor sees of the list: the images in order, and which one is primary. */
export const listedIn = (storageDir: string, projectId: string) =>
  withStore(storageDir, async (store) => {
    const state = await store.project(projectId)
    if (!state) return undefined
    const { title, primary_image_id: primary } = state
    return { ids: ((await store.images(state)) ?? []).map(({ id }) => id), title, primary }
  })

const base64Of = (path: string): Promise<string> => readFile(path, 'base64').catch(() => 'missing')

export interface Examined extends Diagnosis {
  findings: Finding[]
}

interface ExamineOptions extends Omit<InspectorOptions, 'storageDir' | 'remake' | 'log'> {
  projectId?: string
  fix?: boolean
}

/** One call of the doctor. */
export const examine = async (storageDir: string, options: ExamineOptions = {}): Promise<Examined> => {
  const { projectId, fix, ...waits } = options
  return examineBy(createInspector({ storageDir, remake: encode, log: silent, ...waits }), { projectId, fix })
}

/** One call of the doctor with an inspector of its own, which is closed. */
export const examineBy = async (
  inspector: Inspector,
  { projectId, fix }: Pick<ExamineOptions, 'projectId' | 'fix'>,
): Promise<Examined> => {
  const findings: Finding[] = []
  try {
    const onFinding = (finding: Finding) => void findings.push(finding)
    return { ...(await createDoctor({ inspector }).examine({ projectId, fix, onFinding })), findings }
  } finally {
    await inspector.close()
  }
}

/** Runs the doctor on a store without other processes, so it need not wait for theirs. */
export const examineAlone: typeof examine = (storageDir, options) =>
  examine(storageDir, { recheckDelayMs: 2, publishSettleMs: 8, ownerSettleMs: 2, ...options })

/** Findings in short: kind, path, outcome. */
export const inShort = ({ findings }: Examined): string[] =>
  findings.map(({ kind, path, outcome }) => `${kind} ${path} ${outcome}`).sort()

/** One way to damage a file. `other` is a file of the same kind. */
export const DAMAGES = {
  removed: (_, path) => rm(path),
  emptied: (_, path) => truncate(path, 0),
  truncated: async (chance, path) => truncate(path, chance.number((await readFile(path)).length, 1)),
  'flipped in one byte': (chance, path) => flip(chance, path),
  'swapped with another of its kind': (_, path, other) => swap(path, other),
} as const satisfies Record<string, (chance: Chance, path: string, other: string) => Promise<void>>

/** Another value for one byte, anywhere unless said where. */
export const flip = async (chance: Chance, path: string, offset?: number): Promise<void> => {
  const bytes = await readFile(path)
  const at = offset ?? chance.number(bytes.length)
  bytes[at] = (bytes[at] ?? 0) ^ chance.number(256, 1)
  await writeFile(path, bytes)
}

export const swap = async (path: string, other: string): Promise<void> => {
  await rename(path, `${path}.swap`)
  await rename(other, path)
  await rename(`${path}.swap`, other)
}

/** Copies files away, to be put back by the function that is returned. */
export const backUp = async (root: string, paths: readonly string[]): Promise<() => Promise<void>> => {
  const folder = await temporaryFolder()
  const copies = paths.map((path) => [path, join(folder, relative(root, path))] as const)
  for (const [path, copy] of copies) {
    await mkdir(dirname(copy), { recursive: true })
    await copyFile(path, copy)
  }
  return async () => {
    for (const [path, copy] of copies) await copyFile(copy, path)
  }
}
