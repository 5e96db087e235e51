// Projects that change under a request: every answer shows the state that was authorized, or a newer one judged again.

import { copyFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { Principal } from '../../src/core/auth/access.ts'
import type { ProjectChange } from '../../src/core/project/changes.ts'
import { parsePresets } from '../../src/core/transform/presets.ts'
import { createApp } from '../../src/http/app.ts'
import { createTransformRequestParser } from '../../src/http/request/transform-request.ts'
import { problemSchema } from '../../src/http/schemas/problem.ts'
import type { RenderJob } from '../../src/image/encoder.ts'
import { createAssetService } from '../../src/services/images/assets.ts'
import { createImageService } from '../../src/services/images/images.ts'
import { createRenders } from '../../src/services/images/renders.ts'
import { createVariants } from '../../src/services/images/variants.ts'
import { createArchives } from '../../src/services/transfer/archives.ts'
import type { Catalogue } from '../../src/stores/catalogue/catalogue.ts'
import { createRenderCache } from '../../src/stores/render-cache/render-cache.ts'
import type { Stage, Store } from '../../src/stores/store.ts'
import { addImage, fill, recordOf } from '../contracts/store.ts'
import { openApp } from '../support/app-parts.ts'
import { fileStoreFixture, silent } from '../support/store/file-store.ts'
import { openCatalogue, openProjectService } from '../support/store/project-service.ts'

const unused = () => Promise.reject(new Error('not used'))

type Read =
  | 'project'
  | 'images'
  | 'imagePage'
  | 'openVariant'
  | 'findVariant'
  | 'statVariant'
  | 'withLocalFile'
  | 'cover'
  | 'commit'
  | 'transition'

/** A store that runs `flip` at its n-th moment: there is one before and one behind each asynchronous call. */
const flippingStore = (own: Store, moment: number, flip: () => Promise<void>) => {
  let moments = 0
  const pass = async () => {
    if (moments++ === moment) await flip()
  }
  const around = async <T>(call: () => Promise<T>): Promise<T> => {
    await pass()
    const result = await call()
    await pass()
    return result
  }
  const store: Pick<Store, Read | 'current' | 'recent' | 'currentVariant'> = {
    // The asynchronous ones are used instead.
    current: () => undefined,
    recent: () => undefined,
    currentVariant: () => undefined,
    project: (...args) => around(() => own.project(...args)),
    images: (...args) => around(() => own.images(...args)),
    imagePage: (...args) => around(() => own.imagePage(...args)),
    openVariant: (...args) => around(() => own.openVariant(...args)),
    findVariant: (...args) => around(() => own.findVariant(...args)),
    statVariant: (...args) => around(() => own.statVariant(...args)),
    withLocalFile: (...args) => around(() => own.withLocalFile(...args)),
    cover: (...args) => around(() => own.cover(...args)),
    commit: (...args) => around(() => own.commit(...args)),
    transition: (...args) => around(() => own.transition(...args)),
  }
  return { store: { ...own, ...store }, hasFlipped: () => moments > moment }
}

/** The API for one principal, with encoders that copy. */
const appOn = (store: Store, catalogue: Catalogue, storageDir: string, principal: Principal) => {
  const variants = createVariants({ store })
  const encoders = {
    encode: unused,
    render: async ({ source, target = '' }: RenderJob) => {
      await copyFile(source, target)
      return { width: 1, height: 1, bytes: 1 }
    },
    assertRoom() {},
    draw: unused,
    turn: unused,
    waitingOf: () => 0,
    close: async () => {},
  }
  const parts = openApp()
  return createApp({
    ...parts,
    policies: { ...parts.policies, identify: async () => ({ principal }), identifyNow: () => ({ principal }) },
    store,
    images: createImageService({ store, encoders, variants }),
    assets: createAssetService({ store, variants }),
    projects: openProjectService(store, storageDir, { catalogue }),
    archives: createArchives({ store }),
    variants,
    renders: createRenders({ store, encoders, cache: createRenderCache({ storageDir, log: silent }) }),
    transformRequests: createTransformRequestParser({ presets: parsePresets('card:w=10') }),
    version: '1',
    startedAt: 0,
    acceptedTypes: () => ['image/jpeg'],
    check: unused,
    maxUploadBytes: 1000,
    maxBulkFiles: 10,
    maxBulkBytes: 10_000,
    log: silent,
  })
}

interface Scenario {
  principal: Principal
  /** Before the request. */
  before: Omit<ProjectChange & { type: 'edit' }, 'type'>
  /** Under it, in order; then the secret image is added and becomes the cover. */
  under: readonly ((open: string) => ProjectChange)[]
}

const SECRET: ProjectChange & { type: 'edit' } = { type: 'edit', title: 'secret' }

const SCENARIOS: Record<string, Scenario> = {
  'a member is removed': {
    principal: { kind: 'user', id: 'viewer' },
    before: { visibility: 'private', members: { viewer: 'viewer' } },
    under: [() => ({ ...SECRET, members: { viewer: null } })],
  },
  'a public project turns private and loses the image': {
    principal: { kind: 'anonymous' },
    before: { visibility: 'public' },
    under: [() => ({ ...SECRET, visibility: 'private' }), (imageId: string) => ({ type: 'delete_image', imageId })],
  },
}

/** `{open}`: an image of the project; `{secret}`: one that is added under the request. */
const READS = [
  '',
  '/images',
  '/images/{open}?size=thumb',
  '/images/{open}/game.webp',
  '/images/{open}/render?preset=card',
  '/images/{secret}?size=thumb',
  '/images/{secret}/game.webp',
  '/thumbnail',
  '/cover.jpg?size=game',
  '/cover.webp',
]

/** A project with an image, and the staged one that a flip adds. */
const makeProject = async ({ store, other }: Stores, projectId: string, { before, under }: Scenario) => {
  const open = await addImage(store, projectId)
  await store.commit(projectId, { type: 'edit', title: 'shown', ...before })
  const stage: Stage = await other.stage(projectId)
  await fill(stage)
  const secret = stage.imageId
  const flip = async () => {
    await stage.publish()
    for (const change of under) await other.commit(projectId, change(open))
    await other.commit(projectId, { type: 'add_image', image: recordOf(secret) }, { stage })
    await other.commit(projectId, { type: 'set_primary', imageId: secret })
    await stage.discard()
  }
  return { projectId, open, secret, flip }
}

interface Run {
  projectId: string
  secret: string
  status: number
  text: string
}

type MakeRequest = (projectId: string, open: string, secret: string) => [path: string, init?: RequestInit]

type Stores = Awaited<ReturnType<typeof openStores>>

const openStores = async () => {
  const { store, another, folder } = await fileStoreFixture()
  return { store, other: await another(), catalogue: openCatalogue(store, folder), folder }
}

let projects = 0

/** Sends a request whose project changes under it at its n-th moment. */
const runAt = async (stores: Stores, scenario: Scenario, request: MakeRequest, moment: number) => {
  const projectId = `p${projects++}`
  const { open, secret, flip } = await makeProject(stores, projectId, scenario)
  const flipping = flippingStore(stores.store, moment, flip)
  const app = appOn(flipping.store, stores.catalogue, stores.folder, scenario.principal)
  const response = await app.request(...request(projectId, open, secret))
  const run: Run = { projectId, secret, status: response.status, text: await response.text() }
  return { ...run, hasFlipped: flipping.hasFlipped() }
}

/** Sends a request for each moment, and returns how many there are. */
const atEachMoment = async (run: (moment: number) => ReturnType<typeof runAt>, check: (run: Run) => void) => {
  for (let moment = 0; ; moment++) {
    const { hasFlipped, ...result } = await run(moment)
    if (!hasFlipped) return moment
    check(result)
  }
}

describe.each(Object.entries(SCENARIOS))('where %s under a request', (_, scenario) => {
  it('a read shows what was readable, or that there is no project', async () => {
    const stores = await openStores()
    const check = async (path: string) => {
      const request: MakeRequest = (projectId, open, secret) => [
        `/projects/${projectId}${path.replace('{open}', open).replace('{secret}', secret)}`,
      ]
      const moments = await atEachMoment(
        (moment) => runAt(stores, scenario, request, moment),
        ({ secret, status, text }) => {
          if (status === 200)
            expect([path, text.includes('secret'), text.includes(secret)]).toEqual([path, false, false])
          // The readable state has no such image.
          else if (path.includes('{secret}')) expect(['image_not_found', 'project_not_found']).toContain(codeOf(text))
          else expect([path, codeOf(text)]).toEqual([path, 'project_not_found'])
        },
      )
      expect(moments, path).toBeGreaterThanOrEqual(2)
    }
    await Promise.all(READS.map(check))
  })

  it('the list of projects shows the state that was judged, or no such project', async () => {
    const moments = await atEachMoment(
      async (moment) => runAt(await openStores(), scenario, () => ['/projects'], moment),
      ({ secret, status, text }) => {
        expect([status, text.includes('secret'), text.includes(secret)]).toEqual([200, false, false])
      },
    )
    // Of the read of the project, and of that of its cover.
    expect(moments).toBe(4)
  })
})

it.each<[method: string, path: string, body?: unknown]>([
  ['PATCH', '', { title: 'mine' }],
  ['PUT', '/primary/{open}'],
  ['DELETE', '/images/{open}'],
  ['POST', '/images/delete', { image_ids: ['z'.repeat(20)] }],
])('%s %s shows the state of its own commit, or no project where the editor is removed', async (method, path, body) => {
  const stores = await openStores()
  const removed: Scenario = {
    principal: { kind: 'user', id: 'editor' },
    before: { visibility: 'private', members: { editor: 'editor' } },
    under: [() => ({ ...SECRET, members: { editor: null } })],
  }
  const request: MakeRequest = (projectId, open) => [
    `/projects/${projectId}${path.replace('{open}', open)}`,
    { method, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } },
  ]
  const statuses: number[] = []
  await atEachMoment(
    (moment) => runAt(stores, removed, request, moment),
    ({ secret, status, text }) => {
      statuses.push(status)
      expect([text.includes('secret'), text.includes(secret)]).toEqual([false, false])
      if (status !== 200) expect(codeOf(text)).toBe('project_not_found')
    },
  )
  // The answer to a PATCH reads the cover of the state that it led to.
  const ofCover = method === 'PATCH' ? [200, 200] : []
  expect(statuses).toEqual([404, 404, 404, 200, ...ofCover])
})

const codeOf = (text: string): string => problemSchema.parse(JSON.parse(text)).code
