import { storeContract } from '../../contracts/store.ts'
import { fileStoreFixture } from '../../support/store/file-store.ts'

storeContract('the file store', fileStoreFixture)
storeContract('the file store that commits each change alone', () => fileStoreFixture({ maxBatch: 1, maxHeldMs: 0 }))
