// Types of nginx.mjs, which benchmarks run without a compiler.

export function hasNginx(): boolean
export function startNginx(options: {
  folder: string
  port: number
  http: string
  /** Program and arguments that start it, such as `taskset`. */
  under?: readonly string[]
}): Promise<{ pid: number; stop(): Promise<void> }>
