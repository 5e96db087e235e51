import { expect, it } from 'vitest'
import { isWanted, messageOf, resetMessage, testMessage, WEBHOOK_EVENTS } from '../../../src/core/webhooks/events.ts'
import { AT } from '../../support/webhooks/webhook.ts'

const REVISION = { revision: 7, at: AT, events: [] }

it('a message names the event, its time and the ids', () => {
  const { body } = messageOf('shop', REVISION, { type: 'image.added', image_id: 'abc' }, 0)
  expect(JSON.parse(body)).toEqual({
    type: 'image.added',
    timestamp: AT,
    data: { project_id: 'shop', revision: 7, image_id: 'abc' },
  })
  const { body: other } = messageOf('shop', REVISION, { type: 'project.changed' }, 0)
  expect(JSON.parse(other)).toEqual({
    type: 'project.changed',
    timestamp: AT,
    data: { project_id: 'shop', revision: 7 },
  })
})

it('a message of a job names the job, its image and the code of its problem, and is another one for each end', () => {
  const ids = { job_id: 'job', project_id: 'shop', image_id: 'abc' }
  const failed = messageOf(
    '.jobs',
    { ...REVISION, revision: 3 },
    { type: 'job.failed', ...ids, code: 'damaged_image' },
    0,
  )
  expect(failed).toMatchObject({ type: 'job.failed', projectId: 'shop', revision: null })
  expect(JSON.parse(failed.body)).toEqual({
    type: 'job.failed',
    timestamp: AT,
    data: { ...ids, code: 'damaged_image' },
  })
  const again = { ...REVISION, at: '2026-05-04T09:31:00.000Z' }
  expect(messageOf('.jobs', again, { type: 'job.succeeded', ...ids }, 0).id).not.toBe(failed.id)
  // A crash can list an end twice, under another cursor.
  const twice = messageOf('.jobs', REVISION, { type: 'job.failed', ...ids, code: 'damaged_image' }, 0)
  expect(twice.id).toBe(failed.id)
})

it('the id of a message depends on project, revision and index alone, and has no dot', () => {
  const event = { type: 'image.added', image_id: 'abc' } as const
  const ids = [
    messageOf('shop', REVISION, event, 0),
    messageOf('shop', REVISION, event, 1),
    messageOf('shop', { ...REVISION, revision: 70 }, event, 0),
    messageOf('shop\n7', REVISION, event, 0),
    messageOf('shop2', REVISION, event, 0),
    resetMessage('shop', 7, AT),
    testMessage('abc', AT),
    testMessage('abc', AT),
  ].map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.filter((id) => !/^(?:evt|test)_[0-9a-z]+$/.test(id))).toEqual([])
  expect(messageOf('shop', { ...REVISION, at: '2027-01-01T00:00:00.000Z' }, event, 0).id).toBe(ids[0])
})

it('a filter lets the named types pass, and none lets all', () => {
  const wanted = (events: string[] | null) => WEBHOOK_EVENTS.filter((type) => isWanted(events, { type }))
  expect(wanted(null)).toEqual(WEBHOOK_EVENTS)
  expect(wanted(['image.deleted', 'cover.changed'])).toEqual(['image.deleted', 'cover.changed'])
})

it('a message in the place of lost changes names the project and its revision', () => {
  const { id, body, ...message } = resetMessage('shop', 7, AT)
  expect(message).toEqual({ type: 'project.reset', projectId: 'shop', revision: 7 })
  expect(JSON.parse(body)).toEqual({ type: 'project.reset', timestamp: AT, data: { project_id: 'shop', revision: 7 } })
  // Receivers drop doubles by it, also after an update of the server.
  expect(id).toBe('evt_31fdf46855d8d761dc97d3b1d48ec6cb')
})

it('the message of a test names its webhook alone', () => {
  const { id, body, ...message } = testMessage('abc', AT)
  expect(message).toEqual({ type: 'webhook.test', projectId: null, revision: null })
  expect(JSON.parse(body)).toEqual({ type: 'webhook.test', timestamp: AT, data: { webhook_id: 'abc' } })
  expect(id).toMatch(/^test_[0-9a-z]{24}$/)
})
