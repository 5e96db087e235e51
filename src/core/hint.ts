// Hints between the processes that share a store: each says where to look at once instead of at the next poll. One too many
// costs a look, and a lost one is late.

import { z } from 'zod'

export const hintSchema = z.discriminatedUnion('type', [
  /** A project was changed. */
  z.object({ type: z.literal('changed'), projectId: z.string() }),
  /** A job waits. */
  z.object({ type: z.literal('queued'), jobId: z.string(), projectId: z.string() }),
  /** A process has ended, maybe with work under way. */
  z.object({ type: z.literal('ended') }),
])

export type Hint = z.infer<typeof hintSchema>
