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

hardenSharp()
const encode = (...job: Parameters<typeof encodePicture>) => toReply(encodePicture(...job))
const render = (...job: Parameters<typeof renderPicture>) => toReply(renderPicture(...job))
worker({ encode, render })

export type Encode = typeof encode
export type Render = typeof render
