// Staging area of an upload to a bucket: local files until they are published, by a PUT of each variant.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { relative, sep } from 'node:path'
import { newImageId, SIZES, type VariantName } from '../../core/names.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { removeFolder, storeError } from '../file/fs/durable.ts'
import type { Paths } from '../file/paths.ts'
import { receiveFile, stageFiles } from '../file/staging/staging.ts'
import type { Workspace } from '../file/staging/workspace.ts'
import type { Stage } from '../store.ts'
import type { Bucket } from './client/bucket.ts'
import type { FileBody } from './client/transport.ts'
import type { Content } from './disk-cache.ts'
import { keys } from './keys.ts'

export interface StageOptions {
  /** Of the local work folder. */
  paths: Paths
  workspace: Workspace
  bucket: Pick<Bucket, 'put' | 'putNew' | 'remove'>
  projectId: string
  /** Id of a pending image, of which an earlier attempt may have published variants. @default a new one */
  imageId?: string
  /** Called with the engine's clock once a variant is published, milliseconds since 1970. */
  onPublished(dateMs: number): void
  /** Keeps a local copy of a published variant. Never throws. */
  keep(content: Content, path: string): Promise<void>
  /** Removes published variants, unless the image may be part of the project. */
  unpublish(imageId: string): Promise<void>
  log: Logger
}

export const createStage = async (options: StageOptions): Promise<Stage> => {
  const { paths, workspace, bucket, projectId, onPublished, keep, unpublish, log } = options
  const isAgain = options.imageId !== undefined
  const imageId = options.imageId ?? newImageId()
  const folder = await workspace.folder(projectId, imageId)
  const { uploadPath, targets } = stageFiles(folder, imageId)
  const published = new Set<VariantName>()

  /** The engine compares the body with the hash: a file that has changed since is refused. */
  const publish = async (name: VariantName, content: Content | undefined): Promise<void> => {
    const body = content
      ? { path: targets[name], bytes: content.bytes, sha256: content.sha256 }
      : await fileBodyOf(targets[name])
    const key = keys.variant(projectId, imageId, name)
    published.add(name)
    // A taken key is that of an earlier attempt at this very request: nobody else has the id.
    const { dateMs } = await (isAgain ? bucket.put(key, body) : bucket.putNew(key, body))
    onPublished(dateMs)
    await keep(body, targets[name])
  }

  return {
    id: relative(paths.tmp, folder).replaceAll(sep, '/'),
    imageId,
    uploadPath,
    targets,

    receive: (stream) => receiveFile(uploadPath, stream),

    prepare() {},

    async publish(names = SIZES, contents = {}) {
      try {
        const rest = names.filter((name) => !published.has(name))
        await Promise.all(rest.map((name) => publish(name, contents[name])))
        // An earlier attempt may have had one, under another setting.
        if (isAgain && !names.includes('source')) await bucket.remove(keys.variant(projectId, imageId, 'source'))
      } catch (error) {
        throw storeError(error)
      }
    },

    async discard() {
      try {
        if (published.size > 0) await unpublish(imageId)
        await removeFolder(folder)
      } catch (error) {
        log.warn({ error, projectId, imageId }, 'could not clean up an upload')
        await workspace.leave(folder)
      }
    },
  }
}

export const fileBodyOf = async (path: string): Promise<FileBody> => {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { path, bytes, sha256: hash.digest('hex') }
}
