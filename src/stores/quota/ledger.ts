// The ledger of an owner: projects that may hold its bytes, and bytes reserved by uploads under way. No I/O.

import { z } from 'zod'
import type { LogFormat } from '../append-log.ts'

const reservationSchema = z.object({
  project: z.string(),
  image: z.string(),
  bytes: z.int().min(0),
  /** Id of the staging area: once it is gone, the image is in its project, or never will be. */
  folder: z.string(),
})

const ledgerSchema = z.object({
  owner: z.string(),
  /** Projects that may hold bytes of the owner. */
  projects: z.array(z.string()),
  reservations: z.array(reservationSchema),
  /**
   * Bytes of all reservations, ended ones too, since a writer began to count them; absent in entries of older versions.
   * The difference of two entries of one count is the limit on what was stored between them.
   */
  granted: z.object({ since: z.string(), bytes: z.int().min(0) }).optional(),
  /** Tokens of the last writers, newest last; absent in ledgers of older versions. */
  commits: z.array(z.string()).optional(),
})

export type Reservation = z.infer<typeof reservationSchema>
export type LedgerEntry = z.infer<typeof ledgerSchema>

export const emptyLedger = (owner: string): LedgerEntry => ({ owner, projects: [], reservations: [] })

export const ledgerFormat: LogFormat<LedgerEntry> = {
  encode: (entry) => `${JSON.stringify(entry)}\n`,

  /** A damaged ledger counts as empty: its projects are found again by a scan of all. */
  decode(text, owner) {
    try {
      const entry = ledgerSchema.parse(JSON.parse(text))
      return entry.owner === owner ? entry : emptyLedger(owner)
    } catch {
      return emptyLedger(owner)
    }
  },

  tokensOf: ({ commits }) => commits ?? [],
}
