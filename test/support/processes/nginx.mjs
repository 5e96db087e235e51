// Debian's nginx with a configuration of our own, in a folder of its own, ended by its id.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { takesConnections } from '../net/ports.mjs'

/** @type {() => boolean} */
export const hasNginx = () => {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/**
 * Starts one worker. As root it stays root, so that it may read the temporary folders of a test.
 *
 * @type {(options: { folder: string, port: number, http: string, under?: readonly string[] }) => Promise<{ pid: number, stop: () => Promise<void> }>}
 */
export const startNginx = async ({ folder, port, http, under = [] }) => {
  await mkdir(join(folder, 'temporary'), { recursive: true })
  const config = join(folder, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (what) => `${what}_temp_path ${join(folder, 'temporary', what)};`,
  )
  await writeFile(
    config,
    [
      process.getuid?.() === 0 ? 'user root;' : '',
      'daemon off; worker_processes 1;',
      `pid ${join(folder, 'nginx.pid')};`,
      'events { worker_connections 512; }',
      `http { access_log ${join(folder, 'access.log')}; ${temporary.join(' ')}`,
      http,
      '}',
    ].join('\n'),
  )
  const [program, ...before] = [...under, 'nginx']
  const child = spawn(program, [...before, '-p', folder, '-c', config, '-e', join(folder, 'error.log')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(child, 'exit')
  ended.catch(() => {})
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  while (child.exitCode === null && !(await takesConnections(port))) await setTimeout(50)
  if (child.exitCode !== null || child.pid === undefined) throw new Error('nginx did not start')
  return { pid: child.pid, stop }
}
