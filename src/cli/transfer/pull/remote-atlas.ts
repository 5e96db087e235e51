// The atlas of a project or a collection on a server, as files that refer to each other: `atlas.json` with the frames of the
// first page `atlas@0.webp`, `atlas@1.json` with those of the next one. No asset has "@" in its name, and no picture `.json`.

import { createHash } from 'node:crypto'
import { z } from 'zod'
import { parsePageName } from '../../../core/atlas/page-name.ts'
import type { Format } from '../../../core/transform/formats.ts'
import { parseAnswer } from '../answer.ts'
import type { Remote } from '../remote.ts'
import { ATLAS, type RemoteFile } from './remote-file.ts'

export interface AtlasRequest {
  /** Path of the project or collection on the server. */
  base: string
  /** `game`, `thumb` or a preset. */
  size: string
  /** Of the pictures beside it: PNG pages beside PNG files, else WebP. */
  format: Format
}

const documentSchema = z.object({
  // As it was parsed, since a record would lose the name `__proto__`.
  frames: z.unknown().refine((frames) => typeof frames === 'object' && frames !== null),
  meta: z.looseObject({
    image: z.string(),
    revision: z.int(),
    pages: z.int().min(1).max(1000),
  }),
})

/** Readings of all documents, each of which follows a change between two of them. */
const MOST_READINGS = 10

/** The pages come first, so that documents name what is there. @throws Error */
export const readAtlas = async (remote: Pick<Remote, 'send'>, request: AtlasRequest): Promise<RemoteFile[]> => {
  for (let readings = 1; ; readings++) {
    const documents = await readDocuments(remote, request)
    const [first] = documents
    if (documents.every(({ meta }) => meta.revision === first?.meta.revision && meta.pages === documents.length))
      return [...documents.map((each, at) => pageFile(request, each, at)), ...documents.map(documentFile)]
    if (readings >= MOST_READINGS) throw new Error('the atlas changes too fast to be read')
  }
}

type Document = z.infer<typeof documentSchema>

const readDocuments = async (
  remote: Pick<Remote, 'send'>,
  { base, size, format }: AtlasRequest,
): Promise<Document[]> => {
  const query = `?size=${size}&format=${format === 'png' ? 'png' : 'webp'}`
  const documents = [parseAnswer(await remote.send({ path: `${base}/atlas.json${query}` }), documentSchema)]
  for (let at = 1; at < (documents[0]?.meta.pages ?? 0); at++) {
    const answer = await remote.send({ path: `${base}/atlas/${at}.json${query}` })
    // The atlas has fewer pages by now.
    if (!answer.ok && answer.code === 'page_not_found') break
    documents.push(parseAnswer(answer, documentSchema))
  }
  return documents
}

/** The hash of its content in place of the id of an image: the same page is not loaded again. */
const pageFile = ({ base }: AtlasRequest, { meta }: Document, at: number): RemoteFile => {
  const name = meta.image.slice(meta.image.lastIndexOf('/') + 1)
  const page = parsePageName(name)?.page
  if (!page) throw new Error(`expected the name of a page, received "${name}"`)
  return { path: pagePath(name, at), contentId: page.hash, sha256: null, source: { path: `${base}/atlas/${name}` } }
}

const documentFile = ({ frames, meta }: Document, at: number, all: readonly Document[]): RemoteFile => {
  // The revision is left out: a change that moves and draws nothing writes nothing.
  const { revision: _, related_multi_packs: __, ...rest } = meta
  const others = at === 0 ? all.slice(1).map((_, index) => documentPath(index + 1)) : []
  const related = others.length > 0 ? { related_multi_packs: others } : {}
  const text = `${JSON.stringify({ frames, meta: { ...rest, image: pagePath(meta.image, at), ...related } }, null, 1)}\n`
  const sha256 = createHash('sha256').update(text).digest('hex')
  return { path: documentPath(at), contentId: sha256, sha256, source: { text } }
}

const pagePath = (name: string, at: number): string => `atlas@${at}.${name.slice(name.lastIndexOf('.') + 1)}`

const documentPath = (at: number): string => (at === 0 ? ATLAS : `atlas@${at}.json`)
