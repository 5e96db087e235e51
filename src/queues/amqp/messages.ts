// Names of the queues of a store on its broker, and the messages in them. They carry ids alone: the store is the truth.

import type { ConfirmChannel } from 'amqplib'
import { z } from 'zod'
import { JOB_CLASSES, type JobClass, type QueuedJob } from '../queue.ts'

/** Names of queues. @param prefix of all queues of the store: `tintype.4x1ng05ksn2v` */
export const queueNames = (prefix: string) => ({
  /** Offered jobs, and reports of jobs that were taken: to the one process that fills the queues of jobs. */
  dispatch: `${prefix}.dispatch`,
  /** Jobs that are to be made now. */
  jobs: (jobClass: JobClass): string => `${prefix}.jobs.${jobClass}`,
  /** Messages that no process could use. */
  dead: `${prefix}.dead`,
})

export type QueueNames = ReturnType<typeof queueNames>

/** Deliveries without an answer after which a message is dead: its processes ended in each. */
const MOST_DELIVERIES = 20

/** Dead messages are kept for a week, and no more than these. */
const DEAD_MS = 7 * 86_400_000
const MOST_DEAD = 10_000

const DURABLE = { durable: true } as const

/** Declares the queues of jobs, and the one of dead messages. */
export const declareJobs = async (channel: ConfirmChannel, names: QueueNames): Promise<void> => {
  await channel.assertQueue(names.dead, { ...DURABLE, messageTtl: DEAD_MS, maxLength: MOST_DEAD })
  for (const each of JOB_CLASSES)
    await channel.assertQueue(names.jobs(each), {
      ...DURABLE,
      deadLetterExchange: '',
      deadLetterRoutingKey: names.dead,
      arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': MOST_DELIVERIES },
    })
}

/** Declares the queue to the dispatcher: of all consumers, the broker gives its messages to one. */
export const declareDispatch = async (channel: ConfirmChannel, names: QueueNames): Promise<void> => {
  await channel.assertQueue(names.dispatch, { ...DURABLE, arguments: { 'x-single-active-consumer': true } })
}

const jobMessage = z.object({ job_id: z.string(), project_id: z.string() })

const dispatchMessage = z.object({
  offered: z.array(jobMessage.extend({ class: z.enum(JOB_CLASSES) })).default([]),
  /** Ids of jobs whose messages have reached a process. */
  taken: z.array(z.string()).default([]),
})

/** As it is published. */
export type DispatchMessage = z.input<typeof dispatchMessage>

export const encodeJob = ({ jobId, projectId }: QueuedJob) => ({ job_id: jobId, project_id: projectId })

export const encodeOffers = (jobs: readonly QueuedJob[]): DispatchMessage => ({
  offered: jobs.map((job) => ({ ...encodeJob(job), class: job.class })),
})

/** Undefined where it is no job. */
export const decodeJob = (content: Buffer, jobClass: JobClass): QueuedJob | undefined => {
  const { data } = jobMessage.safeParse(parse(content))
  return data && { jobId: data.job_id, projectId: data.project_id, class: jobClass }
}

/** What cannot be read says nothing. */
export const decodeDispatch = (content: Buffer): { offered: QueuedJob[]; taken: string[] } => {
  const { offered = [], taken = [] } = dispatchMessage.safeParse(parse(content)).data ?? {}
  return {
    offered: offered.map((job) => ({ jobId: job.job_id, projectId: job.project_id, class: job.class })),
    taken,
  }
}

const parse = (content: Buffer): unknown => {
  try {
    return JSON.parse(content.toString())
  } catch {
    return undefined
  }
}
