import { watchContract } from '../../../contracts/watch.ts'
import { fileStoreFixture } from '../../../support/store/file-store.ts'

watchContract('the file store', fileStoreFixture)
