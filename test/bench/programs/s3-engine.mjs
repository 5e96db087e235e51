// The engine in memory of the tests, in a process of its own: sends its port.

import { createEngine } from '../../support/s3/memory-engine.mjs'

const { server } = createEngine()
server.keepAliveTimeout = 65_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object') process.send?.({ port: address?.port })
})
process.on('disconnect', () => process.exit(0))
