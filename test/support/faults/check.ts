// Compares a store with a ledger: by its API, by its files, and each with the other.

import { readdir, readFile } from 'node:fs/promises'
import { z } from 'zod'
import { SIZES } from '../../../src/core/names.ts'
import type { ImageRecord } from '../../../src/core/project/model.ts'
import { createPaths, projectIdOf } from '../../../src/stores/file/paths.ts'
import { sha256Of } from '../pictures/pictures.ts'
import type { Request } from '../processes/server-tree.ts'
import { type DiskProject, orUndefined, readProject } from '../store/read-project.ts'
import type { Ledger } from './ledger.ts'

export interface CheckOptions {
  storageDir: string
  ledger: Ledger
  request: Request
  /** False where `meta.json` may be behind because a process died; {@link publishAgain} puts it right. @default true */
  published?: boolean
}

const listSchema = z.object({
  primary_image_id: z.string().nullable(),
  revision: z.number(),
  images: z.array(z.object({ id: z.string(), is_primary: z.boolean() })),
})
const publishedSchema = listSchema.extend({ images: z.array(z.object({ id: z.string() })) })

/** At a project that is not at rest. */
const MOST_LOOKS = 5

type List = z.infer<typeof listSchema>
type Report = (kind: Kind, what: string) => void

/** How a line of the report begins. */
type Kind = 'lost' | 'undone' | 'doubled' | 'unknown' | 'primary' | 'broken' | 'revisions' | 'meta.json'

/**
 * What is wrong, one line each; nothing may be writing. `lost` is an upload or a delete that was acknowledged and is
 * not there, `undone` a delete whose image is there again in part.
 */
export const checkStore = (options: CheckOptions): Promise<string[]> =>
  eachProject(options, async (check) => {
    const { list, disk } = await lookAt(check)
    if (!list || !disk) return
    checkAgainstLedger(check, list, disk.images)
    checkPrimary(check, list)
    checkRevisions(check, list, disk)
    if (options.published ?? true) checkMetaJson(check, list, disk)
    await checkCover(check, list)
    for (const image of disk.images) await checkVariants(check, image)
    await checkDeleted(check)
  })

/** Only that `meta.json` is what the API says, and the revisions behind it. */
export const checkPublished = (options: CheckOptions): Promise<string[]> =>
  eachProject(options, async (check) => {
    const { list, disk } = await lookAt(check)
    if (!list || !disk) return
    checkRevisions(check, list, disk)
    checkMetaJson(check, list, disk)
  })

/** Changes each project that has images, so that its `meta.json` is written again where a process died over that. */
export const publishAgain = async (request: Request, ledger: Ledger): Promise<void> => {
  for (const projectId of new Set(ledger.uploads.map((upload) => upload.projectId))) {
    const body = JSON.stringify({ title: `checked ${Date.now()}` })
    const headers = { 'Content-Type': 'application/json' }
    const answer = await request(`/projects/${projectId}`, { method: 'PATCH', body, headers })
    if (!answer.ok && answer.status !== 404) throw new Error(`PATCH of ${projectId}: ${await answer.text()}`)
  }
}

interface ProjectCheck extends CheckOptions {
  projectId: string
  report: Report
}

/** Every project that is on the disk or in the ledger. @returns what was reported */
const eachProject = async (options: CheckOptions, check: (check: ProjectCheck) => Promise<void>) => {
  const findings: string[] = []
  const folders = await readdir(createPaths(options.storageDir).projects)
  const projectIds = new Set([
    ...folders.flatMap((folder) => projectIdOf(folder) ?? []),
    ...options.ledger.uploads.map(({ projectId }) => projectId),
  ])
  for (const projectId of projectIds) {
    const report: Report = (kind, what) => {
      findings.push(`${kind}: ${projectId}: ${what}`)
    }
    await check({ ...options, projectId, report })
  }
  return findings
}

/** Again where a sweep wrote a revision between the two looks. */
const lookAt = async (check: ProjectCheck) => {
  for (let tries = 1; ; tries++) {
    const list = await listOf(check)
    const disk = await readProject(check.storageDir, check.projectId).catch((error: unknown) => {
      check.report('broken', String(error))
    })
    const head = disk?.head?.state
    if (!list || !head || head.deleted || head.revision === list.revision || tries === MOST_LOOKS) return { list, disk }
  }
}

/** An empty list where there is no project. */
const listOf = async ({ projectId, request, report }: ProjectCheck): Promise<List | undefined> => {
  const answer = await request(`/projects/${projectId}/images`)
  const body: unknown = await answer.json()
  if (answer.status === 404) return { primary_image_id: null, revision: 0, images: [] }
  if (answer.ok) return listSchema.parse(body)
  report('broken', `the list is answered by ${answer.status} ${JSON.stringify(body)}`)
  return undefined
}

const checkAgainstLedger = (
  { projectId, ledger, report }: ProjectCheck,
  list: List,
  records: readonly ImageRecord[],
) => {
  const listed = list.images.map(({ id }) => id)
  const sent = new Set(ledger.uploads.filter((upload) => upload.projectId === projectId).map(({ sha256 }) => sha256))
  const deletes = new Map(ledger.deletes.map((sent) => [sent.imageId, sent]))
  for (const id of repeated(listed)) report('doubled', `image ${id} is listed twice`)
  for (const sha256 of repeated(records.map((record) => record.sha256)))
    report('doubled', `the upload ${sha256} became two images`)
  for (const { id, sha256 } of records)
    if (!sent.has(sha256)) report('unknown', `nobody sent the upload of image ${id}`)
  for (const upload of ledger.uploads) {
    const imageId = upload.acknowledged?.imageId
    if (upload.projectId !== projectId || imageId === undefined || deletes.has(imageId)) continue
    if (!listed.includes(imageId)) report('lost', `image ${imageId} was acknowledged and is not listed`)
    else if (records.find(({ id }) => id === imageId)?.sha256 !== upload.sha256)
      report('lost', `image ${imageId} is not the picture that was acknowledged`)
  }
  for (const id of listed)
    if (deletes.get(id)?.acknowledgedMs !== undefined) report('lost', `the delete of image ${id}, which is listed`)
}

const checkPrimary = ({ report }: ProjectCheck, { primary_image_id, images }: List): void => {
  const marked = images.filter(({ is_primary }) => is_primary).map(({ id }) => id)
  const expected = primary_image_id === null ? [] : [primary_image_id]
  if (marked.join() !== expected.join()) report('primary', `it is ${primary_image_id}, marked are [${marked}]`)
  if (images.length > 0 && primary_image_id === null) report('primary', 'there are images and none is primary')
}

const checkRevisions = ({ report }: ProjectCheck, list: List, { revisions, head, images }: DiskProject): void => {
  const numbers = revisions.map(({ state }) => state.revision)
  const gap = numbers.find((number, at) => at > 0 && number !== (numbers[at - 1] ?? 0) + 1)
  if (gap !== undefined) report('revisions', `there is none before ${gap}: ${numbers}`)
  if (!head || head.state.deleted) return
  if (head.state.revision !== list.revision)
    report('revisions', `the API is at ${list.revision}, the disk at ${head.state.revision}`)
  if (!sameIds(images, list.images)) report('revisions', 'the API lists other images than the newest revision')
  if (head.state.image_count !== images.length)
    report('revisions', `image_count is ${head.state.image_count}, there are ${images.length} images`)
}

const checkMetaJson = ({ report }: ProjectCheck, list: List, { head, published }: DiskProject): void => {
  if (!head || head.state.deleted) {
    if (published !== undefined) report('meta.json', 'it is there, the project is not')
    return
  }
  const found = publishedSchema.safeParse(published === undefined ? undefined : parseJson(published))
  if (!found.success) {
    report('meta.json', published === undefined ? 'it is missing' : `it cannot be read: ${found.error.message}`)
    return
  }
  const { revision, primary_image_id, images } = found.data
  if (revision !== list.revision) report('meta.json', `it is at revision ${revision}, the API at ${list.revision}`)
  if (primary_image_id !== list.primary_image_id)
    report('meta.json', `its primary image is ${primary_image_id}, that of the API ${list.primary_image_id}`)
  if (!sameIds(images, list.images)) report('meta.json', 'its images are not those of the API')
}

const checkCover = async ({ projectId, request, report }: ProjectCheck, list: List): Promise<void> => {
  const cover = await request(`/projects/${projectId}/thumbnail`)
  const bytes = new Uint8Array(await cover.arrayBuffer())
  if (list.primary_image_id === null) {
    if (cover.status !== 404) report('primary', `without an image the cover is answered by ${cover.status}`)
    return
  }
  const thumb = await request(`/projects/${projectId}/images/${list.primary_image_id}?size=thumb`)
  const same = sha256Of(new Uint8Array(await thumb.arrayBuffer())) === sha256Of(bytes)
  if (cover.status !== 200 || !same)
    report('primary', `the cover (${cover.status}) is not the thumb of the primary image`)
}

const checkVariants = async ({ projectId, storageDir, request, report }: ProjectCheck, image: ImageRecord) => {
  if (image.sizes.source) {
    const onDisk = await orUndefined(readFile(createPaths(storageDir).variant(projectId, image.id, 'source')))
    if (!onDisk || sha256Of(onDisk) !== image.sizes.source.sha256)
      report('broken', `source of image ${image.id} ${onDisk ? 'has other bytes on disk' : 'is missing'}`)
  }
  for (const size of SIZES) {
    const path = createPaths(storageDir).variant(projectId, image.id, size)
    const onDisk = await orUndefined(readFile(path))
    const answer = await request(`/projects/${projectId}/images/${image.id}?size=${size}`)
    const overHttp = new Uint8Array(await answer.arrayBuffer())
    const { bytes, sha256 } = image.sizes[size]
    const what = `${size} of image ${image.id}`
    if (!onDisk) report('broken', `${what} is missing`)
    else if (onDisk.length !== bytes || sha256Of(onDisk) !== sha256) report('broken', `${what} has other bytes on disk`)
    if (answer.status !== 200 || sha256Of(overHttp) !== sha256)
      report('broken', `${what} is answered by ${answer.status} and ${overHttp.length} bytes of ${bytes}`)
  }
}

/** Files without a reader are for {@link straysIn} to find. */
const checkDeleted = async ({ projectId, ledger, request, report }: ProjectCheck): Promise<void> => {
  for (const { imageId, acknowledgedMs, ...sent } of ledger.deletes) {
    if (sent.projectId !== projectId || acknowledgedMs === undefined) continue
    const answer = await request(`/projects/${projectId}/images/${imageId}?size=original`)
    await answer.arrayBuffer()
    if (answer.status !== 404) report('undone', `image ${imageId} was deleted and is answered by ${answer.status}`)
  }
}

const sameIds = (one: readonly { id: string }[], other: readonly { id: string }[]): boolean =>
  one.map(({ id }) => id).join() === other.map(({ id }) => id).join()

const repeated = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, at) => values.indexOf(value) !== at)),
]

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
