// What must hold after a run, seen by a fresh store on what the struck process left.

import { readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { vi } from 'vitest'
import { z } from 'zod'
import type { ErrorCode } from '../../../src/core/errors.ts'
import { problemSchema } from '../../../src/http/schemas/problem.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { checkStore, publishAgain } from '../../support/faults/check.ts'
import { openToRequests } from '../../support/faults/open.ts'
import type { Request } from '../../support/processes/server-tree.ts'
import { orUndefined } from '../../support/store/read-project.ts'
import { straysIn } from '../../support/store/strays.ts'
import { imagesOf, restingJobs } from '../background/jobs.ts'
import type { Answer, Run } from './run.ts'
import { type Base, ledgerOf, PROJECT, type Scenario, storageOf } from './scenario.ts'

/** How a fault may be answered, beside by the change itself. */
export interface Allowed {
  /** By this code. */
  refusal?: ErrorCode
  /** Not at all, because the process is gone. */
  silence: boolean
}

const listSchema = z.object({
  primary_image_id: z.string().nullable(),
  images: z.array(z.object({ id: z.string() })),
})
const uploadedSchema = z.object({ image_id: z.string() })

/** One line for each thing that is wrong. */
export const checkRun = async (scenario: Scenario, base: Base, run: Run, allowed: Allowed): Promise<string[]> => {
  const storageDir = storageOf(run.folder)
  await ageLocks(storageDir)
  const acknowledged = run.answer !== undefined && run.answer.status < 300
  const ledger = ledgerOf(scenario, base, { ok: acknowledged, imageId: imageIdOf(run.answer) })
  const findings = [...wrongAnswer(run.answer, allowed), ...wrongList(scenario, base, run.list, acknowledged)]

  await withStore(storageDir, async (request) => {
    if (scenario.isJob) findings.push(...(await unfinishedJobs(storageDir, request)))
    const list = await answerOf(request, `/projects/${scenario.projectId}/images`)
    findings.push(...wrongList(scenario, base, list, acknowledged))
    findings.push(...(await checkStore({ storageDir, ledger, request, published: false })))
  })
  findings.push(...(await straysIn(storageDir)))

  await withStore(storageDir, async (request) => {
    await publishAgain(request, ledger)
    findings.push(...(await checkStore({ storageDir, ledger, request })))
  })
  findings.push(...(await straysIn(storageDir)))
  return [...new Set(findings)]
}

const wrongAnswer = (answer: Answer | undefined, { refusal, silence }: Allowed): string[] => {
  if (answer === undefined) return silence ? [] : ['the process ended, though it could have answered']
  if (answer.status < 300) return []
  const problem = problemSchema.safeParse(answer.body)
  if (problem.success && problem.data.code === refusal) return []
  return [`the answer is ${answer.status} ${JSON.stringify(answer.body)}, expected ${refusal ?? 'the change'}`]
}

/** The change whole or not at all; whole where it was acknowledged. */
const wrongList = (scenario: Scenario, base: Base, list: Answer | undefined, acknowledged: boolean): string[] => {
  if (list === undefined) return []
  const found = list.status === 404 ? { success: true as const, data: NOTHING } : listSchema.safeParse(list.body)
  if (!found.success) return [`the list is answered by ${list.status} ${JSON.stringify(list.body)}`]
  const images = found.data.images.map(({ id }) => id)
  const primary = found.data.primary_image_id
  if (scenario.isDone(images, primary, base)) return []
  if (scenario.isUndone(images, primary, base)) return acknowledged ? ['an acknowledged change is lost'] : []
  return [`the project has the images ${images} with primary ${primary}`]
}

/** What jobs have left once all of them have ended, none as failed. */
const unfinishedJobs = async (storageDir: string, request: Request): Promise<string[]> => {
  const jobs = await restingJobs(request)
  const files = await vi
    .waitFor(async () => {
      const found = await Promise.all(AT_WORK.map((name) => orUndefined(readdir(join(storageDir, '.jobs', name)))))
      const all = found.flatMap((names) => names ?? [])
      if (all.length > 0) throw new Error(`there remains ${all}`)
      return all
    }, WAIT)
    .catch((error: unknown) => [String(error)])
  // What was not accepted is undone by then.
  const { pending } = await imagesOf(request, PROJECT)
  return [
    ...jobs.flatMap(({ state, problem }) => (state === 'succeeded' ? [] : [`a job is ${state}: ${problem?.detail}`])),
    ...(pending ?? []).map(({ id }) => `${id} is pending`),
    ...files,
  ]
}

const AT_WORK = ['new', 'queued', 'running', 'failed', 'uploads']
const WAIT = { timeout: 60_000, interval: 50 }

const NOTHING: z.infer<typeof listSchema> = { primary_image_id: null, images: [] }

const withStore = async (storageDir: string, work: (request: Request) => Promise<void>): Promise<void> => {
  const { request, close } = await openToRequests(storageDir)
  try {
    await work(request)
  } finally {
    await close()
  }
}

const answerOf = async (request: Request, path: string): Promise<Answer> => {
  const answer = await request(path)
  return { status: answer.status, body: await answer.json() }
}

const imageIdOf = (answer: Answer | undefined): string | undefined =>
  uploadedSchema.safeParse(answer?.body).data?.image_id

/** The lock of a dead process is as old as it would be after a while, so that no run waits for that. */
const ageLocks = async (storageDir: string): Promise<void> => {
  const { projects } = createPaths(storageDir)
  const anHourAgo = new Date(Date.now() - 3_600_000)
  for (const folder of await readdir(projects))
    await orUndefined(utimes(`${projects}/${folder}/meta.lock`, anHourAgo, anHourAgo))
}
