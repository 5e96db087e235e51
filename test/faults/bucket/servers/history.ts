// What clients sent to several servers and what was acknowledged, and what lists may show after it.
//
// An operation without an answer may have happened at any time from its start until nothing of its server can reach the
// bucket any more. Times are of `performance.now()`.

export interface Upload {
  projectId: string
  /** Of the file, in hex. Each upload has another file. */
  sha256: string
  startMs: number
  acknowledged?: { imageId: string; atMs: number }
}

/** Of an image, or of a whole project. */
export interface Removal {
  startMs: number
  /** When it was acknowledged, or can not happen any more. */
  endMs: number
  isAcknowledged: boolean
}

export interface Listed {
  primary_image_id: string | null
  images: readonly { id: string; is_primary: boolean; sha256: { upload: string; thumb: string } }[]
}

export interface History {
  uploads: readonly Upload[]
  /** To be called before the request goes out. @returns the upload, to be marked as acknowledged */
  upload(projectId: string, sha256: string): Upload
  /** To be called before the request goes out. @returns the removal, whose end is open */
  deleteImage(imageId: string): Removal
  /** As {@link deleteImage}. */
  deleteProject(projectId: string): Removal
  /** True where a removal that was sent explains that an acknowledged image is not there. */
  isRemovalSent(upload: Upload): boolean
  /** What is wrong with a list, one line each. @param startMs of its request */
  wrongIn(projectId: string, list: Listed, startMs: number): string[]
}

export const createHistory = (): History => {
  const uploads: Upload[] = []
  /** By image id. */
  const deletions = new Map<string, Removal>()
  /** By project. */
  const drops = new Map<string, Removal[]>()

  const open = (): Removal => ({ startMs: performance.now(), endMs: Number.POSITIVE_INFINITY, isAcknowledged: false })

  const isRemovalSent = ({ projectId, startMs, acknowledged }: Upload): boolean =>
    deletions.has(acknowledged?.imageId ?? '') || (drops.get(projectId) ?? []).some(({ endMs }) => endMs >= startMs)

  /** True where an acknowledged upload precedes an acknowledged removal that precedes a time. */
  const isRemovedBefore = ({ projectId, acknowledged }: Upload, ms: number): boolean => {
    if (!acknowledged) return false
    const isDone = (removal: Removal | undefined) => removal?.isAcknowledged === true && removal.endMs < ms
    const precedes = (drop: Removal) => isDone(drop) && acknowledged.atMs < drop.startMs
    return isDone(deletions.get(acknowledged.imageId)) || (drops.get(projectId) ?? []).some(precedes)
  }

  const wrongWith = (upload: Upload, found: Listed['images'], startMs: number): string[] => {
    const { sha256, acknowledged } = upload
    if (found.length > 1) return [`doubled: the upload ${sha256} became ${found.length} images`]
    const [image] = found
    if (image && isRemovedBefore(upload, startMs)) return [`back again: image ${image.id}`]
    if (!acknowledged || acknowledged.atMs >= startMs || isRemovalSent(upload)) return []
    if (!image) return [`lost: image ${acknowledged.imageId}`]
    return image.id === acknowledged.imageId ? [] : [`other: image ${image.id} is not ${acknowledged.imageId}`]
  }

  return {
    uploads,
    isRemovalSent,

    upload(projectId, sha256) {
      const upload: Upload = { projectId, sha256, startMs: performance.now() }
      uploads.push(upload)
      return upload
    },

    deleteImage(imageId) {
      const removal = open()
      deletions.set(imageId, removal)
      return removal
    },

    deleteProject(projectId) {
      const removal = open()
      drops.set(projectId, [...(drops.get(projectId) ?? []), removal])
      return removal
    },

    wrongIn(projectId, { primary_image_id: cover, images }, startMs) {
      const own = uploads.filter((upload) => upload.projectId === projectId)
      const sent = new Set(own.map(({ sha256 }) => sha256))
      const found = new Map<string, Listed['images']>()
      for (const image of images) found.set(image.sha256.upload, [...(found.get(image.sha256.upload) ?? []), image])
      const covers = images.filter(({ is_primary }) => is_primary).map(({ id }) => id)
      return [
        ...own.flatMap((upload) => wrongWith(upload, found.get(upload.sha256) ?? [], startMs)),
        ...images.flatMap(({ id, sha256 }) => (sent.has(sha256.upload) ? [] : [`image ${id} was never sent`])),
        ...(covers.join() === (cover ?? '') && (cover !== null || images.length === 0)
          ? []
          : [`the cover is ${cover}, marked are [${covers}] of ${images.length}`]),
      ].map((line) => `${projectId}: ${line}`)
    },
  }
}
