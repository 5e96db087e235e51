// Pages of the list of projects: candidates from the catalogue, each read and judged, and sealed cursors.

import { setImmediate } from 'node:timers/promises'
import { accessOf, decideAccess, type Principal, requireReadable } from '../../core/auth/access.ts'
import { isDamage } from '../../core/errors.ts'
import { invalidParameter } from '../../core/invalid-parameter.ts'
import type { ProjectState, ReadableState } from '../../core/project/state.ts'
import {
  formatPosition,
  isFiltered,
  matcherOf,
  type Position,
  type ProjectSort,
  parsePosition,
  positionOf,
} from '../../core/project-query.ts'
import type { Catalogue, CataloguePage } from '../../stores/catalogue/catalogue.ts'
import type { Store } from '../../stores/store.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { SealedCursors } from './sealed-cursor.ts'

export interface ProjectPagesOptions {
  store: Pick<Store, 'current' | 'project'>
  catalogue: Pick<Catalogue, 'list' | 'refresh'>
  log: Logger
  cursors: SealedCursors
}

export interface ProjectListRequest {
  /** @default 'id' */
  sort?: ProjectSort
  /** Text that id or title contain, in any case and without accents. @default any */
  q?: string
  /** Tags that a project has, all of them. @default any */
  tags?: readonly string[]
  /** Sealed cursor of the same order: the page begins behind it. @default the beginning */
  after?: string
  limit: number
}

export interface ProjectPages {
  /** See `ProjectService.list`. */
  page(request: ProjectListRequest, by: Principal): Promise<{ found: ReadableState[]; next: string | undefined }>
}

/** Projects read at once, each with an open file. */
const READ_AT_ONCE = 32

export const createProjectPages = ({ store, catalogue, log, cursors }: ProjectPagesOptions): ProjectPages => {
  /** Projects that may be listed, in order, as the catalogue knows them; those of a restricted key by id without it. */
  const candidates = async (by: Principal, page: CataloguePage & { sort: ProjectSort }): Promise<Position[]> => {
    if (by.kind !== 'key' || by.projects === undefined || page.sort !== 'id' || isFiltered(page))
      return catalogue.list(by, page)
    const { after, limit } = page
    const ids = [...new Set(by.projects)].sort().filter((id) => after === undefined || id > after.id)
    return ids.slice(0, limit).map((id) => ({ key: '', id }))
  }

  /** Reads and judges projects; returns damaged ones apart. */
  const readEach = async (positions: readonly Position[], sort: ProjectSort, isMatch: Match, by: Principal) => {
    const found: Placed[] = []
    const damaged = new Map<string, unknown>()
    const read = async ({ id }: Position) => store.current(id) ?? (await store.project(id))
    for (let at = 0; at < positions.length; at += READ_AT_ONCE) {
      const part = positions.slice(at, at + READ_AT_ONCE)
      const outcomes = await Promise.allSettled(part.map(read))
      for (const [index, position] of part.entries()) {
        const outcome = outcomes[index]
        if (outcome?.status === 'fulfilled') {
          const state = outcome.value
          const isShown = state !== undefined && isListed(state, by) && isMatch(state)
          if (isShown) found.push({ project: requireReadable(state, by), position })
          if (!isShown || isMisplaced(state, sort, position)) catalogue.refresh(position.id)
        } else if (isDamage(outcome?.reason)) damaged.set(position.id, outcome?.reason)
        else throw outcome?.reason
      }
      // Projects in memory are read synchronously: other requests need a turn.
      await setImmediate()
    }
    return { found, damaged }
  }

  const opened = async (after: string, sort: ProjectSort): Promise<Position> => {
    const text = await cursors.open(after)
    const position = text === undefined ? undefined : parsePosition(sort, text)
    if (!position) throw invalidParameter('after', '"next" of an earlier page in the same order', after)
    return position
  }

  return {
    async page({ sort = 'id', q: text = '', tags = [], after, limit }, by) {
      const q = text === '' ? undefined : text
      const isMatch = matchOf({ q, tags })
      const found: Placed[] = []
      const damaged = new Map<string, unknown>()
      // One more than the page, which shows that there is a next one.
      for (let position = after === undefined ? undefined : await opened(after, sort); ; ) {
        const wanted = limit + 1 - found.length
        const positions = await candidates(by, { sort, q, tags, after: position, limit: wanted })
        const read = await readEach(positions, sort, isMatch, by)
        found.push(...read.found)
        for (const [id, error] of read.damaged) damaged.set(id, error)
        position = positions.at(-1)
        if (positions.length < wanted || found.length > limit) break
      }
      if (damaged.size > 0) {
        const [error] = damaged.values()
        log.warn({ error, projects: [...damaged.keys()].sort() }, 'damaged projects; omitting them from a list')
      }
      const page = found.slice(0, limit)
      const last = found.length > limit ? page.at(-1) : undefined
      const next = last && (await cursors.seal(formatPosition(sort, last.position)))
      return { found: page.map(({ project }) => project), next }
    },
  }
}

const isListed = (project: ProjectState, by: Principal): boolean =>
  decideAccess(by, 'list', project.project_id, accessOf(project)) === 'allowed'

interface Placed {
  project: ReadableState
  /** As the catalogue knows it, so that a page goes on behind it whatever the project has become. */
  position: Position
}

type Match = (project: ProjectState) => boolean

const matchOf = ({ q, tags }: { q: string | undefined; tags: readonly string[] }): Match => {
  const contains = q === undefined ? () => true : matcherOf(q)
  return ({ project_id: id, title, tags: own = [] }) =>
    tags.every((tag) => own.includes(tag)) && contains({ id, title: title ?? undefined })
}

/** True where the catalogue has missed a change. Every commit changes `updated`, so that it may lag. */
const isMisplaced = (state: ProjectState, sort: ProjectSort, { key }: Position): boolean => {
  if (sort === 'id' || sort === 'updated') return false
  const { project_id: id, title, created_at, updated_at } = state
  const [createdMs, updatedMs] = [Date.parse(created_at), Date.parse(updated_at)]
  return positionOf(sort, { id, title: title ?? undefined, createdMs, updatedMs }).key !== key
}
