// Checks for symbolic links in place of folders: the store follows none, and reports what they lead to as damaged.

import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { COLLECTION_ENTRIES, COLLECTIONS } from '../../../collections/collections.ts'
import { isMissing } from '../../fs/durable.ts'
import { isPlainFolder } from '../../fs/no-follow.ts'
import type { DoctorContext } from '../context.ts'
import type { Problem } from '../problem.ts'
import { moveToLost } from './strays.ts'

/** Folders of accounts that hold a folder for each user, session or owner. */
const ACCOUNT_LOGS = ['users', 'identities', 'families', 'usage']
const JOB_FOLDERS = ['records', 'uploads', 'new', 'queued', 'running', 'failed', 'finished', 'keys', 'batches']
/** Folders of webhooks that hold a folder for each of them. */
const WEBHOOK_LOGS = ['endpoints', 'cursors', 'deliveries']
const ACCOUNT_FOLDERS = [...ACCOUNT_LOGS, '.tmp', 'keys', 'emails', 'invites']

/** The target may hold all images, so the link is not moved: the folder has to be put back by hand. */
export const linkedFolder = (context: DoctorContext, folder: string): Problem => ({
  kind: 'odd_entry',
  path: context.relativePath(folder),
  detail: 'expected a folder, found a symbolic link; nothing is read through it. Put the folder itself in its place',
})

/** Links in place of the folder of a project, or of a folder in it. */
export const linksInProject = (context: DoctorContext, projectId: string): Problem[] =>
  [context.paths.project(projectId), ...context.paths.folders(projectId)]
    .filter((folder) => !isPlainFolder(folder))
    .map((folder) => linkedFolder(context, folder))

/** Links in place of the other folders of the store. */
export async function* linksOutsideProjects(context: DoctorContext): AsyncGenerator<Problem> {
  const { root, tmp, cache, catalogue, running } = context.paths
  const accounts = join(root, '.accounts')
  const jobs = ['.jobs', ...JOB_FOLDERS.map((name) => join('.jobs', name))]
  const webhooks = join(root, '.webhooks')
  const collections = join(root, COLLECTIONS)
  const entries = join(collections, COLLECTION_ENTRIES)
  const others = [...jobs, '.lost'].map((name) => join(root, name))
  const inAccounts = ACCOUNT_FOLDERS.map((name) => join(accounts, name))
  const inWebhooks = [...WEBHOOK_LOGS, '.tmp'].map((name) => join(webhooks, name))
  for (const folder of [tmp, accounts, ...inAccounts, webhooks, ...inWebhooks, collections, entries, ...others])
    if (!isPlainFolder(folder)) yield linkedFolder(context, folder)
  const logs = [
    ...ACCOUNT_LOGS.map((name) => join(accounts, name)),
    ...WEBHOOK_LOGS.map((name) => join(webhooks, name)),
    entries,
  ]
  for (const folder of logs) for await (const entry of linksIn(folder)) yield linkedFolder(context, entry)
  for await (const cursors of foldersIn(join(webhooks, 'cursors')))
    for await (const entry of linksIn(cursors)) yield linkedFolder(context, entry)
  for (const folder of [running, cache]) if (!isPlainFolder(folder)) yield needlessLink(context, folder)
  for await (const project of foldersIn(cache)) {
    if (project === catalogue) continue
    if (!isPlainFolder(project)) yield needlessLink(context, project)
    else for await (const image of linksIn(project)) yield needlessLink(context, image)
  }
}

/** A link in place of a folder that is made again where it is missing. */
export const needlessLink = (context: DoctorContext, path: string): Problem => ({
  kind: 'odd_entry',
  path: context.relativePath(path),
  detail: 'expected a folder, found a symbolic link; it is not followed',
  repair: () => moveToLost(context, path),
})

async function* linksIn(folder: string): AsyncGenerator<string> {
  for await (const path of foldersIn(folder)) if (!isPlainFolder(path)) yield path
}

/** Folders and symbolic links in a folder, in the order of the disk; none where it is missing, or a link itself. */
async function* foldersIn(folder: string): AsyncGenerator<string> {
  if (!isPlainFolder(folder)) return
  try {
    for await (const entry of await opendir(folder))
      if (entry.isDirectory() || entry.isSymbolicLink()) yield join(folder, entry.name)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}
