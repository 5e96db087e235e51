// The list of projects, read page by page.

import { batch, signal } from '@preact/signals'
import type { components } from '../../client/index.ts'
import { tintype } from '../app/api.ts'
import { withSession } from '../app/session.ts'

export type Project = components['schemas']['Project']

export const SORTS = ['updated', 'created', 'title'] as const
export type Sort = (typeof SORTS)[number]

interface Query {
  sort: Sort
  q: string
  /** Undefined for projects with any tags. */
  tag: string | undefined
}

const PAGE = 100

let kept: { session: number; list: ReturnType<typeof createProjectList> } | undefined

/** The list of a session, kept while a project is shown: the way back leads to where the wall was left. */
export const projectListOf = (session: number) => {
  if (kept?.session !== session) kept = { session, list: createProjectList() }
  return kept.list
}

const createProjectList = () => {
  const projects = signal<readonly Project[]>([])
  const isComplete = signal(false)
  const problem = signal<unknown>(undefined)
  const query = signal<Query>({ sort: 'updated', q: '', tag: undefined })
  let pages = pagesOf(query.value, PAGE)
  let reading: Promise<void> | undefined

  /** Reads the next page, and shows it unless the query has changed meanwhile. */
  const readPage = async (isFirst: boolean): Promise<void> => {
    const from = pages
    try {
      const page = await withSession(() => from.next())
      if (from !== pages) return
      batch(() => {
        problem.value = undefined
        const known = new Set(isFirst ? [] : projects.value.map(({ project_id }) => project_id))
        const added = page.value?.projects.filter(({ project_id }: Project) => !known.has(project_id)) ?? []
        projects.value = isFirst ? added : [...projects.value, ...added]
        isComplete.value = page.done === true || page.value.next === null
      })
    } catch (error) {
      if (from === pages) problem.value = error
    }
  }

  const read = (limit = PAGE): Promise<void> => {
    pages = pagesOf(query.value, limit)
    isComplete.value = false
    reading = readPage(true).finally(() => {
      reading = undefined
    })
    return reading
  }

  return {
    projects,
    isComplete,
    problem,
    query,

    read: () => read(),

    /** Reads as many as are shown, in place of them. */
    refresh: () => (reading === undefined ? read(Math.min(1000, Math.max(PAGE, projects.value.length))) : reading),

    async more(): Promise<void> {
      if (reading || isComplete.value || problem.value !== undefined) return
      reading = readPage(false).finally(() => {
        reading = undefined
      })
      await reading
    },

    find(change: Partial<Query>): Promise<void> {
      query.value = { ...query.value, ...change }
      return read()
    },
  }
}

const pagesOf = ({ sort, q, tag }: Query, limit: number) =>
  tintype
    .projects({ sort, limit, ...(q && { q }), ...(tag !== undefined && { tag: [tag] }) })
    .pages()
    [Symbol.asyncIterator]()
