import { existsSync } from 'node:fs'
import { mkdir, rmdir, stat, utimes } from 'node:fs/promises'
import { lock } from 'proper-lockfile'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createProjectLock } from '../../../../src/stores/file/commit/project-lock.ts'
import { createPaths } from '../../../../src/stores/file/paths.ts'
import { addImage } from '../../../contracts/store.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { openFileStore } from '../../../support/store/file-store.ts'

vi.mock('proper-lockfile', async (original) => {
  const real = await original<typeof import('proper-lockfile')>()
  return { ...real, lock: vi.fn(real.lock) }
})

const LOCK_STALE_MS = 2000

/** The folder of a project, as another process holds its lock since so many milliseconds ago, or not at all. */
const project = async ({ heldSinceMs }: { heldSinceMs?: number } = {}) => {
  const paths = createPaths(await temporaryFolder())
  await mkdir(paths.project('shop'), { recursive: true })
  if (heldSinceMs !== undefined) {
    await mkdir(paths.lock('shop'))
    const then = new Date(Date.now() - heldSinceMs)
    await utimes(paths.lock('shop'), then, then)
  }
  const withLock = createProjectLock({ paths, lockStaleMs: LOCK_STALE_MS, lockWaitMs: 100 })
  return { paths, withLock, isHeld: () => existsSync(paths.lock('shop')) }
}

describe('the lock of a project', () => {
  it('is held during the work and free afterwards, with the result or the error of the work', async () => {
    const { withLock, isHeld } = await project()
    expect(await withLock('shop', async () => isHeld())).toBe(true)
    expect(isHeld()).toBe(false)
    await expect(withLock('shop', () => Promise.reject(new Error('the work failed')))).rejects.toThrow(
      'the work failed',
    )
    expect(isHeld()).toBe(false)
  })

  it('admits one at a time', async () => {
    const paths = createPaths(await temporaryFolder())
    await mkdir(paths.project('shop'), { recursive: true })
    const withLock = createProjectLock({ paths, lockStaleMs: 10_000, lockWaitMs: 30_000 })
    let inside = 0
    const most = await Promise.all(
      Array.from({ length: 12 }, () =>
        withLock('shop', async () => {
          const now = ++inside
          await stat(paths.root)
          inside--
          return now
        }),
      ),
    )
    expect(most).toEqual(Array(12).fill(1))
  })

  it('is taken over where its holder is stale', async () => {
    const { withLock, isHeld } = await project({ heldSinceMs: LOCK_STALE_MS + 1000 })
    expect(await withLock('shop', async () => isHeld())).toBe(true)
    expect(isHeld()).toBe(false)
  })

  it('is busy where its holder is alive, and stays with it', async () => {
    const { withLock, isHeld } = await project({ heldSinceMs: 0 })
    const work = vi.fn()
    await expect(withLock('shop', work)).rejects.toMatchObject({ code: 'busy', retryAfterSeconds: 1 })
    expect(work).not.toHaveBeenCalled()
    expect(isHeld()).toBe(true)
  })

  it('is not released by a former holder that lost it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { paths, withLock, isHeld } = await project()
    await withLock('shop', async () => {
      await rmdir(paths.lock('shop'))
      await mkdir(paths.lock('shop'))
      await utimes(paths.lock('shop'), 1, 1)
      // The library checks its lock once a second, and finds that it is another one.
      await vi.advanceTimersByTimeAsync(LOCK_STALE_MS)
      while (vi.getTimerCount() > 0) await stat(paths.root)
      for (let n = 0; n < 50; n++) await stat(paths.lock('shop'))
    })
    expect(isHeld()).toBe(true)
  })

  it('is tried again where another process removed it as stale', async () => {
    const { withLock } = await project()
    vi.mocked(lock).mockRejectedValueOnce(Object.assign(new Error('no such file'), { code: 'ENOENT' }))
    expect(await withLock('shop', async () => 'done')).toBe('done')
  })

  it('is not waited for where the project has no folder, or the disk fails', async () => {
    const { withLock } = await project()
    await expect(withLock('other', async () => 'done')).rejects.toMatchObject({ code: 'ENOENT' })
    vi.mocked(lock).mockRejectedValueOnce(Object.assign(new Error('input/output error'), { code: 'EIO' }))
    await expect(withLock('shop', async () => 'done')).rejects.toMatchObject({ code: 'EIO' })
  })
})

describe('a store whose project is locked', () => {
  it('answers busy after the longest wait, and continues once the lock is stale or gone', async () => {
    const folder = await temporaryFolder()
    const store = await openFileStore(folder, { lockStaleMs: LOCK_STALE_MS, lockWaitMs: 50 })
    await addImage(store, 'shop')
    const held = createPaths(folder).lock('shop')
    await mkdir(held)
    const change = { type: 'edit', title: 'Spring' } as const
    await expect(store.commit('shop', change)).rejects.toMatchObject({ code: 'busy', retryAfterSeconds: 1 })
    expect((await store.project('shop'))?.title).toBeNull()
    const longAgo = new Date(Date.now() - LOCK_STALE_MS - 1000)
    await utimes(held, longAgo, longAgo)
    expect(await store.commit('shop', change)).toMatchObject({ title: 'Spring', revision: 2 })
    await store.close()
    expect(existsSync(held)).toBe(false)
  })
})
