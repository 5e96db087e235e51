import { assetContract } from '../../contracts/assets.ts'
import { storeContract } from '../../contracts/store.ts'
import { fileStoreFixture } from '../../support/store/file-store.ts'

const eachAlone = () => fileStoreFixture({ maxBatch: 1, maxHeldMs: 0 })

for (const contract of [storeContract, assetContract]) {
  contract('the file store', fileStoreFixture)
  contract('the file store that commits each change alone', eachAlone)
}
