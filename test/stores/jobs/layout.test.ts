import { describe, expect, it } from 'vitest'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { createJobPaths } from '../../../src/stores/jobs/layout.ts'

const paths = createJobPaths(createPaths('/store'))
const JOB = '0mgt7k1c0a1b2c3d4e5f6g7h'
const marker = { jobId: JOB, projectId: 'Game', attempts: 1, owner: '4x1ng05ksn2v' }

describe('the paths of jobs', () => {
  it('are below the folder of the store', () => {
    expect(paths.marker('running', marker)).toBe(`/store/.jobs/running/${JOB}.1.4x1ng05ksn2v@!game`)
    expect(paths.upload(JOB)).toBe(`/store/.jobs/uploads/${JOB}`)
    expect(paths.batch(JOB)).toBe(`/store/.jobs/batches/${JOB}.json`)
    expect(paths.key('.nfs0001')).toBe('/store/.jobs/keys/.nfs0001')
    expect(paths.workspace(marker.owner)).toBe('/store/.tmp/4x1ng05ksn2v')
  })

  it.each([
    ['', 'is empty'],
    ['..', 'is the folder above'],
    ['a/../../b', 'leads out of its folder'],
    ['a\\b', 'has the separator of Windows'],
    ['a\0', 'ends the path for the system'],
  ])('are not made of %j, which %s', (text) => {
    for (const path of [
      () => paths.marker('queued', { ...marker, jobId: text }),
      () => paths.marker('queued', { ...marker, projectId: text }),
      () => paths.marker('queued', { ...marker, owner: text }),
      () => paths.day(text),
      () => paths.record(text),
      () => paths.upload(text),
      () => paths.batch(text),
      () => paths.key(text),
      () => paths.workspace(text),
    ])
      expect(path).toThrow(expect.objectContaining({ code: 'internal' }))
  })

  it('are not made of a job id that begins like one', () => {
    expect(() => paths.record('000000000/../../../../x')).toThrow('the id of a job or batch')
  })
})
