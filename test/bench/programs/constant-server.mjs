// A server that gives every request the same answer, received from the parent process; sends its port.

import { createServer } from 'node:http'

process.once('message', ({ headers, body }) => {
  const bytes = Buffer.from(body, 'base64')
  const fields = headers.flat()
  const server = createServer((_request, response) => {
    response.writeHead(200, fields)
    response.end(bytes)
  })
  server.keepAliveTimeout = 65_000
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
})
process.on('disconnect', () => process.exit(0))
