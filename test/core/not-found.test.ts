// Errors of what does not exist: they name it, and its project.

import { expect, it } from 'vitest'
import { unknownBatch } from '../../src/core/jobs/batch.ts'
import { unknownJob } from '../../src/core/jobs/job.ts'
import {
  unknownAsset,
  unknownCollection,
  unknownImage,
  unknownObject,
  unknownProject,
} from '../../src/core/not-found.ts'

it.each([
  [unknownProject('shop'), 'project_not_found', 'There is no project "shop".'],
  [unknownCollection('wall'), 'collection_not_found', 'There is no collection "wall".'],
  [unknownAsset('shop', 'ui/logo'), 'asset_not_found', 'There is no asset "ui/logo" in project "shop".'],
  [unknownImage('shop', 'x1'), 'image_not_found', 'There is no image "x1" in project "shop".'],
  [
    unknownObject('shop', 'a/b.jpg'),
    'object_not_found',
    'There is no object "a/b.jpg" in the source of project "shop".',
  ],
  [unknownJob('j1'), 'job_not_found', 'There is no job "j1", or no longer.'],
  [unknownBatch('b1'), 'batch_not_found', 'There is no batch "b1", or no longer.'],
])('%s', (error, code, message) => {
  expect(error).toMatchObject({ name: 'TintypeError', code, message })
})

it('a long key of an object is cut in the message', () => {
  expect(unknownObject('shop', 'k'.repeat(1024)).message).toBe(
    `There is no object "${'k'.repeat(80)}…" in the source of project "shop".`,
  )
})
