// Checks the files of webhooks: one endpoint that cannot be read holds up all of them, a cursor one project of its webhook.

import { join } from 'node:path'
import type { z } from 'zod'
import { isWebhookId, webhookSchema } from '../../../../core/webhooks/model.ts'
import { cursorSchema } from '../../../webhooks/cursors.ts'
import { deliveryEntrySchema } from '../../../webhooks/deliveries.ts'
import { isPlainFolder } from '../../fs/no-follow.ts'
import { projectIdOf } from '../../paths.ts'
import { confirmedFindings, type DoctorContext } from '../context.ts'
import type { Problem } from '../problem.ts'
import { describeType, listNames, parseJson, readText, statOf } from '../read/files.ts'
import { moveToLost, unknownEntry } from './strays.ts'

/** Folders and files of webhooks, as file-webhook-store.ts describes them. */
const FOLDERS = ['endpoints', 'cursors', 'deliveries']
const KNOWN = [...FOLDERS, 'deliverer.lock', '.tmp']
const ENTRY = /^[1-9]\d*\.json$/

interface Fault {
  kind: 'webhook_damaged' | 'webhook_left'
  path: string
  detail: string
}

export async function* checkWebhooks(context: DoctorContext): AsyncGenerator<Problem> {
  const root = join(context.paths.root, '.webhooks')
  for (const name of await listNames(root)) {
    const path = join(root, name)
    const stats = await statOf(path)
    if (!KNOWN.includes(name)) yield unknownEntry(context, path)
    // Links are reported with those in place of other folders.
    else if (FOLDERS.includes(name) && stats && !stats.isDirectory() && !stats.isSymbolicLink())
      yield {
        kind: 'odd_entry',
        path: context.relativePath(path),
        detail: `expected a folder, found ${describeType(stats)}; put the folder itself in its place`,
      }
  }
  for (const { kind, path, detail } of await confirmedFindings(context, () => findFaults(root)))
    yield {
      kind,
      path: context.relativePath(path),
      detail,
      isRemains: kind === 'webhook_left',
      repair: () => moveToLost(context, path),
    }
}

const findFaults = async (root: string): Promise<ReadonlyMap<string, Fault>> => {
  const faults = new Map<string, Fault>()
  const check = async (folder: string, schema: z.ZodType, after: string): Promise<void> => {
    for (const name of await listNames(folder)) {
      const path = join(folder, name)
      const fault = ENTRY.test(name) ? await faultOf(path, schema) : undefined
      if (fault !== undefined) faults.set(path, { kind: 'webhook_damaged', path, detail: `it ${fault}; ${after}` })
    }
  }
  // Cursors and deliveries first: an endpoint is made before them, and removed after them.
  const owned: string[] = []
  for (const name of ['cursors', 'deliveries'])
    owned.push(...(await listNames(join(root, name))).map((id) => join(root, name, id)))
  for (const id of await listNames(join(root, 'cursors')))
    for (const project of await listNames(join(root, 'cursors', id)))
      if (projectIdOf(project) !== undefined || project.startsWith('.'))
        await check(join(root, 'cursors', id, project), cursorSchema, CURSOR)
  for (const id of await listNames(join(root, 'deliveries')))
    await check(join(root, 'deliveries', id), deliveryEntrySchema, 'the list of deliveries leaves it out')
  const endpoints = (await listNames(join(root, 'endpoints'))).filter(isWebhookId)
  for (const id of endpoints) await check(join(root, 'endpoints', id), webhookSchema, ENDPOINT)
  // Behind a link or a file in place of their folder, webhooks may be there that cannot be seen.
  const stats = await statOf(join(root, 'endpoints'))
  if (stats && !stats.isDirectory()) return faults
  for (const path of owned)
    if (isPlainFolder(path) && !endpoints.some((id) => path.endsWith(`/${id}`)))
      faults.set(path, { kind: 'webhook_left', path, detail: 'its webhook was removed' })
  return faults
}

const ENDPOINT = 'no webhook is delivered until it is moved away. Without it, its webhook is gone: make it again'
const CURSOR = 'its webhook stands still in this project. Without it, the receiver gets all of its changes again'

/** Why an entry cannot be used, as the end of a sentence. */
const faultOf = async (path: string, schema: z.ZodType): Promise<string | undefined> => {
  const file = await readText(path)
  if (file.type === 'missing') return undefined
  if (file.type === 'unusable') return `is ${file.description}`
  return schema.safeParse(parseJson(file.text)).success ? undefined : 'is damaged'
}
