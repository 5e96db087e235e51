// Compares the variants of an image with its record: existence, size, hash and dimensions.

import { type VariantName, variantsOf } from '../../../../core/names.ts'
import type { ImageRecord } from '../../../../core/project/model.ts'
import type { Paths } from '../../paths.ts'
import type { ProblemKind } from '../problem.ts'
import { type FileState, inspectVariant, type PictureFile } from './files.ts'

export interface VariantFault {
  kind: ProblemKind & ('variant_missing' | 'variant_damaged' | 'record_differs')
  detail: string
}

/** An image with at least one variant that differs from its record. */
export interface FaultyImage {
  image: ImageRecord
  /** `source` is missing where the record has none. */
  files: Readonly<Record<VariantName, FileState<PictureFile>>>
  faults: ReadonlyMap<VariantName, VariantFault>
}

/** Undefined where all variants are as recorded. */
export const findVariantFaults = async (
  paths: Paths,
  projectId: string,
  image: ImageRecord,
): Promise<FaultyImage | undefined> => {
  const inspect = (name: VariantName) => inspectVariant(paths.variant(projectId, image.id, name))
  const [original, medium, thumb, game, source] = await Promise.all([
    inspect('original'),
    inspect('medium'),
    inspect('thumb'),
    inspect('game'),
    image.sizes.source ? inspect('source') : ({ type: 'missing' } as const),
  ])
  const files = { original, medium, thumb, game, source }
  const faults = new Map<VariantName, VariantFault>()
  for (const name of variantsOf(image.sizes)) {
    const fault = faultOf(files[name], image, name)
    if (fault) faults.set(name, fault)
  }
  return faults.size > 0 ? { image, files, faults } : undefined
}

/** True where the file is intact, even if the record states other dimensions. */
export const isIntact = ({ image, faults }: FaultyImage, name: VariantName): boolean =>
  image.sizes[name] !== undefined && (faults.get(name)?.kind ?? 'record_differs') === 'record_differs'

const faultOf = (file: FileState<PictureFile>, image: ImageRecord, name: VariantName): VariantFault | undefined => {
  const recorded = image.sizes[name]
  if (!recorded) return undefined
  const { bytes, sha256, width, height } = recorded
  const damaged = (detail: string): VariantFault => ({ kind: 'variant_damaged', detail })
  if (file.type === 'missing') return { kind: 'variant_missing', detail: `missing; expected a file of ${bytes} bytes` }
  if (file.type === 'unusable') return damaged(`expected a file, found ${file.description}`)
  if (file.bytes !== bytes) return damaged(`expected ${bytes} bytes, found ${file.bytes || 'an empty file'}`)
  if (file.sha256 !== sha256) return damaged('its SHA-256 differs from the recorded one')
  const { header } = file
  if (!header) return damaged(`expected a ${name === 'source' ? 'PNG' : 'JPEG'} file, found other content`)
  const agrees = (stated: { width: number; height: number }) =>
    stated.width === header.width && stated.height === header.height
  if (agrees(recorded) && (name !== 'original' || agrees(image))) return undefined
  return {
    kind: 'record_differs',
    detail: `the record states ${width}×${height} pixels, the file has ${header.width}×${header.height}`,
  }
}
