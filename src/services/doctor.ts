// Examines a store project by project, reports each problem as it is found, and repairs it on request.

import { messageOf, TintypeError } from '../core/errors.ts'
import type { Inspector } from '../stores/file/doctor/inspector.ts'
import type { Problem, ProblemKind } from '../stores/file/doctor/problem.ts'

export interface DoctorOptions {
  inspector: Inspector
}

/** Outcome of a problem; part of the JSON report. */
export type Outcome =
  /** Repairable; nothing was done without `fix`. */
  | 'mendable'
  | 'mended'
  /** Repairable only with a copy of the file from elsewhere. */
  | 'unmendable'
  /** The repair failed; `done` gives the reason. */
  | 'failed'
  /** No damage: an entry that does not belong to the store, or remains of an ended process, without `fix`. */
  | 'noted'

export interface Finding {
  /** Undefined outside of projects. */
  projectId: string | undefined
  kind: ProblemKind
  /** Relative to the folder of the store. */
  path: string
  detail: string
  outcome: Outcome
  /** The repair that was done, or the reason of its failure. */
  done: string | undefined
}

/** Progress of an examination: in projects, or in images where one project is examined. */
export interface Progress {
  done: number
  /** Count at the beginning; other processes may add to it. */
  total: number
  images: number
  findings: number
  /** The project that is being examined. */
  projectId: string | undefined
}

export interface Diagnosis {
  projects: number
  images: number
  mended: number
  /** Problems that remain: all but the repaired and the noted ones. */
  remaining: number
  noted: number
  /** True where the examination was aborted. */
  stopped: boolean
}

export interface Examination {
  /** Restricts the examination to one project. @default all projects */
  projectId?: string
  /** Repairs each problem. @default false */
  fix?: boolean
  /** Ends the examination at the next problem or image; a repair under way is finished. */
  signal?: AbortSignal
  onFinding(finding: Finding): void
  onProgress?(progress: Progress): void
}

export interface Doctor {
  /**
   * Checks a store, and repairs it with `fix`. Holds the image list of one project in memory at most.
   *
   * @throws TintypeError `store_unavailable` where the folder is no store, `project_not_found`
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

    const reportAll = async (problems: AsyncIterable<Problem>): Promise<void> => {
      for await (const problem of problems) {
        report(await handle(problem, projectId, fix))
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
        await reportAll(inspector.project(id, onImages))
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
        else report(await handle(found, undefined, fix))
      }
    projectId = undefined
    // Last: a sweep removes files that no list names, and a list may just have been repaired.
    if (!isStopped()) await reportAll(inspector.temporaries(only))
    return { ...counts, stopped: isStopped() }
  },
})

const handle = async (problem: Problem, projectId: string | undefined, fix: boolean): Promise<Finding> => {
  const { kind, path, detail, repair, isRemains = false } = problem
  const finding = { projectId, kind, path, detail, done: undefined }
  if (kind === 'unknown_entry' || (isRemains && !fix)) return { ...finding, outcome: 'noted' }
  if (!repair) return { ...finding, outcome: 'unmendable' }
  if (!fix) return { ...finding, outcome: 'mendable' }
  try {
    return { ...finding, outcome: 'mended', done: await repair() }
  } catch (error) {
    return { ...finding, outcome: 'failed', done: messageOf(error) }
  }
}

/** A project that cannot be checked is a finding, so that the others are checked. */
const unreadable = (projectId: string, error: unknown): Finding => ({
  projectId,
  kind: 'unreadable',
  path: `projects/${projectId}`,
  detail: messageOf(error),
  outcome: 'unmendable',
  done: undefined,
})
