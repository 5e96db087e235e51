// Finds out whether the storage folder is on a network file system, where locks, links and syncs may not hold.

import { readFileSync, realpathSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'

/** Types of statfs(2), from linux/magic.h and the sources of the file systems. */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, 'nfs'],
  [0x517b, 'smb'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x01021997, '9p'],
  [0x00c36400, 'ceph'],
  [0x5346414f, 'afs'],
  [0x6b414653, 'afs'],
  [0x73757245, 'coda'],
  [0x564c, 'ncp'],
  [0x0bd00bd0, 'lustre'],
  [0x47504653, 'gpfs'],
  [0x01161970, 'gfs2'],
  [0x7461636f, 'ocfs2'],
  [0x786f4256, 'vboxsf'],
])

/** Type of every file system in user space; its name tells which one it is. */
const FUSE_TYPE = 0x65735546

/** File systems in user space on a network, or shared by a virtual machine. */
const NETWORK_FUSE =
  /^(fuse\.(sshfs|s3fs|s3ql|rclone|glusterfs|ceph|ceph-fuse|davfs|curlftpfs|gcsfuse|blobfuse2?|goofys|juicefs|moosefs|mfs|lizardfs|seaweedfs|gvfsd-fuse|vmhgfs-fuse|grpcfuse|osxfs)|virtiofs)$/

/**
 * Name of the network file system of a folder, which may not exist yet; undefined on a local disk, and where that is
 * unknown.
 */
export const networkDiskOf = (folder: string): string | undefined => {
  try {
    const path = existing(folder)
    return networkNameOf(statfsSync(path).type, () => fuseNameOf(path, readFileSync('/proc/self/mountinfo', 'utf8')))
  } catch {
    return undefined
  }
}

/** @param type of statfs(2), also with its sign @param fuseName called for a file system in user space */
export const networkNameOf = (type: number, fuseName: () => string | undefined): string | undefined => {
  const unsigned = type >>> 0
  if (unsigned !== FUSE_TYPE) return NETWORK_TYPES.get(unsigned)
  const name = fuseName() ?? ''
  return NETWORK_FUSE.test(name) ? name : undefined
}

/** Name of the file system of a path, by proc_pid_mountinfo(5): that of the deepest mount point above it. */
export const fuseNameOf = (path: string, mountinfo: string): string | undefined => {
  let found: { point: string; name: string | undefined } | undefined
  for (const line of mountinfo.split('\n')) {
    const [mount = '', source = ''] = line.split(' - ')
    const point = (mount.split(' ')[4] ?? '').replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    )
    const isAbove = point !== '' && `${path}/`.startsWith(point.endsWith('/') ? point : `${point}/`)
    // The last of several mounts at one point hides the others.
    if (isAbove && point.length >= (found?.point.length ?? 0)) found = { point, name: source.split(' ')[0] }
  }
  return found?.name
}

/** The folder itself, or the nearest one above it that exists. */
const existing = (folder: string): string => {
  try {
    return realpathSync(folder)
  } catch (error) {
    if (dirname(folder) === folder) throw error
    return existing(dirname(folder))
  }
}
