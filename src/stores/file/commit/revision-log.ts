// Revisions of projects as append logs: `.meta/<number>.json`, pruned behind the answer (see prune.ts).

import type { AppendLog } from '../../append-log.ts'
import { encodeRevision, type Revision } from '../../history/revision.ts'
import { createFileLog } from '../append-log.ts'
import type { Paths } from '../paths.ts'
import type { Heads } from './heads.ts'
import { decodeAt } from './revision-file.ts'

export interface RevisionLogOptions {
  paths: Paths
  heads: Heads
  /** Folder of this process for what is not committed yet; where it is swept, nothing can be committed any more. */
  folder: string
}

/** A log is a project id. */
export const createRevisionLog = ({ paths, heads, folder }: RevisionLogOptions): AppendLog<Revision> =>
  createFileLog({
    format: { encode: encodeRevision, decode: decodeAt, tokensOf: ({ commits }) => commits },
    folder: paths.meta,
    drafts: () => folder,
    older: 'pruned',
    async newest(projectId) {
      heads.forget(projectId)
      const head = await heads.read(projectId)
      return head && { number: head.state.revision, entry: head }
    },
  })
