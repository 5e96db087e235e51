// Forms that lie about themselves, never end, or are made of nothing but structure.

import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { KEYS, MAX_UPLOAD_BYTES } from '../../support/attacks/attacked-server.ts'
import { leaksOf, type RawAnswer, rawHead, sendRaw } from '../../support/attacks/raw.ts'
import { keyHeader } from '../../support/attacks/target.ts'
import { describeAttacks } from '../../support/attacks/under-attack.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { chunk, connectRaw, FORM_END, formBody, LAST_CHUNK, partHead, rawForm } from '../../support/raw-client.ts'

const TYPE = rawForm('').headers['Content-Type']
const DELIMITER = TYPE.replace(/.*boundary=/, '--')
const MANY = 100_000

const head = (headers: Record<string, string>, path = '/projects/open/images'): string =>
  rawHead('POST', path, { ...keyHeader(KEYS.writer), 'Content-Type': TYPE, Connection: 'close', ...headers })

/** A whole request. */
const requestOf = (body: Buffer | string, headers: Record<string, string> = {}): Buffer => {
  const bytes = Buffer.from(body)
  return Buffer.concat([Buffer.from(head({ 'Content-Length': String(bytes.length), ...headers })), bytes])
}

describeAttacks('multipart forms', (attacked) => {
  const send = (bytes: string | Uint8Array): Promise<RawAnswer> => sendRaw(attacked().target.port, bytes)
  const images = async (): Promise<string> => {
    const list = JSON.parse(await (await attacked().target.ask('/projects/open/images')).text())
    return list.images.map(({ id }: { id: string }) => id).join()
  }
  /** Refused, or hung up on, and nothing stored. */
  const expectRefused = async (bytes: string | Uint8Array, statuses: readonly number[] = [400]) => {
    const before = await images()
    const { status, text } = await send(bytes)
    expect(statuses, `${bytes.slice(0, 500)}\n${text.slice(0, 500)}`).toContain(status)
    expect(leaksOf(text)).toEqual([])
    expect(await images()).toBe(before)
  }
  const photoPart = async () => ({ name: 'file', filename: 'a.jpg', content: await smallPhoto() })
  const photoForm = async () => formBody([await photoPart()])

  it('are accepted where they are valid, as a control for the other tests', async () => {
    const { ask } = attacked().target
    const { status, text } = await send(requestOf(await photoForm()))
    expect(status).toBe(201)
    const [, id] = /"image_id":"(\w+)"/.exec(text) ?? []
    const headers = keyHeader(KEYS.writer)
    expect((await ask(`/projects/open/images/${id}`, { method: 'DELETE', headers })).status).toBe(200)
  })

  it('without their last boundary, or with a part of it, store nothing', async () => {
    const form = await photoForm()
    // The line break at the very end may be missing (RFC 2046 section 5.1.1).
    for (const cut of [3, 4, FORM_END.length, FORM_END.length + 1, form.length - 10])
      await expectRefused(requestOf(form.subarray(0, -cut)))
  })

  it('of 100,000 parts are refused before all parts are read', async () => {
    const field = `${DELIMITER}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n`
    const file = field.replace('"a"', '"file"; filename="a"')
    for (const part of [field, file, `${DELIMITER}\r\n\r\n\r\n`, `${DELIMITER}\r\n`, `${DELIMITER}--\r\n`])
      await expectRefused(requestOf(part.repeat(MANY) + FORM_END), [400, 413])
  })

  it('whose parts have very long or very many headers are refused', async () => {
    const part = `${DELIMITER}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n`
    const bombs = [
      `X: ${'a'.repeat(2_000_000)}`,
      'X: a\r\n'.repeat(MANY),
      `X${'-X'.repeat(MANY)}: a`,
      ' folded\r\n'.repeat(MANY),
    ]
    for (const bomb of bombs) await expectRefused(requestOf(`${part}${bomb}\r\n\r\nx${FORM_END}`))
    for (const length of [20_000, 1_000_000]) {
      const filename = `"a${'/..'.repeat(length / 3)}"`
      await expectRefused(requestOf(`${part.replace('"a"', filename)}\r\nx${FORM_END}`), [400, 415])
    }
  })

  it('with field names of the prototype, with paths or without names are refused, and change nothing', async () => {
    const content = await smallPhoto()
    for (const name of ['__proto__', 'constructor', 'file[__proto__]', 'FILE', 'file\0', ''])
      await expectRefused(requestOf(formBody([{ name, filename: 'a.jpg', content }])))
    const fields = ['__proto__', 'constructor', 'toString'].map((name) => ({ name, content: '{"isAdmin":true}' }))
    await expectRefused(requestOf(formBody(fields)))
    expect((await attacked().target.ask('/projects/closed/images')).status).toBe(404)
  })

  it('with a filename that is a path are stored under a generated name', async () => {
    const { ask } = attacked().target
    const [content, headers] = [await smallPhoto(), keyHeader(KEYS.writer)]
    const names = [
      '../../../beside/evil.jpg',
      '/tmp/evil.jpg',
      '..\\..\\evil.jpg',
      'evil.php',
      '.htaccess',
      '$(id).jpg',
    ]
    for (const filename of names) {
      const { status, text } = await send(requestOf(formBody([{ name: 'file', filename, content }])))
      const [, id] = /"image_id":"([0-9a-z]{20})"/.exec(text) ?? []
      const { name, ...answer } = JSON.parse(text.slice(text.indexOf('\r\n\r\n')))
      expect([status, name], 'its last part is the name that is shown').toEqual([201, filename.split(/[\\/]/).at(-1)])
      expect(JSON.stringify(answer), filename).not.toContain('evil')
      expect((await ask(`/projects/open/images/${id}`, { method: 'DELETE', headers })).status).toBe(200)
    }
  })

  it('with a missing, very long or almost repeated boundary are refused', async () => {
    const form = (await photoForm()).toString('latin1')
    for (const boundary of ['', '""', '=', ';', 'a'.repeat(200), 'a'.repeat(10_000), '\x01', 'X; boundary=Y'])
      await expectRefused(requestOf(form, { 'Content-Type': `multipart/form-data; boundary=${boundary}` }), [400, 415])
    const near = partHead({ name: 'file', filename: 'a' }) + `\r\n${DELIMITER.slice(0, -1)}`.repeat(200_000)
    await expectRefused(requestOf(near + FORM_END), [415])
    await expectRefused(requestOf(partHead({ name: 'file', filename: 'a' }) + '\r'.repeat(3_000_000) + FORM_END), [415])
  })

  it('in chunks of wrong lengths are refused', async () => {
    const form = await photoForm()
    const start = head({ 'Transfer-Encoding': 'chunked' })
    const chunked = (bytes: string) =>
      Buffer.concat([Buffer.from(start), Buffer.from(bytes), chunk(form), Buffer.from(LAST_CHUNK)])
    for (const lie of [
      '-1\r\n',
      'ffffffffffffffffff\r\n',
      'xyz\r\n',
      '5\r\nabc\r\n',
      '2\r\nabcdef\r\n',
      `1;${'x'.repeat(100_000)}\r\n`,
      ' \r\n',
    ])
      await expectRefused(chunked(lie), [400, 413])
    const trailers = Buffer.concat([
      Buffer.from(start),
      chunk(form),
      Buffer.from(`0\r\n${'X: a\r\n'.repeat(MANY)}\r\n`),
    ])
    await expectRefused(trailers, [400, 431])
  })

  it('with two lengths, which a proxy may interpret differently, are refused (request smuggling)', async () => {
    const form = await photoForm()
    const smuggled = 'GET /projects/closed HTTP/1.1\r\nHost: a\r\n\r\n'
    const length = `Content-Length: ${form.length}`
    const twice = head({}).replace('\r\n\r\n', `\r\n${length}\r\nContent-Length: 4\r\n\r\n`)
    const both = head({ 'Transfer-Encoding': 'chunked' }).replace('\r\n\r\n', `\r\n${length}\r\n\r\n`)
    const odd = head({ 'Transfer-Encoding': 'chunked, identity' })
    const spaced = head({}).replace('\r\n\r\n', `\r\nContent-Length : ${form.length}\r\n\r\n`)
    for (const start of [twice, both, odd, spaced]) {
      const { status, text } = await send(Buffer.concat([Buffer.from(start), form, Buffer.from(smuggled)]))
      expect([status, text.match(/HTTP\/1\.1 \d/g)?.length], start).toEqual([400, 1])
    }
    for (const wrong of ['-1', '1e3', '0x10', '9'.repeat(30), ' ', '+5'])
      await expectRefused(requestOf(form, { 'Content-Length': wrong }))
  })

  it('that are shorter or longer than their declared length store nothing', async () => {
    const form = await photoForm()
    const before = await images()
    await expectRefused(requestOf(form, { 'Content-Length': String(form.length - 20) }))
    const client = await connectRaw(attacked().target.port)
    await client.send(requestOf(form, { 'Content-Length': String(form.length + 20) }))
    client.socket.end()
    await client.end.catch(() => {})
    expect(await images()).toBe(before)
  })

  it('that are too large are refused by their declared length, or at the limit', async () => {
    const lie = head({ 'Content-Length': String(MAX_UPLOAD_BYTES * 1000), Expect: '100-continue' })
    await expectRefused(lie, [413])
    const start = partHead({ name: 'file', filename: 'a' })
    await expectRefused(requestOf(start + 'x'.repeat(MAX_UPLOAD_BYTES + 1) + FORM_END), [413])
    const chunked = [Buffer.from(head({ 'Transfer-Encoding': 'chunked' })), chunk(start)]
    const piece = chunk('x'.repeat(1_000_000))
    await expectRefused(Buffer.concat([...chunked, ...Array(8).fill(piece)]), [413])
    const fields = 'x'.repeat(MAX_UPLOAD_BYTES / 2)
    await expectRefused(requestOf(formBody([{ name: 'text', content: fields }, await photoPart()])), [400, 413])
  })

  it('with a content encoding, or nested forms, are not decoded', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    await expectRefused(requestOf(bomb, { 'Content-Encoding': 'gzip' }), [400, 413, 415])
    const inner = `${DELIMITER}\r\nContent-Disposition: form-data; name="file"\r\nContent-Type: multipart/mixed; boundary=Y\r\n\r\n`
    const file = '--Y\r\nContent-Disposition: file; filename="a.jpg"\r\n\r\nx\r\n--Y--'
    await expectRefused(requestOf(inner + file + FORM_END))
  })

  it('and JSON bodies with deep nesting, long texts, repeated names or `__proto__` do no harm', async () => {
    const { ask, ada } = attacked().target
    const patch = (body: string) =>
      ask('/projects/open', { method: 'PATCH', headers: { ...ada.who, 'Content-Type': 'application/json' }, body })
    const deep = '['.repeat(8000) + ']'.repeat(8000)
    const poisoned = ['{"__proto__":{"visibility":"public"}}', '{"constructor":{"prototype":{"x":1}}}']
    const wrong = [
      deep,
      `{"title":${deep}}`,
      `"${'x'.repeat(5_000_000)}"`,
      '{"title":"a"',
      '\ud800',
      'null',
      '0',
      ...poisoned,
    ]
    for (const body of wrong) expect([400, 413], body.slice(0, 60)).toContain((await patch(body)).status)
    expect((await patch('{"members":{"__proto__":"editor"}}')).status).toBeLessThan(500)
    const project = JSON.parse(await (await ask('/projects/open', { headers: ada.who })).text())
    expect(project).toMatchObject({ title: null, visibility: 'public', members: {} })
  })
})
