// Visibility and members of a project survive damage, and revisions of older versions.

import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { accessOf } from '../../../src/core/auth/access.ts'
import { readHistory } from '../../../src/stores/file/doctor/read/history.ts'
import type { Paths } from '../../../src/stores/file/paths.ts'
import { ADMIN, createAccessApp, keyOf } from '../../support/auth/access.ts'
import { copyOf, examine, withStore } from '../../support/store/doctor.ts'
import { smallStore } from '../../support/store/doctor-stores.ts'

let small: { storageDir: string }

beforeAll(async () => {
  small = await smallStore()
})

/** The access rules, without the creation of the project, which only its share links are bound to. */
const access = (storageDir: string) =>
  withStore(storageDir, async (store) => {
    const project = await store.project('shop')
    if (!project) return undefined
    const { created_at, ...rules } = accessOf(project)
    return rules
  })

const newestText = async (paths: Paths) =>
  readFile(paths.revision('shop', (await readHistory(paths, 'shop')).at(-1)?.number ?? 0), 'utf8')

const SHARED = { visibility: 'private', members: { ada: 'editor', constructor: 'viewer' } } as const

const share = (storageDir: string) =>
  withStore(storageDir, (store) => store.commit('shop', { type: 'edit', ...SHARED }))

describe('a project without owner and members', () => {
  it('is public, and has the file format of stores without owners', async () => {
    const { storageDir, paths } = await copyOf(small.storageDir)
    await withStore(storageDir, (store) => store.commit('shop', { type: 'edit', title: 'A new title' }))
    const text = await newestText(paths)
    expect(text).toContain('A new title')
    expect(text).not.toMatch(/visibility|members|owner_id/)
    expect(await access(storageDir)).toEqual({ owner_id: null, visibility: 'public', members: {} })
  })
})

describe('a private project', () => {
  it('is private to every later reader', async () => {
    const { storageDir } = await copyOf(small.storageDir)
    await share(storageDir)
    expect(await access(storageDir)).toEqual({ owner_id: null, ...SHARED })
  })

  it('has the meta.json of its revision, with owner and members', async () => {
    const { storageDir, ask, upload, join } = await createAccessApp()
    const { who } = await join('ada')
    for (const [project, by] of Object.entries({ key: keyOf(ADMIN), user: who })) {
      await upload(by, project)
      await ask(by, 'PATCH', `/projects/${project}`, { visibility: 'private', members: { 2: 'viewer', 1: 'editor' } })
      await ask(by, 'PATCH', `/projects/${project}`, { title: 'Shared' })
    }
    expect((await examine(storageDir)).findings).toEqual([])
  })

  it('is recovered from meta.json with all its members', async () => {
    const { storageDir, paths } = await copyOf(small.storageDir)
    await share(storageDir)
    await rm(paths.meta('shop'), { recursive: true })
    expect((await examine(storageDir, { fix: true })).remaining).toBe(0)
    expect(await access(storageDir)).toEqual({ owner_id: null, ...SHARED })
  })

  it('stays private where every record of its visibility is lost and the store has keys', async () => {
    for (const [hasKeys, visibility] of [
      [true, 'private'],
      [false, 'public'],
    ] as const) {
      const { storageDir, paths } = await copyOf(small.storageDir)
      await share(storageDir)
      if (hasKeys) await mkdir(join(storageDir, '.accounts/keys'), { recursive: true })
      await rm(paths.meta('shop'), { recursive: true })
      await rm(paths.published('shop'))
      expect((await examine(storageDir, { fix: true })).remaining).toBe(0)
      expect((await access(storageDir))?.visibility).toBe(visibility)
    }
  })
})
