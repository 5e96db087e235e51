// A server for benchmarks: `tintype` is what users get, `plain` is the same server and store, in the settings of
// production, with the picture work that a person would write first: four sharp pipelines on the whole upload, the
// original coded again.
//
//   node test/bench/programs/server.mjs tintype|plain <storage folder>      (a child with an IPC channel: sends its port)

import { createHash } from 'node:crypto'
import { createReadStream, openSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { serve } from '@hono/node-server'
import sharp from 'sharp'
import { compose, createTintype } from '../../../dist/compose/compose.js'
import { parseOptions } from '../../../dist/compose/parse-options.js'
import { createLogger } from '../../../dist/telemetry/logger.js'
import { PRODUCTION_OPTIONS } from '../../support/processes/production.mjs'

const [way = 'tintype', storageDir = ''] = process.argv.slice(2)
// As src/server/worker.ts does.
setFlagsFromString('--semi-space-growth-factor=1')

/** The plain way as an encoder pool, so that everything around it is the same. */
const plainEncoders = () => ({
  assertRoom() {},
  waitingOf: () => 0,
  async close() {},
  async encode({ source, targets }) {
    const picture = () => sharp(source).autoOrient()
    const inside = { fit: 'inside', withoutEnlargement: true }
    const [original, medium, thumb, game] = await Promise.all([
      picture().jpeg().toFile(targets.original),
      picture().resize(1600, 1600, inside).jpeg().toFile(targets.medium),
      picture().resize(400, 400, inside).jpeg().toFile(targets.thumb),
      picture().resize(50, 50).jpeg().toFile(targets.game),
    ])
    const entry = async (info, path) => ({
      width: info.width,
      height: info.height,
      bytes: info.size,
      sha256: await hashOf(path),
    })
    return {
      type: 'image/jpeg',
      sha256: await hashOf(source),
      sizes: {
        original: await entry(original, targets.original),
        medium: await entry(medium, targets.medium),
        thumb: await entry(thumb, targets.thumb),
        game: await entry(game, targets.game),
      },
    }
  },
})

const hashOf = async (path) => {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}

const plain = () => {
  const log = createLogger({ level: 'info', fd: openSync(`${storageDir}.log`, 'w') })
  return compose(parseOptions({ ...PRODUCTION_OPTIONS, storageDir, log }), { encoders: plainEncoders() })
}

const { app, ready, close } =
  way === 'plain' ? plain() : createTintype({ storageDir, log: createLogger({ level: 'warn' }) })
await ready
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => process.send?.({ port }))
// As long as a client waits between two rounds: an idle connection that is closed fails its next upload.
server.keepAliveTimeout = 60_000
process.on('disconnect', () => {
  server.close()
  server.closeAllConnections()
  close().finally(() => process.exit(0))
})
