// A project as it is shown: its state, its images page by page, and changes that are shown before they are stored.

import { batch, computed, signal } from '@preact/signals'
import { type components, dataOf } from '../../client/index.ts'
import { isCode, tintype } from '../app/api.ts'
import { withSession } from '../app/session.ts'
import { sayError } from '../app/toasts.ts'
import { changedBeginning } from '../pictures/order.ts'
import { createSelection } from '../pictures/selection.ts'

type Schemas = components['schemas']
export type Project = Schemas['Project']
export type Image = Schemas['ListedImage']

export const SORTS = ['order', '-uploaded', 'uploaded', '-taken', 'taken', 'name', '-name'] as const
export type Sort = (typeof SORTS)[number]

export interface Query {
  sort: Sort
  q: string
  /** Undefined for images with any tags. */
  tag: string | undefined
}

const PAGE = 100
/** Longest page that the API gives. */
const LONGEST_PAGE = 1000

export type ProjectModel = ReturnType<typeof createProjectModel>

export const createProjectModel = (projectId: string) => {
  const project = signal<Project | undefined>(undefined)
  const all = signal<readonly Image[]>([])
  const hidden = signal<ReadonlySet<string>>(new Set())
  const isComplete = signal(false)
  const problem = signal<unknown>(undefined)
  const query = signal<Query>({ sort: 'order', q: '', tag: undefined })
  const selection = createSelection()
  const images = computed(() =>
    hidden.value.size === 0 ? all.value : all.value.filter(({ id }) => !hidden.value.has(id)),
  )
  /** The least until it is known. */
  const permission = computed(() => project.value?.permission ?? 'read')
  const mayEdit = computed(() => permission.value === 'write' || permission.value === 'manage')
  /** False for guests of a link without originals and archives. */
  const mayDownload = computed(() => project.value !== undefined && project.value.link?.download !== false)
  const params = { path: { project_id: projectId } }

  const pagesOf = ({ sort, q, tag }: Query, limit: number, after?: string | null) =>
    tintype
      .images(projectId, {
        limit,
        sort,
        after: after ?? undefined,
        ...(q && { q }),
        ...(tag !== undefined && { tag: [tag] }),
      })
      .pages()
      [Symbol.asyncIterator]()

  /** What may not be read any more is not shown any more, after signing out for example. */
  const fail = (error: unknown): void =>
    batch(() => {
      problem.value = error
      if (!isCode(error, 'project_not_found')) return
      project.value = undefined
      all.value = []
    })

  let pages = pagesOf(query.value, PAGE)
  /** `next` of the last page that is shown. */
  let next: string | null | undefined
  let reading: Promise<void> | undefined

  const readPage = async (isFirst: boolean): Promise<void> => {
    const from = pages
    try {
      const { value: page, done } = await withSession(() => from.next())
      if (from !== pages) return
      batch(() => {
        const shown = isFirst ? [] : all.value
        const known = new Set(shown.map(({ id }) => id))
        const added = page?.images.filter(({ id }: Image) => !known.has(id)) ?? []
        all.value = isFirst ? sameWhereEqual(all.value, added) : [...shown, ...added]
        next = page?.next
        isComplete.value = done === true || page.next === null
        problem.value = undefined
      })
    } catch (error) {
      if (from === pages) fail(error)
    }
  }

  const once = (isFirst: boolean): Promise<void> => {
    const own = readPage(isFirst).finally(() => {
      if (reading === own) reading = undefined
    })
    reading = own
    return own
  }

  const readImages = (limit = PAGE): Promise<void> => {
    pages = pagesOf(query.value, limit)
    return once(true)
  }

  const readProject = async (): Promise<void> => {
    try {
      project.value = await withSession(() => dataOf(tintype.api.GET('/projects/{project_id}', { params })))
    } catch (error) {
      fail(error)
    }
  }

  /** Waits for a read that is under way in place of another one: callers in a loop would not let it end. */
  const more = async (): Promise<void> => {
    if (reading) await reading
    else if (!isComplete.value && problem.value === undefined) await once(false)
  }

  /** Selects all images of the query, also those that are not shown yet: these are read first, in the longest pages. */
  const selectAll = async (): Promise<void> => {
    const { value: wanted } = query
    await reading
    if (query.value === wanted && !isComplete.value) pages = pagesOf(wanted, LONGEST_PAGE, next)
    while (query.value === wanted && !isComplete.value && problem.value === undefined) await more()
    if (query.value === wanted && isComplete.value) selection.set(images.value.map(({ id }) => id))
  }

  /** Reads as many images as are shown, in place of them: pages that were equal stay as they are. */
  const refresh = async (): Promise<void> => {
    const wanted = all.value.length
    await Promise.all([readProject(), readImages(Math.min(LONGEST_PAGE, Math.max(PAGE, wanted)))])
    while (all.value.length < wanted && !isComplete.value && problem.value === undefined) await more()
    selection.keep(new Set(all.value.map(({ id }) => id)))
  }

  const edit = async (body: Schemas['ProjectEdit']): Promise<void> => {
    project.value = await withSession(() => dataOf(tintype.api.PATCH('/projects/{project_id}', { params, body })))
  }

  return {
    ...{ projectId, project, images, isComplete, problem, query, selection },
    ...{ readProject, more, refresh, selectAll, edit, mayEdit },

    mayUpload: computed(() => permission.value !== 'read'),
    mayManage: computed(() => permission.value === 'manage'),
    mayDownload,
    /** False for guests who may not download: there would be nothing to do with a selection. */
    maySelect: computed(() => mayEdit.value || mayDownload.value),

    /** Whether images stand in the order of the project, without a filter: they can be moved. */
    isOrdered: computed(() => query.value.sort === 'order' && query.value.q === '' && query.value.tag === undefined),

    async read(): Promise<void> {
      problem.value = undefined
      await Promise.all([readProject(), readImages()])
    },

    has: (imageId: string): boolean => all.value.some(({ id }) => id === imageId),

    async find(change: Partial<Query>): Promise<void> {
      query.value = { ...query.value, ...change }
      selection.clear()
      isComplete.value = false
      await readImages()
    },

    /** Shows an image that was stored just now, if its place is known. */
    add({ image_id, ...image }: Schemas['UploadedImage']): void {
      if (image.project_id !== projectId) return
      const isNew = !all.value.some(({ id }) => id === image_id)
      if (
        isNew &&
        isComplete.value &&
        query.value.sort === 'order' &&
        query.value.q === '' &&
        query.value.tag === undefined
      )
        all.value = [...all.value, { id: image_id, ...image }]
      const { value } = project
      if (value && isNew && !image.deduplicated) project.value = { ...value, image_count: value.image_count + 1 }
    },

    async editImage(image_id: string, body: Schemas['ImageEdit']): Promise<void> {
      const edited = await withSession(() =>
        dataOf(
          tintype.api.PATCH('/projects/{project_id}/images/{image_id}', {
            params: { path: { project_id: projectId, image_id } },
            body,
          }),
        ),
      )
      all.value = all.value.map((image) => (image.id === image_id ? { ...image, ...edited } : image))
    },

    async setCover(image_id: string): Promise<void> {
      const path = { project_id: projectId, image_id }
      const { primary_image_id } = await withSession(() =>
        dataOf(tintype.api.PUT('/projects/{project_id}/primary/{image_id}', { params: { path } })),
      )
      all.value = all.value.map((image) => {
        const is_primary = image.id === primary_image_id
        return image.is_primary === is_primary ? image : { ...image, is_primary }
      })
    },

    /** Shows another order at once, and stores it; where that fails, shows the stored one. */
    async reorder(after: readonly string[]): Promise<void> {
      const before = all.value.map(({ id }) => id)
      const beginning = changedBeginning(before, after)
      if (beginning.length === 0) return
      const byId = new Map(all.value.map((image) => [image.id, image]))
      all.value = [...after, ...hidden.value].flatMap((id) => byId.get(id) ?? [])
      try {
        await edit({ image_order: [...beginning] })
      } catch (error) {
        sayError(error)
        await refresh()
      }
    },

    /** Hides images that are about to be deleted. */
    hide(ids: ReadonlySet<string>): void {
      hidden.value = new Set([...hidden.value, ...ids])
      selection.keep(new Set(images.value.map(({ id }) => id)))
    },

    show(ids: ReadonlySet<string>): void {
      hidden.value = new Set([...hidden.value].filter((id) => !ids.has(id)))
    },
  }
}

/** Keeps the objects of images that have not changed, so that they need not be drawn again. */
const sameWhereEqual = (before: readonly Image[], after: readonly Image[]): readonly Image[] => {
  const byId = new Map(before.map((image) => [image.id, image]))
  return after.map((image) => {
    const known = byId.get(image.id)
    return known && JSON.stringify(known) === JSON.stringify(image) ? known : image
  })
}
