// Clients that put, show and delete collections, each one its own, and compare what they see with what was acknowledged.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Chance } from '../../support/chance.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import type { Request } from '../../support/processes/server-tree.ts'
import { formOf } from '../../support/upload.ts'
import { framesOf, listOf, putList, remove } from './requests.ts'

/** What must hold of a collection. */
export interface Known {
  name: string
  /** Lists that it may have: one, or both sides of a change without an answer. Undefined for no collection. */
  possible: readonly (readonly string[] | undefined)[]
  /** Places by project, of all frames that were shown since the collection was made: none is used again within a day. */
  places: ReadonlyMap<string, string>
}

export interface Wall {
  /** A copy. */
  known(): Known
  /** Makes one change, or shows the atlas. Returns after a change without an answer once its outcome was seen. */
  step(): Promise<void>
  /** Changes and atlases that were answered. */
  done(): number
  /** What was wrong, one line each. */
  findings: readonly string[]
}

/** Longest time until a server is there again, in milliseconds. */
const AWAY_MS = 180_000

/** Requests for an atlas at the same time, by connections of their own: workers must give a new project the same place. */
const READERS = 3

/** Uploads a cover for each of some projects. */
export const uploadCovers = async (request: Request, count: number): Promise<string[]> => {
  const photo = await smallPhoto()
  const projects = Array.from({ length: count }, (_, at) => `p${at}`)
  for (const id of projects) {
    const answer = await request(`/projects/${id}/images`, { method: 'POST', body: formOf(photo) })
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  }
  return projects
}

export const createWall = (name: string, request: Request, projects: readonly string[], chance: Chance): Wall => {
  const findings: string[] = []
  let done = 0
  let possible: Known['possible'] = [undefined]
  let places = new Map<string, string>()

  /** The server has one of the possible lists. */
  const settle = (list: readonly string[] | undefined): void => {
    if (!isPossible({ possible }, list)) findings.push(`${name} has ${list}, expected ${possible.join(' or ')}`)
    possible = [list]
    if (list === undefined) places = new Map()
  }

  /** Reads the outcome of a change without an answer. */
  const look = async (): Promise<void> => {
    for (const deadline = Date.now() + AWAY_MS; ; ) {
      try {
        return settle(await listOf(request, name))
      } catch (error) {
        if (Date.now() > deadline) throw error
        await sleep(50)
      }
    }
  }

  const change = async (after: readonly string[] | undefined, act: () => Promise<void>): Promise<void> => {
    possible = [...possible, after]
    try {
      await act()
    } catch {
      return look()
    }
    done++
    possible = [after]
    settle(after)
  }

  const show = async (list: readonly string[]): Promise<void> => {
    const shown = Array.from({ length: READERS }, () => framesOf(request, name).catch(() => undefined))
    for (const frames of await Promise.all(shown)) {
      if (!frames) continue
      done++
      const ids = frames.map(([id]) => id)
      if (ids.sort().join() !== [...list].sort().join()) findings.push(`${name} shows ${ids}, expected ${list}`)
      findings.push(...movedFrames({ name, places }, frames))
      for (const [id, place] of frames) places.set(id, place)
    }
    return look()
  }

  const anyList = (): string[] => {
    const rest = projects.filter(() => chance.number(2) === 0)
    return rest.sort(() => chance.number(3) - 1)
  }

  return {
    findings,
    done: () => done,
    known: () => ({ name, possible, places: new Map(places) }),

    async step() {
      const [list] = possible
      const what = chance.number(10)
      if (list === undefined || what < 4) {
        const next = anyList()
        return change(next, () => putList(request, name, next))
      }
      if (what === 4) return change(undefined, () => remove(request, name))
      return show(list)
    },
  }
}

/** Compares a store with what was acknowledged. @returns what is wrong, one line each */
export const wrongWall = async (request: Request, known: Known): Promise<string[]> => {
  const list = await listOf(request, known.name)
  if (!isPossible(known, list)) return [`${known.name} has ${list}, expected ${known.possible.join(' or ')}`]
  if (list === undefined) return []
  return movedFrames(known, await framesOf(request, known.name))
}

const isPossible = ({ possible }: Pick<Known, 'possible'>, list: readonly string[] | undefined): boolean =>
  possible.some((each) => each?.join() === list?.join())

/** Frames at other places than before, and places that another frame had. */
const movedFrames = (
  { name, places }: Pick<Known, 'name' | 'places'>,
  frames: readonly (readonly [id: string, place: string])[],
): string[] => {
  const owners = new Map([...places].map(([id, place]) => [place, id]))
  return frames.flatMap(([id, place]) => {
    const before = places.get(id) ?? place
    const owner = owners.get(place) ?? id
    owners.set(place, id)
    return before === place && owner === id
      ? []
      : [`${name}: ${id} is at ${place}, where ${owner} was, not at ${before}`]
  })
}
