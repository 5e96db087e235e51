// Draws a page of an atlas: changed cells into the pixels of an earlier page, or all cells into a new one.

import sharp from 'sharp'
import type { DrawBox, DrawJob } from '../../encoder.ts'
import type { RenderReply } from '../../reply.ts'
import { writeNew } from '../files.ts'
import { type CellPixels, decodeCell } from './decode-cell.ts'
import { CHANNELS, readBase, withPageMemory, writeChanges, writePage } from './page-pixels.ts'

/** Quality of lossy pages: their pixels were JPEG before, and icons have hard edges. */
const QUALITY = 90

/**
 * Effort of WebP pages. The plain subsampling of colours keeps those of a neighbour out of a frame: measured on cells of
 * pure colours, pixels of a frame differ by 12 of 255 levels at most, by 32 with `smartSubsample`, which takes five times
 * as long.
 */
const WEBP_EFFORT = 0

/**
 * Draws a page and encodes it. Its pixels are written to `raw`, or those of the drawn boxes to `changes`, where the job has
 * it.
 *
 * @throws TintypeError `image_not_found` where the file of a cell is missing, `project_damaged` where it cannot be
 *   decoded, `store_unavailable`, `storage_full`
 */
export const drawPage = (job: DrawJob): Promise<RenderReply> =>
  withPageMemory(job.page, async (memory) => {
    const { page, target, raw, changes } = job
    const { pixels } = memory
    if (job.base) readBase(memory, page, job.base)
    else pixels.fill(0)
    const before = job.base && memory.content
    // Until what is drawn is in a file too.
    memory.content = undefined
    const cleared = job.cleared.map((box) => outer(box, job.extruded))
    for (const box of cleared) clear(pixels, page.width, box)
    for (const cell of job.cells) put(pixels, page.width, cell, job.extruded, await decodeCell(cell))
    if (raw !== undefined) writePage(raw, memory, page)
    if (changes !== undefined && before)
      writeChanges(changes, memory, {
        boxes: [...cleared, ...job.cells.map((cell) => outer(cell, job.extruded))],
        before,
      })
    const bytes = await encodedPage(pixels, job)
    const reply = { ...page, bytes: bytes.length }
    if (target === undefined) return { ...reply, content: bytes.toString('base64') }
    writeNew(target, [bytes])
    return reply
  })

const encodedPage = async (pixels: Buffer, { page, format, background }: DrawJob): Promise<Buffer> => {
  const picture = sharp(pixels, { raw: { ...page, channels: CHANNELS }, limitInputPixels: false })
  switch (format) {
    case 'webp':
      return picture.webp({ quality: QUALITY, effort: WEBP_EFFORT }).toBuffer()
    case 'png':
      return picture.png({ compressionLevel: 3 }).toBuffer()
    case 'jpeg':
      return picture.flatten({ background }).jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' }).toBuffer()
  }
}

/** The box with the pixels around it. */
const outer = ({ x, y, width, height }: DrawBox, by: number): DrawBox => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
})

const clear = (pixels: Buffer, pageWidth: number, { x, y, width, height }: DrawBox): void => {
  const rows = pixels.length / (pageWidth * CHANNELS)
  const columns = Math.min(width, pageWidth - x)
  for (let row = y; row < Math.min(y + height, rows); row++) {
    const start = (row * pageWidth + x) * CHANNELS
    pixels.fill(0, start, start + columns * CHANNELS)
  }
}

/** Writes a cell, and repeats the pixels of its edges around it. */
const put = (pixels: Buffer, pageWidth: number, { x, y }: DrawBox, by: number, cell: CellPixels): void => {
  const { data, width, height } = cell
  const stride = pageWidth * CHANNELS
  const rowBytes = width * CHANNELS
  for (let row = 0; row < height; row++) {
    const start = (y + row) * stride + x * CHANNELS
    pixels.set(data.subarray(row * rowBytes, (row + 1) * rowBytes), start)
    const last = start + rowBytes - CHANNELS
    for (let step = 1; step <= by; step++) {
      pixels.copy(pixels, start - step * CHANNELS, start, start + CHANNELS)
      pixels.copy(pixels, last + step * CHANNELS, last, last + CHANNELS)
    }
  }
  const left = (x - by) * CHANNELS
  const wide = rowBytes + 2 * by * CHANNELS
  const top = y * stride + left
  const bottom = (y + height - 1) * stride + left
  for (let step = 1; step <= by; step++) {
    pixels.copy(pixels, top - step * stride, top, top + wide)
    pixels.copy(pixels, bottom + step * stride, bottom, bottom + wide)
  }
}
