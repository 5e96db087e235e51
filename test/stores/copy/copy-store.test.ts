import { copyContract } from '../../contracts/copy.ts'
import { folderToCopy } from '../../support/store/copies.ts'

copyContract('of a folder in a folder', async () => ({ source: await folderToCopy(), target: await folderToCopy() }))
