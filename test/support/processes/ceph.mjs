// A real S3 engine: Ceph's radosgw from Debian, with one monitor and one OSD in memory, on loopback, ended by its ids.

import { execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { isFree } from '../net/ports.mjs'

/** Programs of Ceph, with the Debian package that has each. */
export const CEPH_PROGRAMS = {
  radosgw: 'radosgw',
  'ceph-mon': 'ceph-mon',
  'ceph-osd': 'ceph-osd',
  ceph: 'ceph-common',
}

/** The users of the engine. Only the first one may make buckets. */
export const CEPH_KEYS = {
  accessKeyId: 'test',
  secretAccessKey: 'testtest',
}
export const CEPH_STRANGER = {
  accessKeyId: 'stranger',
  secretAccessKey: 'strangerstranger',
}

/** Longest start, in milliseconds; about 15 s on two free cores. */
const START_MS = 240_000
/** Longest run of one command, in milliseconds. */
const COMMAND_MS = 120_000
/** Below the ports that systems give to clients. The OSD takes free ones of the range behind. */
const PORTS = { first: 20_000, count: 9000, osd: 60 }

const run = promisify(execFile)

/**
 * Starts an engine in an empty folder. About 230 MB of memory.
 *
 * @type {(options: { folder: string, port: number }) => Promise<{ endpoint: string, stop: () => Promise<void> }>}
 */
export const startCeph = async ({ folder, port }) => {
  const config = join(folder, 'ceph.conf')
  const keyring = join(folder, 'keyring')
  const fsid = randomUUID()
  const monitor = await freePortFrom(port + 1)
  /** @type {import('node:child_process').ChildProcess[]} */
  const children = []
  const untilMs = performance.now() + START_MS

  const stop = async () => {
    for (const child of children.splice(0).reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
  }
  /** @type {(program: string, ...args: string[]) => Promise<unknown>} */
  const command = (program, ...args) =>
    run(program, ['-c', config, ...args], { timeout: COMMAND_MS, killSignal: 'SIGKILL' })
  /** @type {(program: string, ...args: string[]) => Promise<void>} */
  const daemon = async (program, ...args) => {
    const output = await open(join(folder, `${program}.out`), 'w')
    const child = spawn(program, ['-c', config, '-f', ...args], { stdio: ['ignore', output.fd, output.fd] })
    child.on('error', () => {})
    children.push(child)
    await output.close()
  }

  await mkdir(join(folder, 'mon'), { recursive: true })
  await mkdir(join(folder, 'osd'))
  await writeFile(config, configOf({ folder, keyring, fsid, port, monitor }))
  try {
    const map = join(folder, 'monmap')
    await run('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', `[v1:127.0.0.1:${monitor}]`, map])
    await run('ceph-authtool', ['--create-keyring', keyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *'])
    const all = ['mon', 'osd', 'mgr'].flatMap((what) => ['--cap', what, 'allow *'])
    await run('ceph-authtool', [keyring, '--gen-key', '-n', 'client.admin', ...all])
    await command('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring)
    await daemon('ceph-mon', '-i', 'a')
    const osd = randomUUID()
    await command('ceph', 'osd', 'new', osd)
    await command('ceph-osd', '--mkfs', '-i', '0', '--osd-uuid', osd)
    await command('ceph', 'osd', 'crush', 'add', '0', '1.0', 'root=default', 'host=localhost')
    await daemon('ceph-osd', '-i', '0')
    await daemon('radosgw', '-n', 'client.admin')
    await Promise.all([
      makeUser(command, CEPH_KEYS).then(() => makeUser(command, CEPH_STRANGER, '--max-buckets=-1')),
      answering(`http://127.0.0.1:${port}`, children, untilMs),
    ])
  } catch (error) {
    await stop()
    throw new Error(`Ceph did not start: ${await reasonIn(folder, error)}`, { cause: error })
  }
  return { endpoint: `http://127.0.0.1:${port}`, stop }
}

/** A port for an engine, which was free a moment ago. @type {() => Promise<number>} */
export const cephPort = () => freePortFrom(PORTS.first + Math.floor(Math.random() * PORTS.count))

/** @type {(first: number) => Promise<number>} */
const freePortFrom = async (first) => {
  for (let port = first; port < first + PORTS.osd; port++) if (await isFree(port)) return port
  throw new Error(`expected a free port from ${first} on`)
}

/** @type {(command: (program: string, ...args: string[]) => Promise<unknown>, keys: typeof CEPH_KEYS, ...more: string[]) => Promise<unknown>} */
const makeUser = (command, { accessKeyId, secretAccessKey }, ...more) =>
  command(
    'radosgw-admin',
    ...['user', 'create', `--uid=${accessKeyId}`, `--display-name=${accessKeyId}`],
    ...[`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`, ...more],
  )

/** @type {(endpoint: string, children: readonly import('node:child_process').ChildProcess[], untilMs: number) => Promise<void>} */
const answering = async (endpoint, children, untilMs) => {
  while (performance.now() < untilMs) {
    const dead = children.find(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null)
    if (dead) throw new Error(`${dead.spawnfile} ended`)
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)
    await response?.arrayBuffer()
    if (response?.ok) return
    await setTimeout(100)
  }
  throw new Error(`${endpoint} did not answer in ${START_MS / 1000} s`)
}

/** The error, with the last lines of the daemons. @type {(folder: string, error: unknown) => Promise<string>} */
const reasonIn = async (folder, error) => {
  const outputs = await Promise.all(
    ['ceph-mon', 'ceph-osd', 'radosgw'].map((name) => readFile(join(folder, `${name}.out`), 'utf8').catch(() => '')),
  )
  return [error instanceof Error ? error.message : String(error), ...outputs.map((text) => text.slice(-1000))]
    .filter((text) => text !== '')
    .join('\n')
}

/** @type {(options: { folder: string, keyring: string, fsid: string, port: number, monitor: number }) => string} */
const configOf = ({ folder, keyring, fsid, port, monitor }) => `[global]
fsid = ${fsid}
mon host = [v1:127.0.0.1:${monitor}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
auth allow insecure global id reclaim = false
ms bind msgr2 = false
ms bind port min = ${monitor + 1}
ms bind port max = ${monitor + PORTS.osd}
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 2000
osd crush chooseleaf type = 0
osd objectstore = memstore
osd class update on start = false
osd crush update on start = false
memstore device bytes = 2147483648
run dir = ${folder}
admin socket =
log file = ${folder}/$name.log
crash dir = ${folder}
mon data = ${folder}/mon
osd data = ${folder}/osd
keyring = ${keyring}
rgw frontends = beast endpoint=127.0.0.1:${port} tcp_nodelay=1
rgw thread pool size = 64
rgw enable usage log = false
rgw enable gc threads = false
rgw enable lc threads = false
rgw run sync thread = false
debug default = 0
`
