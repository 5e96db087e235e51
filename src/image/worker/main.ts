// Entry point of a worker process: takes jobs from its parent, one at a time, and replies to each.

// Before anything else is loaded. Ctrl-C and the SIGTERM of a service manager reach the whole process group, but only
// the parent ends a worker, so that uploads under way are finished.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
// The parent died. An ordinary exit would wait for the decoding thread, which may never end.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

const { worker } = await import('workerpool')
const { toReply } = await import('./to-reply.ts')
const { hardenSharp } = await import('./hardening.ts')
const { encodePicture } = await import('./pipeline.ts')
const { renderPicture } = await import('./render.ts')
const { drawPage } = await import('./atlas/draw.ts')

/**
 * Time without a job after which garbage is collected, in milliseconds. Pixels are memory outside V8's heap, and an idle
 * process would keep those of its last picture until it ends: 45 MB of 15 MP, 300 MB of 100 MP.
 */
const COLLECT_AFTER_MS = 300

let collecting: NodeJS.Timeout | undefined
const replyTo = async <Result>(work: Promise<Result>) => {
  clearTimeout(collecting)
  try {
    return await toReply(work)
  } finally {
    collecting = setTimeout(() => gc?.(), COLLECT_AFTER_MS)
  }
}

hardenSharp()
const encode = (...job: Parameters<typeof encodePicture>) => replyTo(encodePicture(...job))
const render = (...job: Parameters<typeof renderPicture>) => replyTo(renderPicture(...job))
const draw = (...job: Parameters<typeof drawPage>) => replyTo(drawPage(...job))
worker({ encode, render, draw })

export type Encode = typeof encode
export type Render = typeof render
export type Draw = typeof draw
