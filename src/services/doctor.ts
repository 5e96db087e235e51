// The doctor: walks the projects one at a time, tells every problem as it is found, and has it mended where that is wanted.

import { TintypeError } from '../core/errors.ts'
import type { Inspector } from '../stores/file/doctor/inspector.ts'
import type { Problem, ProblemKind } from '../stores/file/doctor/problem.ts'

export interface DoctorOptions {
  inspector: Inspector
}

/** What became of a problem. */
export type Outcome =
  /** Could be mended; nothing was done, because it was not asked for. */
  | 'mendable'
  | 'mended'
  /** Nothing can mend it but a copy of the file from elsewhere. */
  | 'unmendable'
  /** Could be mended, and mending it failed; `done` says why. */
  | 'failed'
  /** No damage: something that is not of the store. */
  | 'noted'

export interface Finding {
  /** Undefined where it belongs to no project. */
  projectId: string | undefined
  kind: ProblemKind
  /** Relative to the folder of the store. */
  path: string
  detail: string
  outcome: Outcome
  /** What was done about it, or why it failed. */
  done: string | undefined
}

/** How far the walk is: in projects, or in images where it is about one project. */
export interface Progress {
  done: number
  /** As counted at the start; others may add to it. */
  total: number
  images: number
  findings: number
  /** Under examination. */
  projectId: string | undefined
}

export interface Diagnosis {
  projects: number
  images: number
  mended: number
  /** Problems that are still there: everything but what was mended or only noted. */
  remaining: number
  noted: number
  /** True where the walk was ended before its end. */
  stopped: boolean
}

export interface Examination {
  /** One project alone. @default all */
  projectId?: string
  /** @default false */
  fix?: boolean
  /** Ends the walk at the next problem or image; a mend under way is finished. */
  signal?: AbortSignal
  onFinding(finding: Finding): void
  onProgress?(progress: Progress): void
}

export interface Doctor {
  /**
   * Checks a store, and mends it with `fix`. Holds one project's list in memory at most.
   *
   * @throws TintypeError `store_unavailable` where there is no store, `project_not_found`
   */
  examine(examination: Examination): Promise<Diagnosis>
}

export const createDoctor = ({ inspector }: DoctorOptions): Doctor => ({
  async examine({ projectId: only, fix = false, signal, onFinding, onProgress }) {
    const counts = { projects: 0, images: 0, mended: 0, remaining: 0, noted: 0 }
    let projectId: string | undefined
    const isStopped = () => signal?.aborted ?? false

    const report = (finding: Finding) => {
      if (finding.outcome === 'mended') counts.mended++
      else if (finding.outcome === 'noted') counts.noted++
      else counts.remaining++
      onFinding(finding)
    }

    let total = 0
    const progress = () => {
      const { projects, images, mended, remaining } = counts
      onProgress?.({
        done: only === undefined ? projects : images,
        total,
        images,
        findings: mended + remaining,
        projectId,
      })
    }

    const take = async (problems: AsyncIterable<Problem>): Promise<void> => {
      for await (const problem of problems) {
        report(await treat(problem, projectId, fix))
        if (isStopped()) return
      }
    }

    const examineProject = async (id: string): Promise<void> => {
      projectId = id
      const onImages = (count: number) => {
        counts.images += count
        progress()
        signal?.throwIfAborted()
      }
      try {
        await take(inspector.project(id, onImages))
      } catch (error) {
        if (isStopped()) return
        report(unreadable(id, error))
      }
      counts.projects++
      progress()
    }

    await inspector.open()
    if (only !== undefined && !(await inspector.hasProject(only)))
      throw new TintypeError('project_not_found', `There is no project "${only}".`)
    if (onProgress) total = await (only === undefined ? inspector.countProjects() : inspector.countImages(only))
    progress()
    if (only !== undefined) {
      await examineProject(only)
    } else
      for await (const found of inspector.projects()) {
        if (isStopped()) break
        projectId = undefined
        if (typeof found === 'string') await examineProject(found)
        else report(await treat(found, undefined, fix))
      }
    projectId = undefined
    // Last, because a sweep removes what the lists don't name, and a list may just have been mended.
    if (!isStopped()) await take(inspector.temporaries(only))
    return { ...counts, stopped: isStopped() }
  },
})

const treat = async (problem: Problem, projectId: string | undefined, fix: boolean): Promise<Finding> => {
  const { kind, path, detail, mend } = problem
  const finding = { projectId, kind, path, detail, done: undefined }
  if (kind === 'unknown_entry') return { ...finding, outcome: 'noted' }
  if (!mend) return { ...finding, outcome: 'unmendable' }
  if (!fix) return { ...finding, outcome: 'mendable' }
  try {
    return { ...finding, outcome: 'mended', done: await mend() }
  } catch (error) {
    return { ...finding, outcome: 'failed', done: messageOf(error) }
  }
}

/** A project that cannot be checked does not keep the others from it. */
const unreadable = (projectId: string, error: unknown): Finding => ({
  projectId,
  kind: 'unreadable',
  path: `projects/${projectId}`,
  detail: messageOf(error),
  outcome: 'unmendable',
  done: undefined,
})

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
