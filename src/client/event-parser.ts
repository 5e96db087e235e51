// Server-Sent Events (HTML Standard, section 9.2.6): messages in a stream of text.

export interface ServerMessage {
  /** `event:`, or `message`. */
  type: string
  /** Undefined where the message only moves the position. */
  data: string | undefined
  /** `id:`; undefined where the position stays. */
  id: string | undefined
  /** `retry:`, in milliseconds. */
  retryMs: number | undefined
}

/** @returns a function that takes the next piece of text, and returns the messages that end in it */
export const createEventParser = (): ((text: string) => ServerMessage[]) => {
  let rest = ''
  let fields: Record<string, string> = {}

  const messageOf = ({ event = 'message', data, id, retry }: Record<string, string>): ServerMessage => ({
    type: event,
    data,
    id,
    retryMs: retry !== undefined && /^\d+$/.test(retry) ? Number(retry) : undefined,
  })

  return (text) => {
    const messages: ServerMessage[] = []
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const each of lines) {
      const line = each.endsWith('\r') ? each.slice(0, -1) : each
      const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? []
      if (line !== '') {
        // A line without a name is a comment.
        const before = name === 'data' ? fields.data : undefined
        if (name !== '') fields[name] = before === undefined ? value : `${before}\n${value}`
      } else if (Object.keys(fields).length > 0) {
        messages.push(messageOf(fields))
        fields = {}
      }
    }
    return messages
  }
}
