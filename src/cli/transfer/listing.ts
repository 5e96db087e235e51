// Lists of the images of a project on a server, as far as a transfer needs them.

import { z } from 'zod'
import { IMAGE_ID } from '../../core/names.ts'
import { parseAnswer } from './answer.ts'
import type { Remote } from './remote.ts'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const stored = z.object({ bytes: z.int().min(0) })

const imageSchema = z.object({
  id: z.string().regex(IMAGE_ID),
  created_at: z.iso.datetime(),
  name: z.string().nullable(),
  title: z.string().nullable(),
  alt: z.string().nullable(),
  tags: z.array(z.string()),
  focal_point: z.object({ x: z.number(), y: z.number() }).nullable(),
  taken_at: z.string().nullable(),
  asset: z.string().nullable(),
  sizes: z.object({ original: stored, medium: stored, thumb: stored, game: stored, source: stored.optional() }),
  sha256: z.object({
    upload: sha256,
    original: sha256,
    medium: sha256,
    thumb: sha256,
    game: sha256,
    source: sha256.optional(),
  }),
})

const pageSchema = z.object({
  primary_image_id: z.string().nullable(),
  revision: z.int(),
  images: z.array(imageSchema),
  next: z.string().nullable(),
})

export type ListedImage = z.infer<typeof imageSchema>

export interface Listing {
  /** In the order of the project. */
  images: ListedImage[]
  coverId: string | null
}

/** Images of one page. */
const PAGE = 1000

/** All images of a project. Undefined where there is no such project, or none that the key may read. @throws Error */
export const listImages = async (remote: Remote, projectId: string): Promise<Listing | undefined> => {
  const images = new Map<string, ListedImage>()
  let coverId: string | null = null
  for (let after: string | undefined; ; ) {
    const query = new URLSearchParams({
      hashes: 'true',
      limit: String(PAGE),
      ...(after === undefined ? {} : { after }),
    })
    const answer = await remote.send({ path: `/projects/${projectId}/images?${query}` })
    if (!answer.ok && answer.code === 'project_not_found') return undefined
    const page = parseAnswer(answer, pageSchema)
    // A page can repeat images where many were deleted meanwhile.
    for (const image of page.images) images.set(image.id, image)
    coverId = page.primary_image_id
    if (page.next === null) return { images: [...images.values()], coverId }
    // Never the URL itself: it may be that of another host behind a proxy.
    after = new URLSearchParams(page.next.split('?')[1]).get('after') ?? undefined
    if (after === undefined) throw new Error('expected a cursor in the list of images')
  }
}

const projectSchema = z.object({
  title: z.string().nullable(),
  /** Absent from answers of older versions. */
  tags: z.array(z.string()).optional(),
})

export type ListedProject = z.infer<typeof projectSchema>

export const readProject = async (remote: Remote, projectId: string): Promise<ListedProject> =>
  parseAnswer(await remote.send({ path: `/projects/${projectId}` }), projectSchema)
