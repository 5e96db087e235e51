// Makes pages of atlases: from the cache, by a change of the pixels of an earlier page, or whole.

import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { PageFormat } from '../../core/atlas/formats.ts'
import { EXTRUDED } from '../../core/atlas/slots.ts'
import { TintypeError } from '../../core/errors.ts'
import { EXTENSIONS } from '../../core/transform/formats.ts'
import type { DrawBox, EncoderPool } from '../../image/encoder.ts'
import type { KeptPixels, PagePixels } from '../../stores/render-cache/page-pixels.ts'
import type { RenderCache } from '../../stores/render-cache/render-cache.ts'
import type { ReadableFile } from '../../stores/store.ts'
import { type CellsOptions, withCells } from './cells.ts'
import type { AtlasPlan, PlannedFrame, PlannedPage } from './plan.ts'
import { createTurns } from './turns.ts'

export interface PageMakerOptions extends CellsOptions {
  encoders: Pick<EncoderPool, 'draw'>
  cache: Pick<RenderCache, 'find' | 'get'>
  pixels: PagePixels
  /** Colour behind transparent pixels in JPEG pages. */
  background: string
  /** Folder of the pages beside those of images in the cache. */
  folder: string
}

export interface PageMaker {
  /** A page that is cached. Close the file. */
  find(owner: string, hash: string, format: PageFormat): Promise<ReadableFile | undefined>
  /**
   * Opens a page, or makes it: once for any number of requests in any number of processes.
   *
   * @throws TintypeError `image_not_found` where an image was deleted meanwhile, `busy` where too many pages wait; errors of
   *   the encoders
   */
  open(
    plan: AtlasPlan,
    page: PlannedPage,
    format: PageFormat,
    signal?: AbortSignal,
  ): Promise<ReadableFile | Buffer<ArrayBuffer>>
}

/**
 * Pages that wait in this process; one is made at a time, so that transforms have encoders too. Over HTTP/2 a browser
 * requests all pages of an atlas at once: 6,000 thumbs take 240 of 2048 pixels.
 */
const MOST_WAITING = 256

/** Part of a page up to which it is made from an earlier one. */
const MOST_CHANGED = 1 / 2

/** Part of a page up to which the pixels of its changes alone are kept. */
const MOST_PATCHED = 1 / 8

/** Boxes that count as few on a small page too: a frame that is removed, and one that is added. */
const LEAST_PATCHED = 2

/** Changes that are kept beside the pixels of a page: each is one more file to read. */
const MOST_CHANGES = 16

/** The pixels of frames, by their place. */
const recordSchema = z.object({
  width: z.int().min(1),
  height: z.int().min(1),
  cells: z.record(z.string(), z.string()),
})

interface Base {
  pixels: KeptPixels
  width: number
  height: number
  cleared: DrawBox[]
  frames: PlannedFrame[]
}

export const createPageMaker = (options: PageMakerOptions): PageMaker => {
  const { encoders, cache, pixels, background, folder } = options
  const turns = createTurns(MOST_WAITING)

  const baseOf = async (plan: AtlasPlan, page: PlannedPage): Promise<Base | undefined> => {
    const found = await pixels.newest(keyOf(plan, page))
    const record = recordSchema.safeParse(found?.record).data
    if (!found || !record) return undefined
    const cells = new Map(Object.entries(record.cells))
    const frames = page.frames.filter((frame) => cells.get(placeText(frame)) !== frame.pixels)
    if (frames.length > page.frames.length * MOST_CHANGED) return undefined
    const present = new Set(page.frames.map(placeText))
    const cleared = [...cells.keys()].filter((place) => !present.has(place)).map(placeFrom)
    return { pixels: found, width: record.width, height: record.height, cleared, frames }
  }

  const drawFrom = async (
    base: Base | undefined,
    { plan, page, format, target, signal }: Request,
  ): Promise<Buffer<ArrayBuffer> | undefined> => {
    const kept = plan.keepsPixels ? await pixels.newPath() : undefined
    const isPatched = base !== undefined && isSmall(base, page)
    // A store that is only read has no workspace.
    const sheet = (await pixels.newPath()) ?? join(tmpdir(), `tintype-${randomUUID()}`)
    try {
      const request = { frames: base?.frames ?? page.frames, size: plan.size, format, sheet, signal }
      const { content } = await withCells(options, request, (cells) =>
        encoders.draw(
          {
            page: { width: page.width, height: page.height },
            format,
            background,
            extruded: EXTRUDED,
            base: base && {
              ...{ path: base.pixels.path, changes: base.pixels.changes },
              ...{ width: base.width, height: base.height },
            },
            cleared: base?.cleared ?? [],
            cells,
            ...(isPatched ? { changes: kept } : { raw: kept }),
            target,
          },
          signal,
        ),
      )
      if (kept !== undefined && format !== 'jpeg') {
        const [key, record] = [keyOf(plan, page), recordOf(page)]
        if (isPatched) await pixels.keepChanges(key, base.pixels, kept, record)
        else await pixels.keep(key, kept, record)
      }
      return content
    } finally {
      await Promise.all([kept ?? sheet, sheet].map((path) => rm(path, { force: true }).catch(() => {})))
    }
  }

  const draw = async (request: Request): Promise<Buffer<ArrayBuffer> | undefined> => {
    // A JPEG page has pictures without transparency: its pixels are others.
    const mayHaveBase = request.plan.keepsPixels && request.format !== 'jpeg'
    const base = mayHaveBase ? await baseOf(request.plan, request.page) : undefined
    if (base) {
      try {
        return await drawFrom(base, request)
      } catch (error) {
        // The earlier pixels were removed from the cache.
        if (!(error instanceof TintypeError) || error.code !== 'store_unavailable') throw error
        if (request.target !== undefined) await rm(request.target, { force: true })
      }
    }
    return drawFrom(undefined, request)
  }

  const cacheKey = (owner: string, hash: string, format: PageFormat) => ({
    projectId: owner,
    imageId: folder,
    name: `${hash}.${EXTENSIONS[format]}`,
  })

  return {
    find: (owner, hash, format) => cache.find(cacheKey(owner, hash, format)),

    open: (plan, page, format, signal) =>
      cache.get(cacheKey(plan.owner, page.hash, format), {
        make: (target, signal) => turns.take((signal) => draw({ plan, page, format, target, signal }), signal),
        modifiedMs: Date.now(),
        isWanted: async () => true,
        signal,
      }),
  }
}

interface Request {
  plan: AtlasPlan
  page: PlannedPage
  format: PageFormat
  target: string | undefined
  signal: AbortSignal
}

const isSmall = ({ pixels, width, height, cleared, frames }: Base, page: PlannedPage): boolean =>
  width === page.width &&
  height === page.height &&
  cleared.length + frames.length <= Math.max(LEAST_PATCHED, page.frames.length * MOST_PATCHED) &&
  pixels.changes.length < MOST_CHANGES

const keyOf = ({ owner, name, side }: AtlasPlan, { index }: PlannedPage) => ({
  owner,
  name: `${name}.${side}.${index}`,
})

const placeText = ({ x, y, width, height }: DrawBox): string => `${x} ${y} ${width} ${height}`

const placeFrom = (text: string): DrawBox => {
  const [x = 0, y = 0, width = 0, height = 0] = text.split(' ').map(Number)
  return { x, y, width, height }
}

const recordOf = ({ width, height, frames }: PlannedPage) => ({
  width,
  height,
  cells: Object.fromEntries(frames.map((frame) => [placeText(frame), frame.pixels])),
})
