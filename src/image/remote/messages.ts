// Messages between a server without encoders and the processes that make its pictures. Both share a storage folder, and
// paths are relative to it.

import { z } from 'zod'
import { PAGE_FORMATS } from '../../core/atlas/formats.ts'
import { SIZES } from '../../core/names.ts'
import { FORMATS } from '../../core/transform/formats.ts'
import type { Recipe } from '../../core/transform/recipe.ts'
import { FITS, KERNELS, MAX_SIDE } from '../../core/transform/transform.ts'

/** A path below the storage folder, whatever sent the message. */
const isBelow = (path: string): boolean =>
  !/[\0\\]/.test(path) && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')

const path = z.string().refine(isBelow)

/**
 * Files of an upload and of a render in the workspace of a process. Written, and removed before a second try: so never
 * a file of a project, nor the one that identifies the owner of a workspace.
 */
const uploadTarget = path.regex(/^\.tmp\/[^/]+\/[^/]+\/[^/]+$/)
const renderTarget = path.regex(/^\.tmp\/[^/]+\/[0-9a-z]+$/)

const side = z.int().min(1).max(MAX_SIDE).optional()
const format = z.enum(FORMATS)
const share = z.number().min(0).max(1)

/** JSON leaves out what is undefined, which the type of a transform names. */
const transform = z
  .object({
    width: side,
    height: side,
    fit: z.enum(FITS),
    position: z.union([z.object({ x: share, y: share }), z.enum(['focal', 'attention', 'entropy'])]).optional(),
    format,
    quality: z.int().min(1).max(100).optional(),
    background: z
      .string()
      .regex(/^#[0-9a-f]{6}$/i)
      .optional(),
    kernel: z.enum(KERNELS),
  })
  .transform(({ width, height, position, quality, background, ...others }) => ({
    ...others,
    width,
    height,
    position,
    quality,
    background,
  }))

/** Largest page of an atlas, in pixels. */
const MAX_PAGE_SIDE = 4096

const colour = z.string().regex(/^#[0-9a-f]{6}$/i)
const pixels = z.int().min(0)
const box = { x: pixels, y: pixels, width: pixels, height: pixels }

const origin = z.enum(['original', 'opaque_source', 'transparent_source']).optional()

const recipe: z.ZodType<Recipe> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('size'), origin, size: z.enum(SIZES), format }),
  z.object({ kind: z.literal('transform'), origin, transform }),
])

const taskSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('encode'),
    source: path,
    targets: z.object({
      original: uploadTarget,
      medium: uploadTarget,
      thumb: uploadTarget,
      game: uploadTarget,
      source: uploadTarget.optional(),
    }),
    sha256: z.string().optional(),
  }),
  z.object({ kind: z.literal('render'), source: path, target: renderTarget.optional(), recipe }),
  z.object({
    kind: z.literal('draw'),
    page: z.object({ width: z.int().min(1).max(MAX_PAGE_SIDE), height: z.int().min(1).max(MAX_PAGE_SIDE) }),
    format: z.enum(PAGE_FORMATS),
    background: colour,
    extruded: z.int().min(0).max(8),
    base: z.object({ path, width: pixels, height: pixels }).optional(),
    cleared: z.array(z.object(box)),
    cells: z.array(z.object({ ...box, path, start: pixels.optional(), bytes: pixels.optional() })),
    raw: renderTarget.optional(),
    target: renderTarget.optional(),
  }),
  /** Waits until a picture of its priority would begin. */
  z.object({ kind: z.literal('turn') }),
])

export type RemoteTask = z.infer<typeof taskSchema>

/** Undefined where it is no task, a path leads out of the storage folder, or a target out of its workspaces. */
export const parseTask = (content: unknown): RemoteTask | undefined => taskSchema.safeParse(content).data

const replySchema = z.object({
  /** Reply of the encoder, see `reply.ts`. */
  reply: z.unknown(),
  /** Ends the name of each file that an encoder wrote beside its target. @default it wrote the targets */
  suffix: z
    .string()
    .regex(/^\.[0-9a-z]{12}$/)
    .optional(),
})

export type RemoteReply = z.infer<typeof replySchema>

/** Without a reply where it is none. */
export const parseReply = (content: unknown): RemoteReply => replySchema.safeParse(content).data ?? { reply: undefined }
