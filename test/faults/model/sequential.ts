// Commands in order through two stores on the same data, and a model that is nothing but an array and two values.

import { cp, readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { TintypeError } from '../../../src/core/errors.ts'
import type { ProjectChange } from '../../../src/core/project/changes.ts'
import { createFileStore } from '../../../src/stores/file/file-store.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import type { Store } from '../../../src/stores/store.ts'
import { addImage, bytesOf, idsOf, readVariant } from '../../contracts/store.ts'
import { silent } from '../../support/store/file-store.ts'
import { parsePublished } from './published.ts'

export interface Command {
  /** Which of the two stores does it. */
  by: 0 | 1
  kind: 'add' | 'delete' | 'primary' | 'title' | 'order' | 'drop' | 'stranger' | 'reopen'
  /** Chooses among the images that there are. */
  pick: number
  title: string | null
}

export interface Plan {
  /** Begins with so many images that a few more or less make or join sealed runs. */
  long: boolean
  commands: readonly Command[]
}

export const PROJECT = 'shop'

/** An id that no image has. */
const STRANGER = 'z'.repeat(20)

export const plans = (): fc.Arbitrary<Plan> =>
  fc.record({
    long: fc.nat(9).map((n) => n === 0),
    commands: fc.array(
      fc.record({
        by: fc.constantFrom(0, 1),
        kind: fc.oneof(
          { weight: 8, arbitrary: fc.constant('add' as const) },
          { weight: 5, arbitrary: fc.constantFrom('delete' as const, 'primary' as const, 'order' as const) },
          { weight: 1, arbitrary: fc.constantFrom('title' as const, 'stranger' as const, 'reopen' as const) },
          { weight: 1, arbitrary: fc.constant('drop' as const) },
        ),
        pick: fc.nat(1000),
        title: fc.option(fc.string({ maxLength: 20 }), { nil: null }),
      }),
      { minLength: 3, maxLength: 14 },
    ),
  })

interface Model {
  exists: boolean
  title: string | null
  images: string[]
  primary: string | null
}

const nothing = (): Model => ({ exists: false, title: null, images: [], primary: null })

/** Runs a plan on a copy of the folder. @returns the first thing that is not as the model has it */
export const runCommands = async (
  { commands, long }: Plan,
  folder: string,
  longFolder: string,
): Promise<string | undefined> => {
  if (long) await cp(longFolder, folder, { recursive: true })
  const open = async (): Promise<Store> => {
    const store = createFileStore({ storageDir: folder, log: silent, sweepMs: 50 })
    await store.open()
    return store
  }
  const stores: [Store, Store] = [await open(), await open()]
  let model = nothing()
  const begun = await stores[0].project(PROJECT)
  if (begun)
    model = {
      exists: true,
      title: begun.title,
      images: (await idsOf(stores[0], PROJECT)) ?? [],
      primary: begun.primary_image_id,
    }
  let revision = begun?.revision ?? 0
  const gone: string[] = []
  try {
    for (const [at, command] of commands.entries()) {
      if (command.kind === 'reopen') {
        await stores[command.by].close()
        stores[command.by] = await open()
        continue
      }
      const before = model
      const { next, wanted, got } = await perform(stores[command.by], command, model)
      const where = `command ${at} (${JSON.stringify(command)})`
      if (got !== wanted) return `${where}: expected ${wanted}, got ${got}`
      model = next
      gone.push(...before.images.filter((id) => !model.images.includes(id)))
      for (const store of stores) {
        const wrong = await compare(store, folder, model, gone, command.pick)
        if (wrong) return `${where}: ${wrong}`
      }
      const now = (await stores[0].project(PROJECT))?.revision ?? revision
      if (now < revision || (now === revision && model.exists && !same(before, model)))
        return `${where}: revision ${now} after ${revision}`
      revision = now
    }
    return undefined
  } finally {
    await Promise.all(stores.map((store) => store.close()))
  }
}

const perform = async (store: Store, { kind, pick, title }: Command, model: Model) => {
  if (kind === 'add') {
    const id = await addImage(store, PROJECT)
    const from = model.exists ? model : nothing()
    const next = { ...from, exists: true, images: [...from.images, id], primary: from.primary ?? id }
    return { next, wanted: 'ok', got: 'ok' }
  }
  const id = kind === 'stranger' ? STRANGER : (model.images[pick % model.images.length] ?? STRANGER)
  const { change, next } = changeOf(kind, id, pick, title, model)
  const wanted = typeof next === 'string' ? next : 'ok'
  return { next: typeof next === 'string' ? model : next, wanted, got: await outcomeOf(store, change) }
}

/** The change, and what it makes of the model: a new one, or an error. */
const changeOf = (
  kind: Command['kind'],
  imageId: string,
  pick: number,
  title: string | null,
  model: Model,
): { change: ProjectChange; next: Model | string } => {
  const { images, primary, exists } = model
  const at = images.indexOf(imageId)
  const known = (next: Model, missing = 'image_not_found') => {
    if (!exists) return 'project_not_found'
    return at < 0 ? missing : next
  }
  switch (kind) {
    case 'title':
      return { change: { type: 'edit', title }, next: exists ? { ...model, title } : 'project_not_found' }
    case 'drop':
      return { change: { type: 'delete_project' }, next: exists ? nothing() : 'project_not_found' }
    case 'order': {
      const other = images[(pick * 7 + 3) % images.length] ?? STRANGER
      const first = other === imageId ? [imageId] : [imageId, other]
      const order = [...first, ...images.filter((id) => !first.includes(id))]
      return {
        change: { type: 'edit', imageOrder: first },
        next: known({ ...model, images: order }, 'invalid_parameter'),
      }
    }
    case 'primary':
      return { change: { type: 'set_primary', imageId }, next: known({ ...model, primary: imageId }) }
    default: {
      const left = images.filter((id) => id !== imageId)
      // The one that moved up to its place, or the first where it was the last.
      const heir = primary === imageId ? (left[at] ?? left[0] ?? null) : primary
      return { change: { type: 'delete_image', imageId }, next: known({ ...model, images: left, primary: heir }) }
    }
  }
}

const outcomeOf = async (store: Store, change: ProjectChange): Promise<string> => {
  try {
    await store.commit(PROJECT, change)
    return 'ok'
  } catch (error) {
    return error instanceof TintypeError ? error.code : String(error)
  }
}

const same = (a: Model, b: Model): boolean => JSON.stringify(a) === JSON.stringify(b)

const compare = async (
  store: Store,
  folder: string,
  model: Model,
  gone: readonly string[],
  pick: number,
): Promise<string | undefined> => {
  const state = await store.project(PROJECT)
  const found: Model = state
    ? { exists: true, title: state.title, images: (await idsOf(store, PROJECT)) ?? [], primary: state.primary_image_id }
    : nothing()
  if (!same(found, model)) return `expected ${JSON.stringify(model)}, found ${JSON.stringify(found)}`
  if ((state?.image_count ?? 0) !== model.images.length) return `image_count is ${state?.image_count}`
  const last = gone.at(-1)
  if (last !== undefined && (await readVariant(store, PROJECT, last)) !== undefined)
    return `${last} can be read, though deleted`
  const one = model.images[pick % model.images.length]
  if (one !== undefined && (await readVariant(store, PROJECT, one)) !== bytesOf(one, 'original'))
    return `${one} cannot be read`
  const published = await readFile(createPaths(folder).published(PROJECT), 'utf8').catch(() => undefined)
  if ((published !== undefined) !== model.exists) return `meta.json is ${published === undefined ? 'not ' : ''}there`
  if (published === undefined || !state) return undefined
  const { ids, ...project } = parsePublished(published)
  if (JSON.stringify(ids) !== JSON.stringify(model.images)) return `meta.json has the images ${ids}`
  if (
    project.revision !== state.revision ||
    project.primary_image_id !== model.primary ||
    project.title !== model.title
  )
    return `meta.json says ${JSON.stringify(project)}`
  return undefined
}
