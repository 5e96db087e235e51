// Presets: named transforms of the operator, which need no signature.

import { TintypeError } from '../errors.ts'
import { invalidParameter } from '../invalid-parameter.ts'
import { eachOnce, type Parameter } from '../parameters.ts'
import { partsOf } from '../text.ts'
import { parseTransform } from './parse-transform.ts'
import type { Transform } from './transform.ts'

export type Presets = ReadonlyMap<string, Transform>

export const PRESET_NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/

/**
 * Parses `card:w=320,h=180,fit=cover;hero:w=1600,format=auto`. Values may contain commas: `position=0.3,0.6`.
 *
 * @returns the presets, or one line for each mistake
 */
export const readPresets = (text: string): { presets: Presets; mistakes: string[] } => {
  const presets = new Map<string, Transform>()
  const mistakes: string[] = []
  for (const entry of partsOf(text, ';')) {
    const colon = entry.indexOf(':')
    const name = entry.slice(0, Math.max(0, colon)).trim()
    if (colon < 0) mistakes.push(`"${entry}": expected a name and a transform, such as card:w=320,h=180`)
    else if (!PRESET_NAME.test(name))
      mistakes.push(`preset "${name}": expected a name of 1 to 32 characters of a-z 0-9 _ -`)
    else if (presets.has(name)) mistakes.push(`preset "${name}": expected each name once, there are two of this name`)
    else
      try {
        presets.set(name, parseTransform(eachOnce(parametersOf(entry.slice(colon + 1)))))
      } catch (error) {
        if (!(error instanceof TintypeError)) throw error
        mistakes.push(`preset "${name}": ${error.message.replace(/\.$/, '')}`)
      }
  }
  return { presets, mistakes }
}

/** @throws TintypeError `invalid_parameter` with all mistakes */
export const parsePresets = (text: string): Presets => {
  const { presets, mistakes } = readPresets(text)
  if (mistakes.length > 0) throw new TintypeError('invalid_parameter', mistakes.join('\n'))
  return presets
}

/** Finds a preset. @throws TintypeError `invalid_parameter` where there is none of this name */
export const presetOf = (presets: Presets, name: string): Transform => {
  const transform = presets.get(name)
  if (transform) return transform
  const known = [...presets.keys()]
  throw invalidParameter('preset', known.length === 0 ? 'none, because this server has no presets' : known, name)
}

const parametersOf = (text: string): Parameter[] => {
  const parts: string[] = []
  for (const part of text.split(',')) {
    // A part without a name belongs to the value before it.
    if (part.includes('=') || parts.length === 0) parts.push(part)
    else parts.push(`${parts.pop()},${part.trim()}`)
  }
  return parts
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const at = part.indexOf('=')
      return at < 0 ? [part.trim(), ''] : [part.slice(0, at).trim(), part.slice(at + 1).trim()]
    })
}
