// Priority queue for a few resources: the next free one goes to the highest priority, then to the first arrival.

import { PRIORITIES, type Priority } from '../encoder.ts'

export interface UseOptions {
  /** @default 'upload' */
  priority?: Priority
  /** Aborts work while it waits; work that has begun goes on. */
  signal?: AbortSignal
}

export interface PriorityQueue<Resource> {
  /**
   * Runs `work` with exclusive use of a resource.
   *
   * @throws the signal's reason where it aborts before the work has begun; any error of `work`
   */
  use<Result>(work: (resource: Resource) => Promise<Result>, options?: UseOptions): Promise<Result>
  /** Work that has not begun. */
  readonly waiting: number
  /** Work of this priority that has not begun. */
  waitingOf(priority: Priority): number
  /** True where new work would begin at once. */
  readonly isFree: boolean
  /** Resolves once nothing runs and nothing waits. */
  drained(): Promise<void>
}

export const createPriorityQueue = <Resource>(resources: readonly Resource[]): PriorityQueue<Resource> => {
  // Last in, first out: resources that are not needed stay idle and can be released.
  const free = [...resources]
  const queues = PRIORITIES.map(() => new Set<(resource: Resource) => void>())
  const pending = new Set<Promise<unknown>>()

  const acquire = ({ priority = 'upload', signal }: UseOptions): Promise<Resource> => {
    signal?.throwIfAborted()
    const resource = free.pop()
    if (resource !== undefined) return Promise.resolve(resource)
    return new Promise((resolve, reject) => {
      const queue = queues[PRIORITIES.indexOf(priority)]
      const grant = (resource: Resource) => {
        signal?.removeEventListener('abort', leave)
        resolve(resource)
      }
      const leave = () => {
        queue?.delete(grant)
        reject(signal?.reason)
      }
      queue?.add(grant)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  const release = (resource: Resource): void => {
    const queue = queues.find(({ size }) => size > 0)
    const [grant] = queue ?? []
    if (!queue || !grant) {
      free.push(resource)
      return
    }
    queue.delete(grant)
    grant(resource)
  }

  const useNext: PriorityQueue<Resource>['use'] = async (work, options = {}) => {
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
      pending.add(result)
      try {
        return await result
      } finally {
        pending.delete(result)
      }
    },
    get waiting() {
      return queues.reduce((sum, { size }) => sum + size, 0)
    },
    waitingOf: (priority) => queues[PRIORITIES.indexOf(priority)]?.size ?? 0,
    get isFree() {
      return free.length > 0
    },
    async drained() {
      while (pending.size > 0) await Promise.allSettled(pending)
    },
  }
}
