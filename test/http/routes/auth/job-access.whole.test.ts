// Jobs and batches are their principals' and those of admins.

import { expect, it } from 'vitest'
import { acceptedBulkSchema } from '../../../../src/http/schemas/images/bulk.ts'
import { jobListSchema, jobSchema } from '../../../../src/http/schemas/jobs.ts'
import { ADMIN, type Cast, createCast, keyOf, READER, type Who, WRITER } from '../../../support/auth/access.ts'
import { smallPhoto } from '../../../support/pictures/pictures.ts'
import { formOf } from '../../../support/upload.ts'

const accept = async ({ ask }: Cast, who: Who, projectId: string) => {
  const response = await ask(
    { ...who, Prefer: 'respond-async' },
    'POST',
    `/projects/${projectId}/images`,
    formOf(await smallPhoto()),
  )
  expect(response.status).toBe(202)
  const { job_id: jobId } = jobSchema.parse(await response.json())
  return jobId
}

const listedFor = async ({ ask }: Cast, who: Who) =>
  jobListSchema.parse(await (await ask(who, 'GET', '/jobs')).json()).jobs.map(({ job_id: id }) => id)

it('answers others as if there were no such job', async () => {
  const cast = await createCast()
  const { ask, people } = cast
  const { owner = {}, editor = {}, stranger = {}, anonymous = {} } = people
  const jobId = await accept(cast, owner, 'closed')
  await ask(owner, 'GET', `/jobs/${jobId}?wait=20`)
  const requests = [
    ['GET', `/jobs/${jobId}`],
    ['GET', `/jobs/${jobId}?wait=1`],
    ['GET', `/jobs/${jobId}/thumbnail`],
    ['DELETE', `/jobs/${jobId}`],
    ['POST', `/jobs/${jobId}/retry`],
  ] as const
  const unknown = 'x'.repeat(24)
  for (const [method, path] of requests) {
    const statusFor = async (who: Who) => (await ask(who, method, path)).status
    for (const who of [editor, stranger, keyOf(WRITER), keyOf(READER)]) {
      const response = await ask(who, method, path)
      const absent = await ask(who, method, path.replace(jobId, unknown))
      expect([response.status, await response.text()]).toEqual([404, (await absent.text()).replace(unknown, jobId)])
    }
    expect(await statusFor(anonymous)).toBe(401)
    const own = method === 'GET' ? 200 : 409
    expect(await statusFor(owner)).toBe(own)
    // Admins by their key may read every project.
    expect(await statusFor(keyOf(ADMIN))).toBe(own)
  }
})

it('lists one’s own jobs, and all for admins', async () => {
  const cast = await createCast()
  const { owner = {}, editor = {}, stranger = {} } = cast.people
  const ofOwner = await accept(cast, owner, 'closed')
  const ofEditor = await accept(cast, editor, 'closed')
  expect(await listedFor(cast, owner)).toEqual([ofOwner])
  expect(await listedFor(cast, editor)).toEqual([ofEditor])
  expect(await listedFor(cast, stranger)).toEqual([])
  expect(await listedFor(cast, keyOf(ADMIN))).toEqual([ofEditor, ofOwner])
  expect((await cast.ask({}, 'GET', '/jobs')).status).toBe(401)
})

it('shows no picture of a project that its principal may not read any more', async () => {
  const cast = await createCast()
  const { owner = {}, editor = {} } = cast.people
  const jobId = await accept(cast, editor, 'closed')
  await cast.ask(editor, 'GET', `/jobs/${jobId}?wait=20`)
  expect((await cast.ask(editor, 'GET', `/jobs/${jobId}/thumbnail`)).status).toBe(200)
  await cast.ask(owner, 'PATCH', '/projects/closed', { members: { [cast.ids.editor ?? '']: null } })
  expect((await cast.ask(editor, 'GET', `/jobs/${jobId}/thumbnail`)).status).toBe(404)
})

it('refuses uploads whose principal may not change the project, before the job', async () => {
  const cast = await createCast()
  const form = formOf(await smallPhoto())
  const { viewer = {}, stranger = {} } = cast.people
  for (const [who, status] of [
    [viewer, 403],
    [stranger, 404],
    [{}, 401],
  ] as const)
    expect((await cast.ask({ ...who, Prefer: 'respond-async' }, 'POST', '/projects/closed/images', form)).status).toBe(
      status,
    )
})

it('answers others as if there were no such batch', async () => {
  const cast = await createCast()
  const { ask, people } = cast
  const { owner = {}, editor = {}, stranger = {}, anonymous = {} } = people
  const form = formOf(await smallPhoto())
  const accepted = await ask({ ...owner, Prefer: 'respond-async' }, 'POST', '/projects/closed/images/bulk', form)
  expect(accepted.status).toBe(202)
  const { batch_id: batchId } = acceptedBulkSchema.parse(await accepted.json())
  const path = `/batches/${batchId}`
  const unknown = 'x'.repeat(24)
  for (const who of [editor, stranger, keyOf(WRITER), keyOf(READER)]) {
    const response = await ask(who, 'GET', path)
    const absent = await ask(who, 'GET', `/batches/${unknown}`)
    expect([response.status, await response.text()]).toEqual([404, (await absent.text()).replace(unknown, batchId)])
  }
  expect((await ask(anonymous, 'GET', path)).status).toBe(401)
  expect((await ask(owner, 'GET', path)).status).toBe(200)
  expect((await ask(keyOf(ADMIN), 'GET', path)).status).toBe(200)
})

it('accepts no file of a bulk upload whose principal may not change the project', async () => {
  const cast = await createCast()
  const form = formOf(await smallPhoto())
  const { viewer = {}, stranger = {} } = cast.people
  for (const [who, status] of [
    [viewer, 403],
    [stranger, 404],
    [{}, 401],
  ] as const) {
    const sent = cast.ask({ ...who, Prefer: 'respond-async' }, 'POST', '/projects/closed/images/bulk', form)
    expect((await sent).status).toBe(status)
  }
  expect(await listedFor(cast, keyOf(ADMIN))).toEqual([])
})
