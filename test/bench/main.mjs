// npm run bench -- <name> [options]: each benchmark prints a table with ratios, measured in one run.

const BENCHES = {
  app: 'CPU of a request through the app in one process, against plain Hono',
  atlas:
    'covers of 500 projects in Phaser and Chromium: as an atlas, and by one request each; making a page of 1,369 icons',
  bulk: 'many photos in one form against 12 clients that send them one by one: time, CPU and memory',
  contention: 'changes a second of many clients in one project, committed together and each alone',
  events: 'memory of an event stream, and the time until a change has reached all of them, and another worker',
  gallery:
    'a wall of 500 projects and a project of 10,000 pictures in Chromium, beside their bounds: first and largest paint, layout shift, longest task',
  growth: 'what an upload and a cover cost as projects and stores grow',
  jobs: 'uploads as jobs beside uploads that are waited for, also over RabbitMQ: images a second and CPU of an image',
  memory: 'resident memory under small uploads, distinct URLs, open connections and long lists',
  pictures:
    'CPU of the picture work of an upload: against its limits, another build and WebP by sharp; HEIC, transparency',
  upload: 'images a second and CPU of an image: Tintype, the plain way behind the same server, and the limit',
  start: 'time to /ready and to the first lists of a store of many projects, and the memory of its catalogue',
  syncs: 'latency of an upload on a disk whose syncs take 5 ms, and on one where they take none',
  nginx: 'covers behind nginx, by proxy and by X-Accel-Redirect, against a server that answers a constant',
  s3: 'a store in a bucket against one in a folder: uploads and changes by 1, 2 and 4 servers, covers, growth',
  serve: 'requests a second of covers, icons, 304 and lists against nginx; p99 of covers during uploads',
  transform: 'a first transform against plain sharp and ipx, a repeated one against a stored variant',
}

const [name, ...args] = process.argv.slice(2)
if (!Object.hasOwn(BENCHES, name ?? '')) {
  console.error('npm run bench -- <name>, where name is one of:\n')
  for (const [each, what] of Object.entries(BENCHES)) console.error(`  ${each.padEnd(12)} ${what}`)
  process.exit(1)
}
/** Benchmarks of pages and of buckets are in folders of their own. */
const FOLDERS = { atlas: './pages/', gallery: './pages/', s3: './bucket/' }
const { run } = await import(`${FOLDERS[name] ?? './'}${name}.mjs`)
await run(args)
