// Revisions of projects in a bucket: their log.

import { TintypeError } from '../../core/errors.ts'
import { decodeRevision, encodeRevision, type Revision } from '../history/revision.ts'
import { type BucketLog, type BucketLogOptions, createBucketLog } from './append-log.ts'
import { keys } from './keys.ts'

export type RevisionsOptions = Pick<BucketLogOptions<Revision>, 'bucket' | 'readLeases'>

export const createRevisions = ({ bucket, readLeases = {} }: RevisionsOptions): BucketLog<Revision> =>
  createBucketLog({
    bucket,
    format: { encode: encodeRevision, decode: decodeAt, tokensOf: ({ commits }) => commits },
    prefix: keys.meta,
    readLeases,
  })

const decodeAt = (text: string, projectId: string, number: number): Revision => {
  try {
    const revision = decodeRevision(text)
    if (revision.state.project_id === projectId && revision.state.revision === number) return revision
    throw new Error(`the object is revision ${revision.state.revision} of "${revision.state.project_id}"`)
  } catch (cause) {
    throw new TintypeError('project_damaged', `The image list of project "${projectId}" is damaged in the bucket.`, {
      cause,
    })
  }
}
