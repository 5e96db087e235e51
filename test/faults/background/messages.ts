// Messages of webhooks as a receiver has them, and what they must tell of.

import type { IncomingHttpHeaders } from 'node:http'
import { expect, vi } from 'vitest'
import { z } from 'zod'
import type { JobView } from '../../../src/http/schemas/jobs.ts'

/** Longest time until all have arrived: several leases and back-offs. */
export const ARRIVAL_MS = 120_000

const messageSchema = z.object({
  type: z.string(),
  data: z.object({
    project_id: z.string(),
    revision: z.int().optional(),
    image_id: z.string().nullish(),
    job_id: z.string().optional(),
  }),
})

export type Message = z.infer<typeof messageSchema> & { id: string }

/** Accepted messages in the order of their arrival, also those that came again. */
export const messagesOf = (
  received: readonly { headers: IncomingHttpHeaders; body: string; status: number }[],
): Message[] =>
  received
    .filter(({ status }) => status === 204)
    .map(({ headers, body }) => ({ id: String(headers['webhook-id']), ...messageSchema.parse(JSON.parse(body)) }))

/** Images that no message has told of. */
export const missingImages = (messages: readonly Message[], imageIds: readonly string[]): string[] => {
  const arrived = new Set(messages.flatMap(({ type, data }) => (type === 'image.added' ? (data.image_id ?? []) : [])))
  return imageIds.filter((imageId) => !arrived.has(imageId))
}

/** Revisions of each project come in their order, repeated messages aside. */
export const expectOrder = (messages: readonly Message[]): void => {
  const first = [...new Map(messages.toReversed().map((message) => [message.id, message])).values()].reverse()
  for (const projectId of new Set(first.map(({ data }) => data.project_id))) {
    const revisions = first.flatMap(({ data }) => (data.project_id === projectId ? (data.revision ?? []) : []))
    expect(revisions).toEqual([...revisions].sort((one, other) => one - other))
  }
}

/**
 * Waits until nothing of jobs that have ended is untold: the end of each that has succeeded or failed, and the image of each
 * that has succeeded. A cancelled one has no message: one that a power cut left without its pending image ends so.
 */
export const untold = async (messages: () => readonly Message[], jobs: readonly JobView[]): Promise<void> => {
  const made = jobs.flatMap(({ state, image_id: imageId }) => (state === 'succeeded' ? [imageId] : []))
  const ended = jobs.flatMap(({ job_id: jobId, state }) => (state === 'cancelled' ? [] : [`${jobId} job.${state}`]))
  await vi.waitFor(
    () => {
      const all = messages()
      const told = new Set(all.flatMap(({ type, data }) => (data.job_id === undefined ? [] : `${data.job_id} ${type}`)))
      expect(missingImages(all, made)).toEqual([])
      expect(ended.filter((end) => !told.has(end))).toEqual([])
    },
    { timeout: ARRIVAL_MS, interval: 200 },
  )
  expectOrder(messages())
}
