// Types of production.mjs.

import type { Service } from './start.d.mts'

/** Starts a server with an API key in a folder, which its processes work in; its store is `storage/` there. */
export declare const startInProduction: (folder: string, env?: NodeJS.ProcessEnv) => Promise<Service & { key: string }>
