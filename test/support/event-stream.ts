// A reader of Server-Sent Events, in the words of the HTML Standard (section 9.2.6).

import { vi } from 'vitest'

export interface StreamEvent {
  type: string
  data: string
  /** The last event id, as a client sends it when it comes again. */
  lastEventId: string
}

export interface ReadStream {
  /** Every event so far. */
  events: readonly StreamEvent[]
  lastEventId(): string
  comments(): number
  /** Resolves at the end of the stream. */
  ended: Promise<void>
  /** Resolves once there are so many events. */
  until(count: number): Promise<readonly StreamEvent[]>
  /** Disconnects. */
  cancel(): Promise<void>
}

const PATIENCE = { timeout: 60_000, interval: 2 }

/** Reads a stream of events as it comes. */
export const readStream = ({ body }: Pick<Response, 'body'>): ReadStream => {
  const reader = body?.getReader()
  const events: StreamEvent[] = []
  const decoder = new TextDecoder()
  let lastEventId = ''
  let comments = 0
  let rest = ''
  let block: Record<string, string> = {}

  const takeLine = (line: string): void => {
    if (line === '') {
      lastEventId = block.id ?? lastEventId
      if (block.data !== undefined) events.push({ type: block.event ?? 'message', data: block.data, lastEventId })
      block = {}
    } else if (line.startsWith(':')) comments++
    else {
      const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? []
      block[name] = value
    }
  }

  const read = async (): Promise<void> => {
    for (;;) {
      const part = await reader?.read()
      if (!part || part.done) return
      const lines = `${rest}${decoder.decode(part.value, { stream: true })}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) takeLine(line)
    }
  }

  return {
    events,
    lastEventId: () => lastEventId,
    comments: () => comments,
    ended: read().catch(() => {}),
    until: (count) =>
      vi.waitFor(() => {
        if (events.length < count) throw new Error(`${events.length} of ${count} events: ${JSON.stringify(events)}`)
        return events
      }, PATIENCE),
    cancel: async () => void (await reader?.cancel()),
  }
}
