// Requests of a server to the bucket at which it is killed, before or after the engine has carried them out.

import type { Chance } from '../../../support/chance.ts'

export interface Strike {
  kind: Kind
  /** Whether the engine carries the request out. */
  isCarriedOut: boolean
  /** Which request of the kind in the life of the server, from 1. */
  nth: number
}

interface BucketRequest {
  method: string
  /** Path and query. */
  path: string
}

const isListing = ({ path }: BucketRequest): boolean => path.includes('list-type=')
const VARIANT = /\/(original|medium|thumb|game)\/[^/]+$/
const REVISION = /\/\.meta\/\d+\.json$/

/** Every request of the load, by what it is for. */
const KINDS = {
  'probe at the start': ({ method, path }: BucketRequest) => method === 'PUT' && path.includes('/.probe/'),
  'lease of the process': ({ method, path }: BucketRequest) => method === 'PUT' && path.includes('/.owners/'),
  'mark of an upload': ({ method, path }: BucketRequest) => method === 'PUT' && path.includes('/.running/'),
  'end of a mark': ({ method, path }: BucketRequest) => method === 'DELETE' && path.includes('/.running/'),
  'variant of an upload': ({ method, path }: BucketRequest) => method === 'PUT' && VARIANT.test(path),
  'removal of a variant': ({ method, path }: BucketRequest) => method === 'DELETE' && VARIANT.test(path),
  'read of a variant': ({ method, path }: BucketRequest) => method === 'GET' && VARIANT.test(path),
  commit: ({ method, path }: BucketRequest) => method === 'PUT' && REVISION.test(path),
  'proof of a head': ({ method, path }: BucketRequest) => method === 'HEAD' && REVISION.test(path),
  'read of a head': ({ method, path }: BucketRequest) => method === 'GET' && REVISION.test(path),
  'listing of revisions': (request: BucketRequest) => isListing(request) && request.path.includes('.meta'),
}

export type Kind = keyof typeof KINDS

const ALL: readonly Kind[] = [
  'probe at the start',
  'lease of the process',
  'mark of an upload',
  'end of a mark',
  'variant of an upload',
  'removal of a variant',
  'read of a variant',
  'commit',
  'proof of a head',
  'read of a head',
  'listing of revisions',
]

/** A process writes its lease once in 20 seconds. */
const ONCE: ReadonlySet<Kind> = new Set(['lease of the process'])

export const isOfKind = (kind: Kind, request: BucketRequest): boolean => KINDS[kind](request)

/** Strikes at every kind of request, before and after the engine, each so many times; in any order. */
export const strikesAt = (chance: Chance, times: number): Strike[] => {
  const strikes = ALL.flatMap((kind) =>
    [true, false].flatMap((isCarriedOut) =>
      Array.from({ length: times }, () => ({ kind, isCarriedOut, nth: ONCE.has(kind) ? 1 : chance.number(4, 1) })),
    ),
  )
  for (let at = strikes.length - 1; at > 0; at--) {
    const other = chance.number(at + 1)
    const [one, two] = [strikes[at], strikes[other]]
    if (one && two) [strikes[at], strikes[other]] = [two, one]
  }
  return strikes
}
