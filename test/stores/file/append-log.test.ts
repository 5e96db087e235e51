import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { vi } from 'vitest'
import { createFileLog, type FileLogOptions } from '../../../src/stores/file/append-log.ts'
import { makeFolder } from '../../../src/stores/file/fs/durable.ts'
import { appendLogContract, type TestEntry, testFormat } from '../../contracts/append-log.ts'
import { beforeCall, type DiskCall, failing, losingAnswer } from '../../support/disk/calls.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))
vi.mock('node:fs', async (original) => (await import('../../support/disk/calls.ts')).watchedSyncs(await original()))

const isLink = ({ name }: DiskCall) => name === 'link'

const logIn = (root: string, options: Pick<FileLogOptions<TestEntry>, 'older' | 'keep'>) =>
  createFileLog({
    format: testFormat,
    root,
    folder: (log) => join(root, log),
    drafts: () => join(root, 'drafts'),
    makeFolder: (log) => makeFolder(join(root, log)),
    ...options,
  })

const openLog = async (options: Pick<FileLogOptions<TestEntry>, 'older' | 'keep'>, code = 'EEXIST') => {
  const root = await temporaryFolder()
  await mkdir(join(root, 'drafts'))
  const another = () => logIn(root, options)
  return {
    root,
    log: another(),
    another,
    loseAnswer: () => losingAnswer(isLink, code),
    sleepBeforeCreating: (meanwhile: () => Promise<unknown>) => beforeCall(isLink, meanwhile),
    failAfterCreating: () =>
      failing(({ name, path }) => /^(readdir|readFile|sync)$/.test(name) && path.startsWith(join(root, 'a')), 'EIO'),
  }
}

appendLogContract('a folder that empties older entries', {}, () => openLog({ older: 'emptied' }))
appendLogContract('a folder that keeps 16 entries', { keep: 16 }, () => openLog({ older: 'pruned', keep: 16 }))
appendLogContract('a folder that keeps one entry', { keep: 1 }, () => openLog({ older: 'pruned', keep: 1 }, 'EIO'))
