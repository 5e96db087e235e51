// Sizes of atlases: `game`, `thumb`, and presets of at most 512 pixels.

import { createHash } from 'node:crypto'
import { invalidParameter } from '../invalid-parameter.ts'
import { decidingPoint } from '../transform/focal-version.ts'
import type { Presets } from '../transform/presets.ts'
import { type Point, pointText, type Transform, transformParameters } from '../transform/transform.ts'
import { type BoxRule, MAX_FRAME_SIDE } from './boxes.ts'
import type { PageSide } from './formats.ts'

/** Pixels of `game` and the longest side of `thumb`, as the encoder makes them. */
const GAME_SIDE = 50
const THUMB_SIDE = 400

/** One size of an atlas. */
export interface AtlasSize {
  name: string
  /** Name of the slot table: the name of the size, and for a preset what decides its boxes. */
  table: string
  /** Of the images of a project. */
  rule: BoxRule
  /** Of covers, whose dimensions change: cells that hold every picture of this size. */
  coverRule: BoxRule
  /** Undefined for the stored variants. */
  preset: Transform | undefined
  /** Side of pages for requests that name none. */
  side: PageSide
}

const GAME: AtlasSize = {
  name: 'game',
  table: 'game',
  rule: { kind: 'grid', width: GAME_SIDE, height: GAME_SIDE },
  coverRule: { kind: 'grid', width: GAME_SIDE, height: GAME_SIDE },
  preset: undefined,
  side: 2048,
}

const THUMB: AtlasSize = {
  name: 'thumb',
  table: 'thumb',
  rule: { kind: 'packed' },
  coverRule: { kind: 'grid', width: THUMB_SIDE, height: THUMB_SIDE },
  preset: undefined,
  // 25 covers fill a page of 2048 pixels: a wall of 500 would take 21 requests, and takes 6.
  side: 4096,
}

/** Names of all sizes. */
export const sizeNames = (presets: Presets): string[] => ['game', 'thumb', ...[...presets.keys()].filter(fits(presets))]

/** @throws TintypeError `invalid_parameter` where there is no such size, or its pictures may be larger than a frame */
export const atlasSizeOf = (name: string, presets: Presets): AtlasSize => {
  if (name === 'game') return GAME
  if (name === 'thumb') return THUMB
  const preset = presets.get(name)
  if (!preset) throw invalidParameter('size', sizeNames(presets), name)
  const { width, height, fit, kernel } = preset
  if (width === undefined || height === undefined || width > MAX_FRAME_SIDE || height > MAX_FRAME_SIDE)
    throw invalidParameter('size', `a preset with both sides, each of at most ${MAX_FRAME_SIDE} pixels`, name)
  return {
    name,
    table: `${name} ${width}x${height} ${fit} ${kernel}`,
    rule: { kind: 'packed', preset: { width, height, fit, kernel } },
    coverRule: { kind: 'grid', width, height },
    preset,
    side: 2048,
  }
}

const fits = (presets: Presets) => (name: string) => {
  const { width = Infinity, height = Infinity } = presets.get(name) ?? {}
  return Math.max(width, height) <= MAX_FRAME_SIDE
}

/** Names the pixels of an image in this size: another one where they differ. @param point focal point, null without one */
export const pixelsName = ({ name, preset }: AtlasSize, imageId: string, point: Point | null): string => {
  if (!preset) return `${imageId} ${name}`
  const deciding = decidingPoint(preset, point)
  const text = new URLSearchParams(transformParameters(preset)).toString()
  const edition = createHash('sha256').update(text).digest('base64url').slice(0, 8)
  return `${imageId} ${edition}${deciding ? ` ${pointText(deciding)}` : ''}`
}
