// Formats log lines for a terminal. Loaded only where one is attached.

import { prettyFactory } from 'pino-pretty'

/** Fields of a request that its message shows. */
const REQUEST_FIELDS = ['method', 'path', 'status', 'ms', 'bytes']

/** Formats a JSON line as `14:03:09 INFO: GET /projects 200 1.2 ms 512 B {"id":"…"}`. */
export const createPrettyFormat = (colours = false): ((line: string) => string) =>
  prettyFactory({
    colorize: colours,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
    ignore: ['pid', 'hostname', ...REQUEST_FIELDS].join(','),
    messageFormat: (line, messageKey) => inOneLine(formatMessage(line, String(line[messageKey] ?? ''))),
  })

const formatMessage = ({ method, path, status, ms, bytes }: Record<string, unknown>, message: string): string => {
  if (method === undefined) return message
  if (status === undefined) return `${message} ${method} ${path}`
  return `${method} ${path} ${status} ${ms} ms ${bytes} B`
}

/** Control characters, escaped because they would break the line or control the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are searched for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

const inOneLine = (text: string): string =>
  text.replace(CONTROL, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
