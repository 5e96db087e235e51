// Routes of the change feed: changes after a revision, and streams of events of one or several projects.

import { invalidParameter } from '../../core/invalid-parameter.ts'
import { parseParameter } from '../../core/parameters.ts'
import type { ChangeFeed } from '../../services/events/change-feed.ts'
import type { FollowedProject } from '../../services/events/follow.ts'
import { type Identify, principalOf } from '../access.ts'
import { type Context, viewOf } from '../context.ts'
import type { Guard } from '../guard.ts'
import { onlyOne, projectIdOf, queryOf, requireKnown } from '../request/params.ts'
import { eventStream, eventViews, STREAM_HEADERS } from '../response/event-stream.ts'
import { json, respond } from '../response/respond.ts'
import {
  changesQuery,
  eventsQuery,
  followedSchema,
  positionsSchema,
  secondsSchema,
  severalEventsQuery,
  sinceSchema,
  waitSchema,
} from '../schemas/events.ts'

export interface EventRouteOptions {
  feed: ChangeFeed
  guard: Guard
  identify: Identify
}

const LAST_EVENT_ID = 'Last-Event-ID'

export const createEventRoutes = ({ feed, guard, identify }: EventRouteOptions) => {
  const identifyAgain = (c: Context) => {
    const request = viewOf(c)
    return async () => {
      const { principal, refusal } = await identify(request)
      if (refusal) throw refusal
      return principal
    }
  }

  const stream = async (c: Context, projects: readonly FollowedProject[]): Promise<Response> => {
    const seconds = queryOf(c, 'seconds', secondsSchema)
    if (isHead(c)) return respond(c, null, 200, { ...STREAM_HEADERS })
    const leave = feed.enter()
    const again = identifyAgain(c)
    return eventStream(c, async ({ send, begin, signal }) => {
      const end = new AbortController()
      const stop = () => end.abort()
      signal.addEventListener('abort', stop)
      const timer = seconds === undefined ? undefined : setTimeout(stop, seconds * 1000)
      await feed.follow({ projects, identify: again, onBegun: begin, send, signal: end.signal })
      clearTimeout(timer)
      leave()
    })
  }

  return {
    async changes(c: Context) {
      const projectId = projectIdOf(c)
      requireKnown(c, Object.keys(changesQuery.shape))
      const since = queryOf(c, 'since', sinceSchema)
      const wait = queryOf(c, 'wait', waitSchema) ?? 0
      return guard.read(c, projectId, async () => {
        const { signal } = c.req.raw
        const waitMs = isHead(c) ? 0 : wait * 1000
        const answer = await feed.changes({ projectId, since, waitMs, identify: identifyAgain(c), signal })
        const events = answer.revisions.flatMap((each) => eventViews({ projectId, ...each }))
        const body = { revision: answer.revision, events, reset: answer.reset }
        return json(c, body, 200, { 'Cache-Control': 'no-store' })
      })
    },

    async events(c: Context) {
      const projectId = projectIdOf(c)
      requireKnown(c, Object.keys(eventsQuery.shape))
      const header = c.req.header(LAST_EVENT_ID)
      const given = queryOf(c, 'since', sinceSchema)
      const since = header === undefined ? given : parseParameter(LAST_EVENT_ID, header, sinceSchema)
      return guard.read(c, projectId, async ({ by }) => {
        await feed.requireProject(projectId, since, by)
        return stream(c, [{ projectId, since }])
      })
    },

    async severalEvents(c: Context) {
      principalOf(c)
      requireKnown(c, Object.keys(severalEventsQuery.shape))
      const ids = parseParameter('projects', onlyOne(c, 'projects') ?? '', followedSchema)
      const header = c.req.header(LAST_EVENT_ID)
      const given = positionsOf('since', onlyOne(c, 'since'), ids.length)
      const positions = header === undefined ? given : positionsOf(LAST_EVENT_ID, header, ids.length)
      return stream(
        c,
        ids.map((projectId, at) => ({ projectId, since: positions?.[at] })),
      )
    },
  }
}

/** A request for the head alone opens no stream, and waits for nothing. */
const isHead = (c: Context): boolean => c.req.method === 'HEAD'

/** @throws TintypeError `invalid_parameter` */
const positionsOf = (name: string, text: string | undefined, count: number): number[] | undefined => {
  if (text === undefined) return undefined
  const positions = parseParameter(name, text, positionsSchema)
  if (positions.length !== count) throw invalidParameter(name, `${count} revisions joined by "."`, text)
  return positions
}
