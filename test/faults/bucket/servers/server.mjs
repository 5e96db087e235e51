// A small server process for faults: the upload service over a store in a bucket, behind the routes of the API that its
// clients use. Its pictures are texts. Plain JavaScript on dist/, and without the rest of the program, because hundreds of
// them are started.

import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { createUploader } from '../../../../dist/services/images/upload.js'
import { createBucketMarks } from '../../../../dist/stores/idempotency/bucket-marks.js'
import { createBucket } from '../../../../dist/stores/s3/client/bucket.js'
import { createS3Store } from '../../../../dist/stores/s3/s3-store.js'
import { createLogger } from '../../../../dist/telemetry/logger.js'

const STATUSES = {
  project_not_found: 404,
  image_not_found: 404,
  idempotency_running: 409,
  store_unavailable: 503,
  busy: 503,
}

const sha256Of = (content) => createHash('sha256').update(content).digest('hex')

/** Writes texts that name the upload. */
const encode = async ({ source, targets }) => {
  const sha256 = sha256Of(await readFile(source))
  const sizes = {}
  for (const [size, path] of Object.entries(targets)) {
    if (size === 'source') continue
    const content = `${size} of ${sha256}`
    await writeFile(path, content)
    sizes[size] = { width: 4, height: 3, bytes: content.length, sha256: sha256Of(content) }
  }
  return { type: 'image/jpeg', sha256, sizes, placeholder: '1QcSHQRnh493V4dIh4eXh1h4kJUI', color: '#a05030' }
}

const serve = async ({ bucket, workDir }) => {
  const { credentials, ...rest } = bucket
  const client = createBucket({ ...rest, pauseMs: 5, credentials: async () => credentials })
  const store = createS3Store({ log: createLogger({ level: 'silent' }), bucket: client, workDir, staleMs: 1000 })
  await store.open()
  const upload = createUploader({
    store,
    encoders: { encode, assertRoom: () => {} },
    marks: createBucketMarks({ bucket: client, leases: store.leases, owner: store.owner }),
    variants: { preload: async () => {}, forget: () => {} },
  })

  const uploadTo = async (projectId, request) => {
    const form = await new Response(await buffer(request), { headers: request.headers }).formData()
    const idempotencyKey = request.headers['idempotency-key']
    const { image, isReplay } = await upload(projectId, form.get('file').stream(), { idempotencyKey })
    return { status: isReplay ? 200 : 201, body: JSON.stringify({ image_id: image.id }) }
  }

  const list = async (projectId) => {
    for (;;) {
      const state = await store.project(projectId)
      if (!state) return { status: 404, body: JSON.stringify({ code: 'project_not_found' }) }
      const images = await store.images(state)
      // Undefined where others have changed it meanwhile.
      if (!images) continue
      const { primary_image_id } = state
      const shown = images.map(({ id, sha256, sizes }) => ({
        id,
        is_primary: id === primary_image_id,
        sha256: { upload: sha256, thumb: sizes.thumb.sha256 },
      }))
      return { status: 200, body: JSON.stringify({ primary_image_id, images: shown }) }
    }
  }

  const read = async (projectId, imageId) => {
    const file = await store.openVariant(projectId, imageId, 'thumb')
    if (!file) return { status: 404, body: JSON.stringify({ code: 'image_not_found' }) }
    try {
      const pieces = []
      for await (const piece of file.read(0, file.bytes)) pieces.push(piece)
      return { status: 200, body: Buffer.concat(pieces) }
    } finally {
      await file.close()
    }
  }

  const change = async (projectId, toDo) => {
    await store.commit(projectId, toDo)
    return { status: 200, body: '{}' }
  }

  const answer = async (request) => {
    const [, , projectId, folder, imageId] = new URL(request.url, 'http://server').pathname.split('/')
    if (request.method === 'POST') return uploadTo(projectId, request)
    if (request.method === 'PUT') return change(projectId, { type: 'set_primary', imageId })
    if (request.method === 'DELETE' && folder === undefined) return change(projectId, { type: 'delete_project' })
    if (request.method === 'DELETE') return change(projectId, { type: 'delete_image', imageId })
    return imageId === undefined ? list(projectId) : read(projectId, imageId)
  }

  const server = createServer((request, response) => {
    const failed = (error) => {
      const code = error?.code ?? 'none'
      return { status: STATUSES[code] ?? 500, body: JSON.stringify({ code, because: String(error?.stack ?? error) }) }
    }
    answer(request)
      .catch(failed)
      .then(({ status, body }) => response.writeHead(status).end(body))
  })
  server.keepAliveTimeout = 0
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}` }
}

process.on('message', async (options) => {
  try {
    process.send(await serve(options))
  } catch (error) {
    process.send({ failed: String(error?.stack ?? error) })
  }
})
