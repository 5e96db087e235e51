// What must hold after a power cut at any moment, of one project of a file store.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileNameOf, VARIANTS } from '../../../src/core/names.ts'
import { createPaths, folderOf } from '../../../src/stores/file/paths.ts'
import { decodeRevision, decodeSegment, namedSegments, type Revision } from '../../../src/stores/history/revision.ts'
import { type PowerCuts, watchPowerCuts } from './power-cut.ts'

export interface Promises {
  /** The revisions of which one is the newest after a cut now. Undefined stands for none. */
  heads(): (Revision | undefined)[]
  /** What a cut could have done at some moment until now. */
  broken(): string[]
}

/**
 * Watches that whichever revision a cut leaves as the newest, it has all of its images and segments, and that nothing else
 * can be there but what that revision, or a folder under .tmp, names.
 */
export const watchPromises = (storageDir: string, projectId: string): Promises => {
  const paths = createPaths(storageDir)
  const revisions = new Map<string, Revision>()
  const segments = new Map<string, readonly string[]>()
  const broken = new Set<string>()

  /** Read when it is first seen: a cut may bring it back after it was removed. */
  const revisionOf = (name: string): Revision => {
    const known = revisions.get(name)
    if (known) return known
    const revision = decodeRevision(readFileSync(join(paths.meta(projectId), name), 'utf8'))
    revisions.set(name, revision)
    for (const segment of [
      ...revision.state.images.segments.flatMap(({ stored }) => stored ?? []),
      ...revision.removingSegments,
    ]) {
      if (segments.has(segment.id)) continue
      const images = decodeSegment(readFileSync(paths.segment(projectId, segment.id), 'utf8'), segment)
      segments.set(
        segment.id,
        images.map(({ id }) => id),
      )
    }
    return revision
  }

  const revisionsIn = (cuts: PowerCuts): { number: number; isSure: boolean; revision: Revision }[] => {
    const whole = cuts.wholeIn(paths.meta(projectId))
    return [...cuts.possibleIn(paths.meta(projectId))]
      .filter((name) => name.endsWith('.json'))
      .map((name) => ({ number: Number.parseInt(name, 10), isSure: whole.has(name), revision: revisionOf(name) }))
  }

  const headsOf = (cuts: PowerCuts): (Revision | undefined)[] => {
    const found = revisionsIn(cuts)
    const surest = Math.max(0, ...found.filter(({ isSure }) => isSure).map(({ number }) => number))
    const heads = found.filter(({ number }) => number >= surest).map(({ revision }) => revision)
    return surest === 0 ? [undefined, ...heads] : heads
  }

  /** Ids of images and segments that a sweep is sure to find. */
  const tracesIn = (cuts: PowerCuts): Set<string> => {
    const traces = new Set<string>()
    for (const owner of cuts.sureIn(paths.tmp))
      for (const work of cuts.sureIn(join(paths.tmp, owner)))
        if (work.endsWith(`@${folderOf(projectId)}`)) {
          traces.add(work.split('@')[0] ?? '')
          for (const name of cuts.sureIn(join(paths.tmp, owner, work))) traces.add(name.replace(/^run-|\..*$/g, ''))
        }
    return traces
  }

  const lookAtHead = (cuts: PowerCuts, head: Revision | undefined, traces: ReadonlySet<string>): void => {
    const at = `with revision ${head?.state.revision ?? 'none'}`
    const ofSegments = (ids: readonly string[]) => ids.flatMap((id) => segments.get(id) ?? [])
    const tail = (head?.state.images.tail ?? []).map(({ id }) => id)
    const images = [...ofSegments(head?.state.images.segments.flatMap(({ stored }) => stored?.id ?? []) ?? []), ...tail]
    const removing = [...(head?.removing ?? []), ...ofSegments((head?.removingSegments ?? []).map(({ id }) => id))]
    const known = new Set([...images, ...removing, ...traces])
    const wholeSegments = cuts.wholeIn(paths.segments(projectId))
    for (const id of head ? namedSegments(head) : [])
      if (!wholeSegments.has(`${id}.json`)) broken.add(`segment ${id} may be lost, ${at}`)
    const withSource = new Set(
      head?.state.images.tail.filter(({ sizes }) => sizes.source !== undefined).map(({ id }) => id),
    )
    for (const size of VARIANTS) {
      const whole = cuts.wholeIn(paths.variants(projectId, size))
      for (const id of size === 'source' ? withSource : images)
        if (!whole.has(fileNameOf(id, size))) broken.add(`${size} of ${id} may be lost, ${at}`)
      for (const name of cuts.possibleIn(paths.variants(projectId, size)))
        if (!known.has(name.slice(0, -4))) broken.add(`${size} of ${name} may stay, ${at}`)
    }
  }

  const look = (cuts: PowerCuts): void => {
    const traces = tracesIn(cuts)
    for (const head of headsOf(cuts)) lookAtHead(cuts, head, traces)
    const traced = new Set(traces)
    for (const { isSure, revision } of revisionsIn(cuts))
      if (isSure) for (const id of [...namedSegments(revision), ...revision.droppedSegments]) traced.add(id)
    for (const name of cuts.possibleIn(paths.segments(projectId)))
      if (!traced.has(name.slice(0, -5))) broken.add(`segment ${name} may stay`)
  }

  const cuts = watchPowerCuts(storageDir, look)
  return { heads: () => headsOf(cuts), broken: () => [...broken] }
}
