// Answers of a server: successes, problems, and those after which a request is sent again.

import type { IncomingMessage } from 'node:http'
import { z } from 'zod'

/** An answer with a status under 300, or a problem; its code is `unreadable` where the body cannot be read. */
export type Answer = { ok: true; text: string } | { ok: false; status: number; code: string; detail: string }

const problemSchema = z.object({ code: z.string(), detail: z.string().default('') })

/** The text of a success. @throws Error for a problem */
export const successOf = (answer: Answer): string => {
  if (!answer.ok) throw new Error(answer.detail || answer.code)
  return answer.text
}

/** Parses the JSON of a success. @throws Error for a problem too */
export const parseAnswer = <T>(answer: Answer, schema: z.ZodType<T>): T => {
  const parsed = schema.safeParse(jsonOf(successOf(answer)))
  if (!parsed.success) throw new Error('expected the answer of a Tintype server of this version, got another one')
  return parsed.data
}

/** An attempt that is to be repeated. */
export interface Postponed {
  reason: string
  /** From `Retry-After`. */
  afterMs?: number
}

export const isPostponed = (result: unknown): result is Postponed =>
  typeof result === 'object' && result !== null && 'reason' in result

/** Statuses that pass. Of the others with `Retry-After`, 409 is an upload of ours that still runs. */
const PASSING: ReadonlySet<number | undefined> = new Set([408, 409, 425, 429, 502, 503, 504])

export const problemIn = (incoming: IncomingMessage, text: string): Postponed | (Answer & { ok: false }) => {
  const { statusCode: status = 0, headers } = incoming
  const { code, detail } = problemOf(text) ?? { code: `status_${status}`, detail: `answered ${status}` }
  const after = Number(headers['retry-after'])
  const isOther = (status === 409 && code !== 'idempotency_running') || code === 'encoder_failed'
  const passes = PASSING.has(status) && !isOther
  if (!passes) return { ok: false, status, code, detail }
  const reason = detail || code
  return Number.isFinite(after) && headers['retry-after'] !== undefined ? { reason, afterMs: after * 1000 } : { reason }
}

const problemOf = (text: string): z.infer<typeof problemSchema> | undefined =>
  problemSchema.safeParse(jsonOf(text)).data

/** Undefined for a text that is no JSON. */
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
