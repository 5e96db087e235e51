import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fuseNameOf, networkDiskOf, networkNameOf } from '../../../src/stores/file/network-disk.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

const FUSE = 0x65735546
const noName = () => undefined

describe('the file system of the storage folder', () => {
  it.each([
    ['nfs', 0x6969, 'nfs'],
    ['cifs', 0xff534d42, 'cifs'],
    ['cifs as a signed number', 0xff534d42 | 0, 'cifs'],
    ['smb2', 0xfe534d42, 'smb2'],
    ['9p', 0x01021997, '9p'],
    ['ceph', 0x00c36400, 'ceph'],
    ['ext4', 0xef53, undefined],
    ['btrfs', 0x9123683e, undefined],
    ['tmpfs', 0x01021994, undefined],
  ])('is known by its type: %s', (_, type, name) => {
    expect(networkNameOf(type, noName)).toBe(name)
  })

  it.each([
    ['fuse.sshfs', 'fuse.sshfs'],
    ['virtiofs', 'virtiofs'],
    ['fuseblk', undefined],
    ['fuse.gocryptfs', undefined],
    [undefined, undefined],
  ])('is known by its name in user space: %s', (name, expected) => {
    expect(networkNameOf(FUSE, () => name)).toBe(expected)
  })

  it('is that of the deepest mount above it, the last one there', () => {
    const mountinfo = [
      '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
      '40 22 0:50 / /srv rw,nosuid shared:9 - fuse.sshfs host:/data rw',
      '41 40 0:51 / /srv/my\\040store rw shared:10 - fuse.s3fs bucket rw',
      '42 40 0:52 / /srv/my\\040store rw shared:11 - xfs /dev/sdb1 rw',
      '',
    ].join('\n')
    expect(fuseNameOf('/srv/storage', mountinfo)).toBe('fuse.sshfs')
    expect(fuseNameOf('/srv', mountinfo)).toBe('fuse.sshfs')
    expect(fuseNameOf('/srv/my store/a', mountinfo)).toBe('xfs')
    expect(fuseNameOf('/srv2', mountinfo)).toBe('ext4')
  })

  it('is local here, also for a folder that does not exist yet', async () => {
    const folder = await temporaryFolder()
    expect(networkDiskOf(folder)).toBeUndefined()
    expect(networkDiskOf(join(folder, 'later', 'storage'))).toBeUndefined()
  })
})
