import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { thisProcess } from '../../../src/stores/file/staging/owner.ts'
import { sealOwner } from '../../../src/stores/file/staging/owner-file.ts'
import { createFileMarks } from '../../../src/stores/idempotency/file-marks.ts'
import { idempotencyContract } from '../../contracts/idempotency.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

idempotencyContract('a folder of marks', async () => {
  const storageDir = await temporaryFolder()
  const another = () => createFileMarks({ storageDir })
  return {
    marks: another(),
    another,
    async abandon(name) {
      const path = join(storageDir, '.running', name)
      await mkdir(join(storageDir, '.running'), { recursive: true })
      // Its process number is in use again, by a process that began later.
      await writeFile(path, sealOwner(path, { ...(await thisProcess()), started: '1' }))
    },
  }
})
