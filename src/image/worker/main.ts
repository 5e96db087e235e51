// The program of an encoder process: takes jobs from its parent, one at a time, and answers each.

// Before anything else is loaded. Ctrl-C goes to the whole group of processes, and a service manager's SIGTERM too:
// the parent decides when an encoder ends, so that uploads under way are finished.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
// The parent died. An ordinary exit would wait for the thread that decodes, which may never end.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

const { worker } = await import('workerpool')
const { answerOf } = await import('./reply.ts')
const { hardenSharp } = await import('./hardening.ts')
const { encodePicture } = await import('./pipeline.ts')
const { renderPicture } = await import('./render.ts')

hardenSharp()
const encode = (...job: Parameters<typeof encodePicture>) => answerOf(encodePicture(...job))
const render = (...job: Parameters<typeof renderPicture>) => answerOf(renderPicture(...job))
worker({ encode, render })

/** What the parent calls. */
export type Encode = typeof encode
export type Render = typeof render
