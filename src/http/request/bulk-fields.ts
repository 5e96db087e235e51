// Text fields of a form with many files: those of all images, and, with an index, those of one image.

import { TintypeError } from '../../core/errors.ts'
import type { ImageDetails } from '../../core/project/image-details.ts'
import { allTags, ignoreField, readField, type TextField, type UploadFields } from './upload-fields.ts'

export interface BulkFields {
  /**
   * Reads a field. One that comes after the file that it is about is ignored.
   *
   * @param filesBegun number of files before it
   * @throws TintypeError `invalid_parameter` where a field of all images is not valid
   */
  read(field: TextField, filesBegun: number): void
  /**
   * Details of one image by the fields before its file. What a field says of this image alone goes before what one says of
   * all; its tags are added to those of all.
   *
   * @returns a function that throws TintypeError `invalid_parameter` where a field of this image is not valid
   */
  take(index: number): () => ImageDetails
  /** Names of ignored fields. */
  ignored(): readonly string[]
}

/** A field of one image: `alt[3]`. */
const INDEXED = /^(name|title|alt|tags|focal_point)\[(\d{1,6})\]$/

interface OwnFields extends UploadFields {
  problem?: TintypeError
}

/** @param maxFiles fields of further files are ignored */
export const createBulkFields = (maxFiles: number): BulkFields => {
  const ignored = new Set<string>()
  const common: UploadFields = { details: {}, ignored }
  /** Fields of files that have not begun. */
  const own = new Map<number, OwnFields>()

  const readOwn = (index: number, field: TextField): void => {
    const fields = own.get(index) ?? { details: {}, ignored }
    own.set(index, fields)
    try {
      readField(fields, field)
    } catch (error) {
      if (!(error instanceof TintypeError)) throw error
      fields.problem ??= error
    }
  }

  return {
    read(field, filesBegun) {
      const [, name, number] = INDEXED.exec(field.name) ?? []
      const index = Number(number)
      if (name !== undefined && index >= filesBegun && index < maxFiles) readOwn(index, { ...field, name })
      // One name for many images would be a mistake.
      else if (name === undefined && filesBegun === 0 && field.name !== 'name') readField(common, field)
      else ignoreField(common, field.name)
    },

    take(index) {
      const { details, problem } = own.get(index) ?? { details: {} }
      own.delete(index)
      return () => {
        if (problem) throw problem
        const tags =
          common.details.tags || details.tags ? allTags(common.details.tags ?? [], details.tags ?? []) : undefined
        return { ...common.details, ...details, tags }
      }
    },

    ignored: () => [...ignored],
  }
}
