// Names in a folder.

import { readdir } from 'node:fs/promises'
import { unlessMissing } from './durable.ts'

/** Names in a folder, in no order; none where it is missing. */
export const namesIn = async (folder: string): Promise<string[]> => (await readdir(folder).catch(unlessMissing)) ?? []
