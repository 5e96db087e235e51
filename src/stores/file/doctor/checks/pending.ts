// Checks the pending images of a project: for each there is a job that will make it. They count as images for limits, and
// would stay pending for ever.

import { pendingOf } from '../../../../core/jobs/pending.ts'
import { createJobPaths } from '../../../jobs/layout.ts'
import { confirmedFindings, type DoctorContext } from '../context.ts'
import type { Problem } from '../problem.ts'
import { imagesOfJobs } from '../read/jobs.ts'

export async function* checkPending(context: DoctorContext, projectId: string): AsyncGenerator<Problem> {
  const jobs = createJobPaths(context.paths)
  const pendingIds = async () => {
    const head = await context.heads.read(projectId)
    return head ? pendingOf(head.state).map(({ id }) => id) : []
  }
  const found = await confirmedFindings(context, async () => {
    const before = await pendingIds()
    const made = before.length === 0 ? undefined : await imagesOfJobs(jobs, projectId)
    if (!made) return new Map<string, string>()
    // A job that has ended meanwhile left nothing pending.
    const still = new Set(await pendingIds())
    return new Map(before.filter((id) => still.has(id) && !made.has(id)).map((id) => [id, id]))
  })
  for (const pendingId of found)
    yield {
      kind: 'pending_left',
      path: context.relativePath(context.paths.meta(projectId)),
      detail: `image ${pendingId} is pending, and no job will make it`,
      async repair() {
        await context.commit(projectId, { type: 'drop_pending', pendingId })
        return 'it is pending no more'
      },
    }
}
