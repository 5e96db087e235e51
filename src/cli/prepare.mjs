// Prepares a clone: installs missing packages, builds dist/ where it is older than its sources, and then serves
// (`prepare.mjs start`) or runs a command (`prepare.mjs cli key list`). Plain JavaScript on Node's own modules, because
// it runs before anything is installed or built.

import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const at = (...names) => join(root, ...names)
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))
const say = (line) => process.stderr.write(`tintype: ${line}\n`)

/** State of this script; ignored by git and not in the npm package. */
const NOTES = at('.prepare')
const STAMP = join(NOTES, 'built')
/** A cold `npm ci` over a slow line takes minutes. After this time the error names the lock file. */
const LONGEST_WAIT_MS = 15 * 60_000

const main = async ([command, ...flags]) => {
  assertNode()
  if (!isInstalled() || !isBuilt())
    await alone(async () => {
      // Checked again: another process may have done it meanwhile.
      if (!isInstalled()) await install()
      if (!isBuilt()) await build()
    })
  if (command !== 'start' && command !== 'cli') return
  // In this process, so that signals sent to `npm start` reach the server.
  const cli = at('dist', 'cli', 'main.js')
  process.argv = [process.argv[0], cli, ...(command === 'start' ? ['serve'] : []), ...flags]
  await import(new URL('../../dist/cli/main.js', import.meta.url).href)
}

const assertNode = () => {
  const wanted = readJson(at('package.json')).engines.node.replace('>=', '')
  const [major, minor] = wanted.split('.').map(Number)
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number)
  if (haveMajor < major || (haveMajor === major && haveMinor < minor))
    throw new Error(`Tintype needs Node ${wanted} or newer, this is Node ${process.versions.node}.`)
}

/** True where each package of the lock file that this machine needs is installed in its version. */
const isInstalled = () => {
  const installedPath = at('node_modules', '.package-lock.json')
  if (!existsSync(installedPath)) return false
  const installed = readJson(installedPath).packages
  return Object.entries(readJson(at('package-lock.json')).packages).every(([path, wanted]) => {
    if (path === '') return true
    const found = installed[path]
    return found ? found.version === wanted.version && found.integrity === wanted.integrity : wanted.optional === true
  })
}

const install = async () => {
  say('installing packages with npm ci (only the first time, and when package-lock.json changes) ...')
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const npm = process.env.npm_execpath
  // npm is a script of its own on Windows, which only a shell can start.
  if (npm) await run(process.execPath, [npm, ...args])
  else await run('npm', args, { shell: process.platform === 'win32' })
}

const isBuilt = () =>
  existsSync(at('dist', 'cli', 'main.js')) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === signature()

/** Hash over name, size and time of each file that the build reads. */
const signature = () => {
  const hash = createHash('sha256')
  for (const path of [at('package-lock.json'), at('tsconfig.json'), ...filesIn(at('src')).sort()]) {
    const { size, mtimeMs } = statSync(path)
    hash.update(`${relative(root, path)} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

const build = async () => {
  say('building dist/ ...')
  const before = signature()
  const fresh = join(NOTES, 'dist')
  rmSync(fresh, { recursive: true, force: true })
  // Types are checked by `npm run check`, so that a server starts in spite of a type error.
  await run(process.execPath, [
    at('node_modules', 'typescript', 'bin', 'tsc'),
    ...['-p', at('src', 'tsconfig.json'), '--noCheck', '--outDir', fresh],
  ])
  const vite = at('node_modules', 'vite', 'bin', 'vite.js')
  const args = [vite, 'build', at('src', 'gallery'), '--outDir', join(fresh, 'gallery'), '--logLevel', 'error']
  // Of another environment, such as that of tests, vite takes parts for developers into the scripts.
  await run(process.execPath, args, { env: { ...process.env, NODE_ENV: 'production' } })
  // Renamed file by file: a process that runs from dist/ finds each file whole, old or new.
  const names = filesIn(fresh).map((path) => relative(fresh, path))
  for (const name of names) {
    mkdirSync(dirname(at('dist', name)), { recursive: true })
    renameSync(join(fresh, name), at('dist', name))
  }
  for (const path of filesIn(at('dist'))) if (!names.includes(relative(at('dist'), path))) rmSync(path)
  rmSync(fresh, { recursive: true })
  writeFileSync(STAMP, before)
}

const filesIn = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

/** Runs a program with its output on stderr. stdout stays free for what the command itself prints. */
const run = async (program, args, options) => {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 2, 2], ...options })
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve))
  if (code !== 0) throw new Error(`${args.join(' ')} failed (exit code ${code}); see the lines above.`)
}

/**
 * Runs a task while no other process runs one in this clone. The lock is a row of numbered files: the highest number
 * has the turn until its file is empty or its process is gone. Numbers only grow and are taken by `link`, so two that
 * find the same dead owner cannot both follow it.
 */
const alone = async (task) => {
  const folder = join(NOTES, 'turns')
  mkdirSync(folder, { recursive: true })
  const deadline = Date.now() + LONGEST_WAIT_MS
  for (let waited = false; ; ) {
    const last = highestTurn(folder)
    if (isTaken(join(folder, String(last)))) {
      if (!waited) say('another process is preparing this folder, waiting for it ...')
      waited = true
      if (Date.now() > deadline) throw new Error(`still waiting for the process named in ${folder}/${last}`)
      await sleep(100)
      continue
    }
    const mine = join(folder, String(last + 1))
    if (!take(mine)) continue
    if (highestTurn(folder) !== last + 1) {
      rmSync(mine, { force: true })
      continue
    }
    for (const turn of turnsIn(folder)) if (turn <= last) rmSync(join(folder, String(turn)), { force: true })
    try {
      return await task()
    } finally {
      writeFileSync(mine, '')
    }
  }
}

const turnsIn = (folder) =>
  readdirSync(folder)
    .map(Number)
    .filter((turn) => Number.isInteger(turn))

const highestTurn = (folder) => Math.max(0, ...turnsIn(folder))

const take = (path) => {
  const draft = `${path}.${randomUUID()}`
  writeFileSync(draft, String(process.pid))
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft)
  }
}

const isTaken = (path) => {
  try {
    const pid = readFileSync(path, 'utf8')
    if (pid === '') return false
    process.kill(Number(pid), 0)
    return true
  } catch (error) {
    // A process of another user (EPERM) is alive too.
    return error.code === 'EPERM'
  }
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  say(error.message)
  process.exitCode = 1
}
