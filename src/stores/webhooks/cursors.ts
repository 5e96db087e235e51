// Cursors as append logs, one for each webhook and project.

import { join } from 'node:path'
import { z } from 'zod'
import { tokensAfter, unknownOutcome } from '../append-log.ts'
import { folderOf, projectIdOf } from '../file/paths.ts'
import { newToken } from '../file/staging/workspace.ts'
import type { RecordFolder } from '../private/record-folder.ts'
import type { WebhookCursors } from './webhook-store.ts'

export const cursorSchema = z.object({
  revision: z.int().min(0),
  events: z.int().min(0),
  /** Tokens of the last writers, newest last. */
  commits: z.array(z.string()).optional(),
})

export const createCursors = (folder: RecordFolder): WebhookCursors => {
  const log = folder.log({ folder: 'cursors', schema: cursorSchema, older: 'pruned' })
  const nameOf = (webhookId: string, projectId: string): string => join(webhookId, folderOf(projectId))

  return {
    async read(webhookId, projectId) {
      const found = await log.newest(nameOf(webhookId, projectId))
      return found && { number: found.number, revision: found.entry.revision, events: found.entry.events }
    },

    async advance(webhookId, projectId, number, cursor) {
      // A cursor of a removed webhook would stay for ever.
      if (!(await folder.exists(folder.path('endpoints', webhookId)))) return undefined
      const name = nameOf(webhookId, projectId)
      const before = number === 0 ? undefined : await log.newest(name)
      if (number !== (before?.number ?? 0)) return undefined
      const commits = tokensAfter(before?.entry.commits ?? [], newToken())
      const { outcome, cause } = await log.append(name, number + 1, { ...cursor, commits })
      if (outcome === 'unknown') throw unknownOutcome('a webhook', cause)
      return outcome === 'ours' ? number + 1 : undefined
    },

    projects: async (webhookId) =>
      (await folder.names(folder.path('cursors', webhookId))).flatMap((name) => projectIdOf(name) ?? []).sort(),
  }
}
