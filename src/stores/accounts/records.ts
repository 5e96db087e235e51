// Looks at a file of an account, and reads it as its schema says.

import { lstatSync, type Stats } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { z } from 'zod'
import { TintypeError } from '../../core/errors.ts'
import { unlessMissing } from '../file/fs/durable.ts'

/**
 * Undefined where there is none.
 *
 * @throws TintypeError `store_unavailable` where somebody has damaged it: files come here complete
 */
export const readRecord = async <T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> => {
  const text = await readFile(path, 'utf8').catch(unlessMissing)
  if (text === undefined) return undefined
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    // What is wrong with it would repeat what it holds; the log gets its name.
    const cause = new Error(`${path} is damaged`)
    throw new TintypeError('store_unavailable', 'The files of an account are damaged.', { cause })
  }
}

/**
 * Undefined where there is no such file or folder. Synchronous: a microsecond or two, where a trip through the thread
 * pool costs tens. By `lstat`: to `stat` of Node 22 a file in the place of the folder above is the same as nothing, and a
 * store whose accounts can't be looked at would be everybody's.
 *
 * @throws the error of the system call where that can't be said
 */
export const statsOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false })
