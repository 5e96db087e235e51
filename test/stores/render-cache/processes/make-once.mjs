// Process that requests one file from the cache many times at once; each render is noted in a shared log.
//
//   node make-once.mjs <storage folder> <log file>

import { appendFile, writeFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { createRenderCache } from '../../../../dist/stores/render-cache/render-cache.js'
import { createLogger } from '../../../../dist/telemetry/logger.js'

const [storageDir = '', log = ''] = process.argv.slice(2)
const cache = createRenderCache({ storageDir, log: createLogger({ level: 'silent' }) })
const key = { projectId: 'demo', imageId: '4f0z6k1m9q2w8e5r7t3y', name: `${'0'.repeat(32)}.webp` }

const ask = async () => {
  const file = await cache.get(key, {
    async make(target) {
      await appendFile(log, `${process.pid}\n`)
      await setTimeout(300)
      await writeFile(target, 'the picture')
    },
    modifiedMs: 1_700_000_000_000,
    isWanted: async () => true,
  })
  if (Buffer.isBuffer(file)) return file.toString()
  const pieces = []
  for await (const piece of file.read(0, file.bytes)) pieces.push(piece)
  await file.close()
  return Buffer.concat(pieces).toString()
}

process.send?.('ready')
process.once('message', async () => {
  const texts = await Promise.all(Array.from({ length: 25 }, ask))
  await cache.close()
  process.send?.(new Set(texts).size === 1 && texts[0] === 'the picture' ? 'same' : 'different')
  process.disconnect()
})
