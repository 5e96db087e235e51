// Environment of commands that work on a running server: its URL, and the keys for it.

export interface RemoteEnv {
  url: string | undefined
  key: string | undefined
  sourceKey: string | undefined
}

/** Reads the environment; empty values count as not set. @param env @default process.env */
export const readRemoteEnv = (env: Readonly<Record<string, string | undefined>> = process.env): RemoteEnv => ({
  url: env.TINTYPE_URL || undefined,
  key: env.TINTYPE_KEY || undefined,
  sourceKey: env.TINTYPE_SOURCE_KEY || undefined,
})
