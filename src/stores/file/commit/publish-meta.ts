// Publishes meta.json: a copy of the newest revision for people and other tools, with the whole image list.

import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '../../../telemetry/logger.ts'
import { publishedText, type Revision } from '../../history/revision.ts'
import { readText, removeFile, removeFolder, writeNew } from '../fs/durable.ts'
import { refuseLinkedProject } from '../fs/no-follow.ts'
import type { Paths } from '../paths.ts'
import { newToken, type Workspace } from '../staging/workspace.ts'
import type { Heads } from './heads.ts'

export interface PublisherOptions {
  paths: Paths
  heads: Heads
  workspace: Workspace
  log: Logger
  /** Longest list whose every change is published before it is answered, in images. @default 1000 */
  promptImages?: number
  /** Pause between two copies of a longer list, in milliseconds. @default 1000 */
  pauseMs?: number
}

export interface Publisher {
  /**
   * Publishes a revision, or a newer one where it exists. A list longer than `promptImages` is published after
   * `pauseMs`, so that the cost of a change does not grow with the project.
   *
   * @param draft result of {@link draft} for this revision
   */
  publish(projectId: string, revision: Revision, folder: string, draft?: string): Promise<void>
  /**
   * Writes the copy of a revision in parallel with its commit: the disk syncs both at once. Never throws.
   *
   * @returns its path, for {@link publish}; undefined where `publish` writes the copy
   */
  draft(revision: Revision, folder: string): Promise<string | undefined>
  /** Publishes delayed copies now. Nothing is delayed afterwards. */
  flush(): Promise<void>
}

/** Copies in a row where each is outdated once it is renamed. */
const MOST_TRIES = 8

/** Characters of meta.json that are written at once: a segment has about 130,000. */
const CHUNK_LENGTH = 500_000

export const createPublisher = (options: PublisherOptions): Publisher => {
  const { paths, heads, workspace, log } = options
  const promptImages = options.promptImages ?? 1000
  const pauseMs = options.pauseMs ?? 1000
  const delayed = new Map<string, NodeJS.Timeout>()
  /** Delayed copies, one at a time: they are of long lists. */
  let publishing: Promise<void> = Promise.resolve()

  const writeCopy = async ({ state }: Revision, folder: string): Promise<string> => {
    const own = join(folder, `meta-${newToken()}.json`)
    await writeNew(own, gathered(publishedText(state, (id) => readText(paths.segment(state.project_id, id)))))
    return own
  }

  const isPrompt = ({ state }: Revision): boolean => state.image_count <= promptImages

  /** @param draft of this revision */
  const write = async (projectId: string, revision: Revision, folder: string, draft?: string): Promise<void> => {
    refuseLinkedProject(paths, projectId)
    if (revision.state.deleted) return removeFile(paths.published(projectId))
    await rename(draft ?? (await writeCopy(revision, folder)), paths.published(projectId))
  }

  const publishNewest = async (
    projectId: string,
    revision: Revision,
    folder: string,
    tries: number,
    draft?: string,
  ): Promise<void> => {
    let newest = revision
    for (let done = 0; done < tries; done++) {
      await write(projectId, newest, folder, done === 0 ? draft : undefined)
      const head = await heads.read(projectId)
      if (!head || head.state.revision === newest.state.revision) return
      newest = head
    }
    // Writers of newer revisions publish too, but this copy may have replaced theirs.
    delay(projectId)
  }

  const delay = (projectId: string): void => {
    if (!delayed.has(projectId)) delayed.set(projectId, setTimeout(() => publishLater(projectId), pauseMs).unref())
  }

  const publishLater = (projectId: string): void => {
    delayed.delete(projectId)
    publishing = publishing.then(() => publishDelayed(projectId))
  }

  const publishDelayed = async (projectId: string): Promise<void> => {
    try {
      const head = await heads.read(projectId)
      if (!head) return
      const folder = await workspace.folder(projectId)
      await publishNewest(projectId, head, folder, 1).finally(() => removeFolder(folder))
    } catch (error) {
      log.warn({ error, projectId }, 'could not publish meta.json; the next commit does it')
    }
  }

  return {
    async publish(projectId, revision, folder, draft) {
      if (isPrompt(revision)) return publishNewest(projectId, revision, folder, MOST_TRIES, draft)
      delay(projectId)
    },

    async draft(revision, folder) {
      if (revision.state.deleted || !isPrompt(revision)) return undefined
      // A failure is repeated by `publish`, which reports it.
      return writeCopy(revision, folder).catch(() => undefined)
    },

    async flush() {
      for (const [projectId, timer] of delayed) {
        clearTimeout(timer)
        publishLater(projectId)
      }
      await publishing
      for (const timer of delayed.values()) clearTimeout(timer)
      delayed.clear()
    },
  }
}

/** Joins parts of a text to chunks that are worth a call of the system. */
async function* gathered(parts: AsyncIterable<string>): AsyncGenerator<string> {
  let chunk = ''
  for await (const part of parts) {
    chunk += part
    if (chunk.length < CHUNK_LENGTH) continue
    yield chunk
    chunk = ''
  }
  yield chunk
}
