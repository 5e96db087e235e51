// The quota of each owner, over all projects: exact with any number of uploads in any number of processes.
//
// Stored bytes are the sum over the newest image lists of the owner's projects; a separate total could diverge. Bytes of
// uploads under way are reserved in a ledger while their staging area exists. So a crash keeps bytes reserved only until
// its staging area is swept, and a deletion frees bytes at once.
//
// Where reading the projects is dear, that sum is kept for a time. All that was stored since is in the ledger's count of
// granted bytes, whichever process stored it, so both together are never less than what is used. Where they leave no room,
// the projects are read: a refusal always rests on the sum.

import { createBoundedMap } from '../../core/bounded-map.ts'
import { TintypeError } from '../../core/errors.ts'
import { chargedTo } from '../../core/project/quota.ts'
import { randomIds } from '../../core/random-id.ts'
import { type AppendLog, type NumberedEntry, tokensAfter, unknownOutcome } from '../append-log.ts'
import { storeError } from '../file/fs/durable.ts'
import type { Stage, Store } from '../store.ts'
import { emptyLedger, type LedgerEntry, type Reservation } from './ledger.ts'
import type { OwnerQuota } from './quota.ts'

export interface OwnerQuotaOptions {
  store: Store
  /** Ledgers by owner, pruned. */
  ledger: AppendLog<LedgerEntry>
  /** Most bytes of one owner. */
  maxBytes: number
  /** Ledgers whose projects are not read for each reservation. @default they are */
  kept?: KeptSums
}

export interface KeptSums {
  /** Time after which the projects are read again, which counts what was stored without a reservation, in milliseconds. */
  recountMs: number
  /** An entry that may not be the newest, as an append behind it shows. */
  recent(owner: string): Promise<NumberedEntry<LedgerEntry> | undefined>
}

/** Used bytes of an owner as its projects were read. */
interface KeptSum {
  used: number
  /** Count of granted bytes at that time. */
  granted: { since: string; bytes: number }
  atMs: number
}

const MOST_TRIES = 100

const newToken = randomIds(16)

/** Projects that a scan reads at once. */
const AT_ONCE = 32

export const createOwnerQuota = ({ store, ledger, maxBytes, kept }: OwnerQuotaOptions): OwnerQuota => {
  const keptSums = createBoundedMap<KeptSum>(10_000)
  /** By owner: the last reservation. They wait for each other here, so that only other processes compete in the ledger. */
  const turns = new Map<string, Promise<void>>()
  let scan: Promise<ReadonlyMap<string, readonly string[]>> | undefined

  /** Projects of every owner: the ledger lacks those that were created before a quota was set. */
  const scanAll = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
    const found = new Map<string, string[]>()
    const ids = await store.projectIds()
    for (let at = 0; at < ids.length; at += AT_ONCE)
      for (const state of await Promise.all(ids.slice(at, at + AT_ONCE).map(readable))) {
        if (!state) continue
        const owner = chargedTo(state, undefined)
        found.set(owner, [...(found.get(owner) ?? []), state.project_id])
      }
    return found
  }

  /** Skips a damaged project, so that uploads to others are not refused. */
  const readable = (id: string) => store.project(id).catch(() => undefined)

  const knownProjects = (owner: string): Promise<readonly string[]> => {
    scan ??= scanAll().catch((error: unknown) => {
      scan = undefined
      throw error
    })
    return scan.then((found) => found.get(owner) ?? [])
  }

  /** Bytes of a project; undefined where the owner is another one, or the project is deleted. */
  const bytesIn = async (projectId: string, owner: string, open: readonly Reservation[]) => {
    const ids = open.map(({ image }) => image)
    for (;;) {
      const state = await store.project(projectId)
      if (!state || chargedTo(state, undefined) !== owner) return undefined
      const found = await store.storedBytes(state, ids)
      if (found) return { stored: found.bytes, reserved: sumOf(open.filter(({ image }) => !found.ids.has(image))) }
    }
  }

  /** Used bytes, and the reservations and projects of the ledger that still count. */
  const inspect = async ({ owner, projects, reservations }: LedgerEntry) => {
    // Before the projects are read: an upload that has ended by then is in them.
    const states = await Promise.all(reservations.map(({ folder }) => store.isStaged(folder)))
    const open = reservations.filter((_, at) => states[at])
    const counted: string[] = []
    let used = 0
    for (const projectId of new Set([
      ...(await knownProjects(owner)),
      ...projects,
      ...open.map((each) => each.project),
    ])) {
      const here = open.filter(({ project }) => project === projectId)
      const bytes = await bytesIn(projectId, owner, here)
      if (bytes || here.length > 0) counted.push(projectId)
      used += bytes ? bytes.stored + bytes.reserved : sumOf(here)
    }
    return { used, open, projects: counted }
  }

  /** {@link inspect} without reading a project, where the bytes certainly fit. Only own reservations end. */
  const inspectKept = async ({ owner, projects, reservations, granted }: LedgerEntry, bytes: number) => {
    const sum = keptSums.get(owner)
    if (!kept || !sum || granted?.since !== sum.granted.since) return undefined
    if (performance.now() - sum.atMs > kept.recountMs) return undefined
    const used = sum.used + granted.bytes - sum.granted.bytes
    if (granted.bytes < sum.granted.bytes || used + bytes > maxBytes) return undefined
    const isOpen = async ({ folder }: Reservation) => !folder.startsWith(`${store.owner()}/`) || store.isStaged(folder)
    const states = await Promise.all(reservations.map(isOpen))
    return { used, open: reservations.filter((_, at) => states[at]), projects }
  }

  const reserve = async (owner: string, projectId: string, stage: Stage, bytes: number): Promise<void> => {
    const mine: Reservation = { project: projectId, image: stage.imageId, bytes, folder: stage.id }
    const token = newToken()
    let mayKeep = keptSums.get(owner) !== undefined
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const found = mayKeep && tries === 0 ? await kept?.recent(owner) : await ledger.newest(owner)
      const { number, entry } = found ?? { number: 0, entry: emptyLedger(owner) }
      const short = mayKeep ? await inspectKept(entry, bytes) : undefined
      if (mayKeep && !short) {
        // A refusal, and a new sum, rest on the newest entry.
        mayKeep = false
        continue
      }
      const atMs = performance.now()
      const { used, open, projects } = short ?? (await inspect(entry))
      if (used + bytes > maxBytes) throw quotaExceeded(maxBytes, used, bytes)
      const granted = entry.granted ?? { since: token, bytes: 0 }
      const { outcome, cause } = await ledger.append(owner, number + 1, {
        owner,
        projects: [...new Set([...projects, projectId])],
        reservations: [...open, mine],
        granted: { since: granted.since, bytes: granted.bytes + bytes },
        commits: tokensAfter(entry.commits ?? [], token),
      })
      if (outcome === 'unknown') throw unknownOutcome(`the quota of "${owner}"`, cause)
      if (outcome === 'taken') continue
      if (kept && !short) keptSums.set(owner, { used, granted, atMs })
      return
    }
    throw new TintypeError('busy', 'Too many uploads count against the same quota at once.', { retryAfterSeconds: 1 })
  }

  return {
    async reserve(owner, projectId, stage, bytes) {
      const before = turns.get(owner) ?? Promise.resolve()
      const work = before.then(() => reserve(owner, projectId, stage, bytes))
      const turn = work.catch(() => {})
      turns.set(owner, turn)
      try {
        await work
      } catch (error) {
        throw storeError(error)
      } finally {
        if (turns.get(owner) === turn) turns.delete(owner)
      }
    },
  }
}

const sumOf = (reservations: readonly Reservation[]): number => reservations.reduce((sum, { bytes }) => sum + bytes, 0)

const quotaExceeded = (maxBytes: number, used: number, bytes: number): TintypeError =>
  new TintypeError(
    'quota_exceeded',
    `Expected at most ${maxBytes} bytes in all projects of one owner; ${used} are used and the image takes ${bytes}.`,
    { details: { max_bytes: maxBytes, used_bytes: used, image_bytes: bytes } },
  )
