// Copies the records of accounts, API keys, webhooks and collections: those of the copy become those of the store.

import type { CopySource, CopyTarget } from './place.ts'

/** Folders of records. */
export const RECORD_ROOTS = ['.accounts', '.webhooks', '.collections'] as const

const COLLECTIONS = '.collections/'

/** Records that are never removed: where the copy has one that the store lacks, it is no copy of it. */
const KEPT = /^\.accounts\/(?:users\/|keys\/)/

/** Revocations come first, so that no key is valid in a copy that was stopped; the index last, which makes an account exist. */
const ORDER = [
  /\.revoked\.json$/,
  /^\.accounts\/(?!emails\/)/,
  /^\.accounts\/emails\//,
  /^\.webhooks\//,
  /^\.collections\//,
]

/** Rounds, each of which follows a change of a collection in the one before. */
const MOST_ROUNDS = 10

/**
 * @param accounts false to copy the collections alone
 * @returns the number of records that were written
 * @throws Error where the copy has accounts or keys of its own
 */
export const copyRecords = async (
  source: CopySource,
  target: CopyTarget,
  signal: AbortSignal,
  accounts = true,
): Promise<number> => {
  let written = 0
  for (let rounds = 0; rounds < MOST_ROUNDS; rounds++) {
    const round = await copyRound(source, target, signal, accounts)
    written += round.written
    // A collection that was changed meanwhile keeps no older entries.
    if (!round.gone) break
  }
  return written
}

const copyRound = async (source: CopySource, target: CopyTarget, signal: AbortSignal, accounts: boolean) => {
  const isWanted = (path: string): boolean => (accounts ? isCopied(path) : path.startsWith(COLLECTIONS))
  const [wanted, present] = [(await source.records()).filter(isWanted), (await target.records()).filter(isWanted)]
  const known = new Set(wanted)
  const own = present.find((path) => KEPT.test(path) && !known.has(path))
  if (own !== undefined && !isOlderEntry(own, wanted))
    throw new Error(`${target.name} has accounts or keys of its own (${own}); --no-accounts copies without them`)
  let written = 0
  let gone = false
  for (const group of ORDER)
    for (const path of wanted.filter((each) => group.test(each))) {
      signal.throwIfAborted()
      const text = await source.record(path)
      if (text === undefined && path.startsWith(COLLECTIONS)) gone = true
      if (text === undefined || text === (await target.record(path))) continue
      await target.putRecord(path, text)
      written++
    }
  // A session that has ended in the store must not go on in the copy.
  for (const path of present) if (!known.has(path)) await target.removeRecord(path)
  return { written, gone }
}

/** The lease of the process that delivers webhooks is no part of the store. */
const isCopied = (path: string): boolean => !path.startsWith('.webhooks/deliverer')

/** True for an entry of a log of which the store has others: a folder and a bucket keep different old ones. */
const isOlderEntry = (path: string, wanted: readonly string[]): boolean => {
  const log = /^\.accounts\/users\/[^/]+\//.exec(path)?.[0]
  return log !== undefined && wanted.some((each) => each.startsWith(log))
}
