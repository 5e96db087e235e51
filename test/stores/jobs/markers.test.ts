import { link } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { createSharedSync } from '../../../src/stores/file/fs/durable.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { createJobPaths } from '../../../src/stores/jobs/layout.ts'
import { createMarkers, type PlacedMarker } from '../../../src/stores/jobs/markers.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

const waiting: PlacedMarker = { folder: 'queued', jobId: '0mgt7k1c0a1b2c3d4e5f6g7h', projectId: 'Game', attempts: 0 }
const running: PlacedMarker = { ...waiting, folder: 'running', attempts: 1, owner: '4x1ng05ksn2v' }

const open = async () => {
  const paths = createJobPaths(createPaths(await temporaryFolder()))
  const markers = createMarkers(paths, createSharedSync())
  await markers.create(waiting)
  const folders = async () => [await markers.list('queued'), await markers.list('running')]
  return { paths, markers, folders }
}

it('creates a marker once', async () => {
  const { markers, folders } = await open()
  await expect(markers.create(waiting)).rejects.toMatchObject({ code: 'EEXIST' })
  expect(await folders()).toEqual([[waiting], []])
})

it('moves a marker once', async () => {
  const { markers, folders } = await open()
  expect(await markers.move(waiting, running)).toBe(true)
  expect(await markers.move(waiting, running)).toBe(false)
  expect(await folders()).toEqual([[], [running]])
})

it('keeps a marker that is moved to its own name', async () => {
  const { markers, folders } = await open()
  expect(await markers.move(waiting, waiting)).toBe(true)
  expect(await folders()).toEqual([[waiting], []])
})

it('leaves one name of a marker that a power cut has left under both', async () => {
  const { paths, markers, folders } = await open()
  await markers.create({ ...running, jobId: '0mgt7k1c0a1b2c3d4e5f6g7i' })
  await link(paths.marker('queued', waiting), paths.marker('running', running))
  expect(await markers.move(waiting, running)).toBe(true)
  expect(await folders()).toEqual([[], [running, { ...running, jobId: '0mgt7k1c0a1b2c3d4e5f6g7i' }]])
})
