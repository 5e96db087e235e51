import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEventParser, type ServerMessage } from '../../src/client/event-parser.ts'

const NONE: ServerMessage = { type: 'message', data: undefined, id: undefined, retryMs: undefined }

const STREAM = [
  'retry: 2000\nid: 7\n\n',
  ':\n\n',
  'event: image.added\ndata: {"a":1}\n\n',
  'event: cover.changed\r\ndata: {"b":\r\ndata: 2}\r\nid: 8\r\n\r\n',
  'data\nid\n\n',
  ': a comment\nevent:image.deleted\ndata:  two spaces: kept\n\n',
].join('')

const MESSAGES: ServerMessage[] = [
  { ...NONE, id: '7', retryMs: 2000 },
  { ...NONE, type: 'image.added', data: '{"a":1}' },
  { ...NONE, type: 'cover.changed', data: '{"b":\n2}', id: '8' },
  { ...NONE, data: '', id: '' },
  { ...NONE, type: 'image.deleted', data: ' two spaces: kept' },
]

describe('the parser', () => {
  it('reads messages, wherever the stream is divided', () => {
    expect(createEventParser()(STREAM)).toEqual(MESSAGES)
    fc.assert(
      fc.property(fc.array(fc.nat(STREAM.length)), (cuts) => {
        const parse = createEventParser()
        const ends = [0, ...cuts.sort((a, b) => a - b), STREAM.length]
        const messages = ends.flatMap((end, at) => parse(STREAM.slice(ends[at - 1] ?? 0, end)))
        expect(messages).toEqual(MESSAGES)
      }),
    )
  })

  it('keeps back a message without its blank line', () => {
    const parse = createEventParser()
    expect(parse('event: image.added\ndata: 1\nid: 9\n')).toEqual([])
    expect(parse('\n')).toEqual([{ ...NONE, type: 'image.added', data: '1', id: '9' }])
  })

  it('ignores a time that is no number', () => {
    expect(createEventParser()('retry: soon\ndata: 1\n\n')).toEqual([{ ...NONE, data: '1' }])
  })
})
