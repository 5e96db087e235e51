// Compares the variants of an image with its record: existence, size, hash and dimensions.

import { SIZES, type Size } from '../../../../core/names.ts'
import type { ImageRecord } from '../../../../core/project/model.ts'
import type { Paths } from '../../paths.ts'
import type { ProblemKind } from '../problem.ts'
import { type FileState, inspectVariant, type JpegFile } from './files.ts'

export interface VariantFault {
  kind: ProblemKind & ('variant_missing' | 'variant_damaged' | 'record_differs')
  detail: string
}

/** An image with at least one variant that differs from its record. */
export interface FaultyImage {
  image: ImageRecord
  files: Readonly<Record<Size, FileState<JpegFile>>>
  faults: ReadonlyMap<Size, VariantFault>
}

/** Undefined where all four variants are as recorded. */
export const findVariantFaults = async (
  paths: Paths,
  projectId: string,
  image: ImageRecord,
): Promise<FaultyImage | undefined> => {
  const inspect = (size: Size) => inspectVariant(paths.variant(projectId, image.id, size))
  const [original, medium, thumb, game] = await Promise.all([
    inspect('original'),
    inspect('medium'),
    inspect('thumb'),
    inspect('game'),
  ])
  const files = { original, medium, thumb, game }
  const faults = new Map<Size, VariantFault>()
  for (const size of SIZES) {
    const fault = faultOf(files[size], image, size)
    if (fault) faults.set(size, fault)
  }
  return faults.size > 0 ? { image, files, faults } : undefined
}

/** True where the file is intact, even if the record states other dimensions. */
export const isIntact = ({ faults }: FaultyImage, size: Size): boolean =>
  (faults.get(size)?.kind ?? 'record_differs') === 'record_differs'

const faultOf = (file: FileState<JpegFile>, image: ImageRecord, size: Size): VariantFault | undefined => {
  const { bytes, sha256, width, height } = image.sizes[size]
  const damaged = (detail: string): VariantFault => ({ kind: 'variant_damaged', detail })
  if (file.type === 'missing') return { kind: 'variant_missing', detail: `missing; expected a file of ${bytes} bytes` }
  if (file.type === 'unusable') return damaged(`expected a file, found ${file.description}`)
  if (file.bytes !== bytes) return damaged(`expected ${bytes} bytes, found ${file.bytes || 'an empty file'}`)
  if (file.sha256 !== sha256) return damaged('its SHA-256 differs from the recorded one')
  const { header } = file
  if (!header) return damaged('expected a JPEG file, found other content')
  const agrees = (recorded: { width: number; height: number }) =>
    recorded.width === header.width && recorded.height === header.height
  if (agrees(image.sizes[size]) && (size !== 'original' || agrees(image))) return undefined
  return {
    kind: 'record_differs',
    detail: `the record states ${width}×${height} pixels, the file has ${header.width}×${header.height}`,
  }
}
