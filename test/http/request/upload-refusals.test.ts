// Uploads that are refused: each by its own code, in words that help, with nothing left on disk.

import { describe, expect, it } from 'vitest'
import { createTestApp, problemOf, type TestApp } from '../../support/app.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { formBody, rawForm } from '../../support/raw-client.ts'
import { everythingIn } from '../../support/store/here.ts'
import { formOf } from '../../support/upload.ts'

const PATH = '/projects/game/images'
const MAX_UPLOAD_BYTES = 100_000

/** The problem that an upload meets; afterwards the store must be as it was. */
const refusal = async (init: RequestInit) => {
  const tintype = await createTestApp({ maxUploadBytes: MAX_UPLOAD_BYTES })
  const before = await everythingIn(tintype.storageDir)
  const problem = await problemOf(tintype.app.request(PATH, { method: 'POST', ...init }))
  expect(await everythingIn(tintype.storageDir)).toEqual(before)
  expect(await problemOf(tintype.app.request(PATH))).toMatchObject({ code: 'project_not_found' })
  return problem
}

const photoPart = async (name?: string) => ({ name, filename: 'photo.jpg', content: await smallPhoto() })

describe('an upload that is no form', () => {
  it.each([
    ['JSON', 'application/json'],
    ['a picture without a form', 'image/jpeg'],
    ['another kind of form', 'application/x-www-form-urlencoded'],
    ['another multipart type', 'multipart/mixed; boundary=x'],
  ])('is 415 for %s, and names the expected type', async (_, contentType) => {
    const problem = await refusal(rawForm('anything', contentType))
    expect(problem).toMatchObject({
      status: 415,
      code: 'multipart_required',
      expected: 'multipart/form-data',
      received: contentType,
    })
    expect(problem.detail).toContain(contentType)
  })

  it('is 415 without any body', async () => {
    expect(await refusal({})).toMatchObject({ status: 415, code: 'multipart_required', received: null })
  })
})

describe('a form that cannot be read', () => {
  it.each([
    ['has no boundary', 'x', 'multipart/form-data'],
    ['is empty', '', undefined],
    ['never begins', 'no boundary in here', undefined],
    ['ends before its last boundary', formBody([]).subarray(0, 5), undefined],
  ])('is 400 where it %s', async (_, body, contentType) => {
    expect(await refusal(rawForm(body, contentType))).toMatchObject({ status: 400, code: 'malformed_multipart' })
  })

  it('is 400 where it ends in the middle of the file', async () => {
    const body = formBody([await photoPart('file')])
    const problem = await refusal(rawForm(body.subarray(0, body.length - 100)))
    expect(problem).toMatchObject({ status: 400, code: 'malformed_multipart' })
  })

  it('is 400 where the last boundary alone is missing', async () => {
    const body = formBody([await photoPart('file')])
    const problem = await refusal(rawForm(body.subarray(0, body.length - 4)))
    expect(problem).toMatchObject({ status: 400, code: 'malformed_multipart' })
  })

  it('is 400 where the header of a part is malformed', async () => {
    const part = { name: 'file', filename: 'a', headers: ['no colon in here'], content: 'x' }
    expect(await refusal(rawForm(formBody([part])))).toMatchObject({ status: 400, code: 'malformed_multipart' })
  })

  it('is 400 where the headers of parts are too long', async () => {
    const headers = Array.from({ length: 2000 }, (_, n) => `X-${n}: ${'y'.repeat(100)}`)
    const part = { name: 'file', filename: 'a', headers, content: 'x' }
    expect(await refusal(rawForm(formBody([part])))).toMatchObject({ status: 400, code: 'malformed_multipart' })
  })

  it('is 400 with more parts than the limit', async () => {
    const parts = Array.from({ length: 1000 }, (_, n) => ({ name: `p${n}`, content: '' }))
    expect(await refusal(rawForm(formBody(parts)))).toMatchObject({ status: 400, code: 'malformed_multipart' })
  })

  it('is 400 with too much data beside the file', async () => {
    const parts = [await photoPart('file'), { name: 'comment', content: 'x'.repeat(80_000) }]
    expect(await refusal(rawForm(formBody(parts)))).toMatchObject({ status: 400, code: 'malformed_multipart' })
  })
})

describe('a form without the one file', () => {
  it('is 400 where it has text fields only', async () => {
    const problem = await refusal(rawForm(formBody([{ name: 'title', content: 'x' }])))
    expect(problem).toMatchObject({ status: 400, code: 'file_missing', field: 'file' })
  })

  it('is 400 where it has no parts at all', async () => {
    expect(await refusal({ body: new FormData() })).toMatchObject({ status: 400 })
  })

  it('is 400 where no file was chosen in a browser', async () => {
    const part = { name: 'file', filename: '', headers: ['Content-Type: application/octet-stream'], content: '' }
    expect(await refusal(rawForm(formBody([part])))).toMatchObject({ status: 400, code: 'file_missing' })
  })

  it('is 400 where field "file" is a text, and expects a file part', async () => {
    const problem = await refusal(rawForm(formBody([{ name: 'file', content: 'photo.jpg' }])))
    expect(problem).toMatchObject({ status: 400, code: 'file_missing', field: 'file', received: 'a text field' })
    expect(problem.detail).toContain('must be a file part')
  })

  it('is 400 where the file arrived in another field, and names that', async () => {
    const problem = await refusal({ body: formOf(await smallPhoto(), 'photo') })
    expect(problem).toMatchObject({ status: 400, code: 'wrong_field', expected: 'file', received: 'photo' })
    expect(problem.detail).toContain('"photo"')
  })

  it('is 400 where the file has no field name', async () => {
    const problem = await refusal(rawForm(formBody([await photoPart()])))
    expect(problem).toMatchObject({ status: 400, code: 'wrong_field', received: null })
  })

  it('is 400 with two files, and expects one', async () => {
    const body = formOf(await smallPhoto())
    body.append('file', new Blob([new Uint8Array(await smallPhoto())]), 'second.jpg')
    const problem = await refusal({ body })
    expect(problem).toMatchObject({ status: 400, code: 'too_many_files', max_files: 1 })
    expect(problem.detail).toContain('one file')
  })

  it('is 400 with a second file in another field', async () => {
    const parts = [await photoPart('file'), await photoPart('__proto__')]
    expect(await refusal(rawForm(formBody(parts)))).toMatchObject({ status: 400, code: 'too_many_files' })
  })
})

describe('a file that is refused', () => {
  it('is 422 where it is empty', async () => {
    const problem = await refusal({ body: formOf(new Uint8Array(0)) })
    expect(problem).toMatchObject({ status: 422, code: 'empty_file' })
  })

  it('is 415 where it is no image', async () => {
    const problem = await refusal({ body: formOf(Buffer.from('just a text, nothing to see')) })
    expect(problem).toMatchObject({ status: 415, code: 'not_an_image' })
  })

  it('is 415 where its type is not accepted, and names the accepted types', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    const problem = await refusal({ body: formOf(Buffer.from(svg)) })
    expect(problem).toMatchObject({ status: 415, code: 'unsupported_image_type' })
    for (const type of ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'])
      expect(problem.detail.toLowerCase()).toContain(type)
  })

  it('is 422 where it is damaged', async () => {
    const photo = await smallPhoto()
    const problem = await refusal({ body: formOf(photo.subarray(0, photo.length / 2)) })
    expect(problem).toMatchObject({ status: 422, code: 'damaged_image' })
  })

  it('is 413 where it has too many pixels', async () => {
    const { app } = await createTestApp({ maxPixels: 640 * 480 - 1 })
    const problem = await problemOf(app.request(PATH, { method: 'POST', body: formOf(await smallPhoto()) }))
    expect(problem).toMatchObject({ status: 413, code: 'too_many_pixels' })
  })

  it('is 413 where it is one byte too large, and accepted without it', async () => {
    const photo = await smallPhoto()
    const post = (tintype: TestApp) => tintype.app.request(PATH, { method: 'POST', body: formOf(photo) })
    const problem = await problemOf(post(await createTestApp({ maxUploadBytes: photo.length - 1 })))
    expect(problem).toMatchObject({ status: 413, code: 'upload_too_large', max_bytes: photo.length - 1 })
    expect((await post(await createTestApp({ maxUploadBytes: photo.length }))).status).toBe(201)
  })
})
