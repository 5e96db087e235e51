// A real RabbitMQ, from Debian's package: on loopback, with its data in a folder of its own, ended by its process group.
// Plain JavaScript with types beside it, because benchmarks run without a compiler.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../net/ports.mjs'

/** Without the wrapper of /usr/sbin, which changes the user. */
const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server'
const CONTROL = '/usr/lib/rabbitmq/bin/rabbitmqctl'
const ERLANG = '/usr/lib/erlang'

/** Longest time of a start, in milliseconds: one takes 6 to 15 s on two cores. */
const START_MS = 180_000

export const hasRabbitMq = () => existsSync(SERVER)

/** @type {import('./rabbitmq.d.mts').createRabbitMq} */
export const createRabbitMq = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-rabbitmq-'))
  const [port, distribution, epmd] = [await freePort(), await freePort(), await freePort()]
  await mkdir(join(folder, 'log'))
  await writeFile(join(folder, 'enabled_plugins'), '[].\n')
  await writeFile(
    join(folder, 'rabbitmq.conf'),
    [
      `listeners.tcp.1 = 127.0.0.1:${port}`,
      'distribution.listener.interface = 127.0.0.1',
      `distribution.listener.port_range.min = ${distribution}`,
      `distribution.listener.port_range.max = ${distribution}`,
      'default_user = test',
      'default_pass = secret-of-the-test',
      'disk_free_limit.absolute = 50MB',
      'vm_memory_high_watermark.absolute = 512MB',
      '',
    ].join('\n'),
  )
  const env = {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: folder,
    RABBITMQ_NODENAME: `tintype${port}@localhost`,
    // Without it a broker does not start while another one has the default.
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    ERL_EPMD_PORT: String(epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none',
  }
  const running = new Set()
  let output = ''

  const startProgram = (program, args) => {
    const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    running.add(child)
    child.once('exit', () => running.delete(child))
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-20_000)
      })
    return child
  }

  const control = async (...args) => {
    const child = startProgram(CONTROL, args)
    const [code] = await once(child, 'exit')
    if (code !== 0) throw new Error(`rabbitmqctl ${args[0]} failed:\n${output}`)
  }

  const kill = async () => {
    await Promise.all(
      [...running].map(async (child) => {
        const ended = once(child, 'exit')
        if (child.pid !== undefined) killGroup(child.pid)
        await ended
      }),
    )
  }

  return {
    url: `amqp://test:secret-of-the-test@127.0.0.1:${port}`,

    async start() {
      // In a process of its own: the one that a broker starts outlives it.
      startProgram(await findEpmd(), ['-port', String(epmd), '-address', '127.0.0.1'])
      const server = startProgram(SERVER, [])
      const end = Date.now() + START_MS
      while (!(await greets(port))) {
        if (server.exitCode !== null || Date.now() > end) throw new Error(`RabbitMQ does not start:\n${output}`)
        await sleep(100)
      }
    },

    async block(isBlocked) {
      // At 0, every connection that publishes is blocked.
      await control('set_vm_memory_high_watermark', ...(isBlocked ? ['0'] : ['absolute', '512MB']))
    },

    async addUser(name, password) {
      await control('add_user', name, password)
      await control('set_permissions', name, '.*', '.*', '.*')
    },

    kill,

    async remove() {
      await kill()
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

const findEpmd = async () => {
  const runtime = (await readdir(ERLANG)).find((name) => name.startsWith('erts-'))
  if (runtime === undefined) throw new Error(`expected a folder erts-… in ${ERLANG}`)
  return join(ERLANG, runtime, 'bin', 'epmd')
}

/** True where the broker starts a handshake: it listens before it is ready for one. */
const greets = async (port) => {
  const socket = connect({ port, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    socket.write('AMQP\0\0\x09\x01')
    await once(socket, 'data', { signal: AbortSignal.timeout(2000) })
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

const killGroup = (pid) => {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
