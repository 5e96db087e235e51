// Queue in the memory of this process: the jobs of a folder that this and other processes list.

import { type HandedJob, JOB_CLASSES, type JobClass, type JobQueue, type QueuedJob } from './queue.ts'
import { createTakers } from './takers.ts'

export const createMemoryQueue = (): JobQueue => {
  /** By class, then by project in the order of their turns: the waiting jobs. */
  const waiting = new Map<JobClass, Map<string, QueuedJob[]>>(JOB_CLASSES.map((each) => [each, new Map()]))
  /** Ids of jobs that wait or were handed out. */
  const known = new Set<string>()

  const add = (job: QueuedJob): void => {
    const projects = waiting.get(job.class)
    const line = projects?.get(job.projectId)
    if (line) line.push(job)
    else projects?.set(job.projectId, [job])
  }

  const handed = (job: QueuedJob): HandedJob => ({
    ...job,
    done: () => void known.delete(job.jobId),
    again() {
      if (!known.has(job.jobId)) return
      add(job)
      takers.wake()
    },
  })

  const take = (): HandedJob | undefined => {
    for (const projects of waiting.values()) {
      const [turn] = projects
      if (!turn) continue
      const [projectId, line] = turn
      const job = line.shift()
      // To the end of the turns, where it has more.
      projects.delete(projectId)
      if (line.length > 0) projects.set(projectId, line)
      if (job) return handed(job)
    }
    return undefined
  }

  const takers = createTakers(take)

  const offer = async (jobs: readonly QueuedJob[]): Promise<void> => {
    for (const job of jobs) {
      if (known.has(job.jobId)) continue
      known.add(job.jobId)
      add(job)
    }
    takers.wake()
  }

  return {
    open() {},
    offer,
    sync: offer,
    needsSync: () => false,

    next: takers.next,

    close: async () => takers.end(),
  }
}
