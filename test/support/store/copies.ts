// Folders and buckets that are copied.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createDoctor } from '../../../src/services/doctor.ts'
import { createBucketPlace } from '../../../src/stores/copy/bucket-place.ts'
import { createFolderPlace } from '../../../src/stores/copy/folder-place.ts'
import { createInspector } from '../../../src/stores/file/doctor/inspector.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { createBucket } from '../../../src/stores/s3/client/bucket.ts'
import { keys } from '../../../src/stores/s3/keys.ts'
import type { CopyFixture } from '../../contracts/copy.ts'
import { bytesOf } from '../../contracts/store.ts'
import { temporaryFolder } from '../disk/folder.ts'
import { newBucket } from '../s3/ceph.ts'
import { openS3Store } from '../s3/store.ts'
import { openFileStore, silent } from './file-store.ts'

const otherContent = (imageId: string): string => bytesOf(imageId, 'original').replace('original', 'ORIGINAL')

export const folderToCopy = async (): Promise<CopyFixture> => {
  const storageDir = join(await temporaryFolder(), 'storage')
  return {
    place: () => createFolderPlace(storageDir),
    open: () => openFileStore(storageDir),
    damage: (projectId, imageId) =>
      writeFile(createPaths(storageDir).variant(projectId, imageId, 'original'), otherContent(imageId)),
    async faults() {
      const remake = async () => {
        throw new Error('there are no pictures')
      }
      const inspector = createInspector({ storageDir, log: silent, remake })
      const found: string[] = []
      try {
        await createDoctor({ inspector }).examine({
          fix: false,
          onFinding: ({ kind, path, detail }) => void found.push(`${kind} ${path} ${detail}`),
        })
        // Texts stand for the pictures.
        return found.filter((each) => !each.endsWith('found other content'))
      } finally {
        await inspector.close()
      }
    },
  }
}

export const bucketToCopy = async (): Promise<CopyFixture> => {
  const { options, bucket } = await newBucket({ prefix: 'store/' })
  return {
    place: () => createBucketPlace({ bucket: createBucket(options) }),
    open: async () => openS3Store(options, join(await temporaryFolder(), 'work')),
    async damage(projectId, imageId) {
      await bucket.put(keys.variant(projectId, imageId, 'original'), otherContent(imageId))
    },
    faults: async () => [],
  }
}
