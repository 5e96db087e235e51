// Work that waits for one of a few resources, in order of priority and then of arrival.

/** First come first. Uploads are somebody's click; what is made ahead of need can wait. */
export const PRIORITIES = ['upload', 'transform', 'prefetch'] as const

export type Priority = (typeof PRIORITIES)[number]

export interface UseOptions {
  /** @default 'upload' */
  priority?: Priority
  /** Work that still waits when it aborts is given up; work that has begun goes on. */
  signal?: AbortSignal
}

export interface WaitingLine<Resource> {
  /**
   * Runs `work` with a resource that nobody else has meanwhile.
   *
   * @throws the signal's reason where it aborts before the work has begun; what `work` throws
   */
  use<Result>(work: (resource: Resource) => Promise<Result>, options?: UseOptions): Promise<Result>
  /** Work that has not begun. */
  readonly waiting: number
  /** Work of this priority that has not begun. */
  waitingOf(priority: Priority): number
  /** True where work that came now could begin at once. */
  readonly isFree: boolean
  /** Resolves once nothing runs and nothing waits. */
  drained(): Promise<void>
}

export const createWaitingLine = <Resource>(resources: readonly Resource[]): WaitingLine<Resource> => {
  // The one used last comes first: the others stay idle and can be let go.
  const free = [...resources]
  const lines = PRIORITIES.map(() => new Set<(resource: Resource) => void>())
  const all = new Set<Promise<unknown>>()

  const acquire = ({ priority = 'upload', signal }: UseOptions): Promise<Resource> => {
    signal?.throwIfAborted()
    const resource = free.pop()
    if (resource !== undefined) return Promise.resolve(resource)
    return new Promise((resolve, reject) => {
      const line = lines[PRIORITIES.indexOf(priority)]
      const take = (resource: Resource) => {
        signal?.removeEventListener('abort', leave)
        resolve(resource)
      }
      const leave = () => {
        line?.delete(take)
        reject(signal?.reason)
      }
      line?.add(take)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  const release = (resource: Resource): void => {
    const line = lines.find(({ size }) => size > 0)
    const [take] = line ?? []
    if (!line || !take) {
      free.push(resource)
      return
    }
    line.delete(take)
    take(resource)
  }

  const useNext: WaitingLine<Resource>['use'] = async (work, options = {}) => {
    const resource = await acquire(options)
    try {
      options.signal?.throwIfAborted()
      return await work(resource)
    } finally {
      release(resource)
    }
  }

  return {
    async use(work, options) {
      const result = useNext(work, options)
      all.add(result)
      try {
        return await result
      } finally {
        all.delete(result)
      }
    },
    get waiting() {
      return lines.reduce((sum, { size }) => sum + size, 0)
    },
    waitingOf: (priority) => lines[PRIORITIES.indexOf(priority)]?.size ?? 0,
    get isFree() {
      return free.length > 0
    },
    async drained() {
      while (all.size > 0) await Promise.allSettled(all)
    },
  }
}
