// What pages have and other platforms lack: each undefined there.

interface Xhr {
  withCredentials: boolean
  readonly status: number
  readonly responseText: string
  readonly upload: { addEventListener(type: 'progress', listener: (event: { loaded: number }) => void): void }
  addEventListener(type: 'load' | 'error' | 'abort', listener: () => void): void
  open(method: string, url: string): void
  setRequestHeader(name: string, value: string): void
  getAllResponseHeaders(): string
  send(body: FormData): void
  abort(): void
}

interface Platform {
  readonly fetch: typeof fetch
  readonly XMLHttpRequest?: new () => Xhr
  readonly ServiceWorkerGlobalScope?: unknown
  readonly location?: Readonly<Record<'href' | 'origin' | 'hostname' | 'pathname', string>>
  readonly document?: { readonly cookie: string }
  readonly navigator?: {
    readonly locks?: { request<Result>(name: string, task: () => Promise<Result>): Promise<unknown> }
  }
  readonly localStorage?: {
    getItem(key: string): string | null
    setItem(key: string, value: string): void
    removeItem(key: string): void
  }
}

export const platform: Platform = globalThis
