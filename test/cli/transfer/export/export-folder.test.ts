// The folder of an export, with foreign files and links in it.

import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openExportFolder } from '../../../../src/cli/transfer/export/export-folder.ts'
import { filesIn, temporaryFolder } from '../../../support/disk/folder.ts'
import { sha256Of } from '../../../support/pictures/pictures.ts'

async function* content(text: string) {
  yield Buffer.from(text)
}

const hashOf = (text: string): string => sha256Of(Buffer.from(text))

describe('the folder of an export', () => {
  it('is created, and takes files in folders of their own', async () => {
    const root = join(await temporaryFolder(), 'a', 'b')
    const folder = await openExportFolder(root)
    expect(await folder.find('ui/ok.jpg')).toBe('nothing')
    await folder.write('ui/ok.jpg', content('picture'), hashOf('picture'))
    expect(await readFile(join(root, 'ui', 'ok.jpg'), 'utf8')).toBe('picture')
    expect(await folder.find('ui/ok.jpg')).toBe(hashOf('picture'))
    await folder.writeRecords(JSON.stringify({ tintype: '1', images: [{ file: 'ui/ok.jpg', sha256: 'x' }] }))
    expect(await filesIn(root)).toEqual(['tintype.json', 'ui/ok.jpg'])
    expect([...(await openExportFolder(root)).before]).toEqual([['ui/ok.jpg', 'x']])
  })

  it('keeps what was there, and no part of a file, where the content is another one or breaks off', async () => {
    const root = await temporaryFolder()
    await writeFile(join(root, 'a.jpg'), 'old')
    const folder = await openExportFolder(root)
    await expect(folder.write('a.jpg', content('damaged'), hashOf('whole'))).rejects.toThrow('another content')
    async function* broken() {
      yield Buffer.from('who')
      throw new Error('the connection ended')
    }
    await expect(folder.write('a.jpg', broken(), hashOf('whole'))).rejects.toThrow('the connection ended')
    expect(await readFile(join(root, 'a.jpg'), 'utf8')).toBe('old')
    expect(await readdir(root)).toEqual(['a.jpg'])
  })

  it('is not left by links, of folders or of files', async () => {
    const [root, outside] = [await temporaryFolder(), await temporaryFolder()]
    await symlink(outside, join(root, 'ui'))
    await symlink(join(outside, 'x.jpg'), join(root, 'a.jpg'))
    const folder = await openExportFolder(root)
    await expect(folder.find('ui/ok.jpg')).rejects.toThrow('ui is no folder')
    expect(await folder.find('a.jpg')).toBe('other')
    expect(await readdir(outside)).toEqual([])
  })

  it('is refused where its records are of something else', async () => {
    const root = await temporaryFolder()
    await writeFile(join(root, 'tintype.json'), '{"name": "my settings"}')
    await expect(openExportFolder(root)).rejects.toThrow('is not of an export')
    await mkdir(join(root, 'other'))
    await writeFile(join(root, 'other', 'tintype.json'), 'no JSON')
    await expect(openExportFolder(join(root, 'other'))).rejects.toThrow('is not of an export')
  })
})
