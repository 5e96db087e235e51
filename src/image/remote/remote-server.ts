// Makes the pictures of servers without encoders: the other end of remote-pool.ts. Only below its own storage folder, and
// only under names of its own, so that it touches no file of a server that has taken it for dead.

import { realpath, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { TintypeError } from '../../core/errors.ts'
import { randomIds } from '../../core/random-id.ts'
import type { EncodedPicture, EncoderPool, Priority } from '../encoder.ts'
import type { RenderReply } from '../reply.ts'
import { toReply } from '../worker/to-reply.ts'
import { parseTask, type RemoteReply, type RemoteTask } from './messages.ts'

export interface RemoteServerOptions {
  encoders: Pick<EncoderPool, 'encode' | 'render' | 'draw' | 'turn'>
  /** Folder of the store, absolute and without symbolic links. */
  storageDir: string
  /** Ends waits for a turn. */
  signal: AbortSignal
}

/** Makes the reply to a task. Never rejects. */
export type HandleTask = (task: unknown, how: { lane: Priority }) => Promise<RemoteReply>

const newSuffix = randomIds(12)

export const createRemoteServer = ({ encoders, storageDir, signal }: RemoteServerOptions): HandleTask => {
  /** @throws TintypeError `internal` where a folder in the path is a symbolic link */
  const within = async (path: string): Promise<string> => {
    const absolute = join(storageDir, path)
    const folder = dirname(absolute)
    // Where it is missing, so is the file: that is the encoder's to report.
    const real = await realpath(folder).catch(() => folder)
    if (real !== folder) throw refused()
    return absolute
  }

  const encode = async (
    { source, targets, sha256 }: Extract<RemoteTask, { kind: 'encode' }>,
    suffix: string,
    priority: Priority,
  ): Promise<EncodedPicture> => {
    const at = async (path: string) => (await within(path)) + suffix
    const job = {
      source: await within(source),
      targets: {
        original: await at(targets.original),
        medium: await at(targets.medium),
        thumb: await at(targets.thumb),
        game: await at(targets.game),
        source: targets.source === undefined ? undefined : await at(targets.source),
      },
      sha256,
    }
    return encoders.encode(job, { priority })
  }

  const render = async (
    { source, target, recipe }: Extract<RemoteTask, { kind: 'render' }>,
    suffix: string,
  ): Promise<RenderReply> => {
    const file = target === undefined ? undefined : (await within(target)) + suffix
    const { content, ...picture } = await encoders.render({ source: await within(source), target: file, recipe })
    if (content === undefined) return picture
    // An encoder that died may have begun it.
    if (file !== undefined) await rm(file, { force: true }).catch(() => {})
    return { ...picture, content: content.toString('base64') }
  }

  const draw = async (
    { kind: _, base, cells, raw, target, ...rest }: Extract<RemoteTask, { kind: 'draw' }>,
    suffix: string,
  ): Promise<RenderReply> => {
    const at = async (path: string | undefined) => path && (await within(path)) + suffix
    const [rawFile, file] = [await at(raw), await at(target)]
    const job = {
      ...rest,
      base: base && { ...base, path: await within(base.path) },
      cells: await Promise.all(cells.map(async (cell) => ({ ...cell, path: await within(cell.path) }))),
      raw: rawFile,
      target: file,
    }
    const { content, ...picture } = await encoders.draw(job)
    if (content === undefined) return picture
    for (const path of [rawFile, file]) if (path !== undefined) await rm(path, { force: true }).catch(() => {})
    return { ...picture, content: content.toString('base64') }
  }

  const madeBy = async (task: Exclude<RemoteTask, { kind: 'turn' }>, suffix: string, lane: Priority) => {
    if (task.kind === 'render') return toReply(render(task, suffix))
    return task.kind === 'draw' ? toReply(draw(task, suffix)) : toReply(encode(task, suffix, lane))
  }

  return async (content, { lane }) => {
    const task = parseTask(content)
    if (!task) return { reply: await toReply(Promise.reject(refused())) }
    if (task.kind === 'turn')
      return { reply: await toReply(encoders.turn({ priority: lane, signal }).then(() => ({}))) }
    const suffix = `.${newSuffix()}`
    return { reply: await madeBy(task, suffix, lane), suffix }
  }
}

const refused = (): TintypeError =>
  new TintypeError('internal', 'Expected a task with paths below the storage folder of this process.')
