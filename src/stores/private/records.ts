// Records of accounts and webhooks: JSON files, checked by a schema when they are read.

import { lstatSync, type Stats } from 'node:fs'
import type { z } from 'zod'
import { TintypeError } from '../../core/errors.ts'
import type { LogFormat } from '../append-log.ts'
import { readText, unlessMissing } from '../file/fs/durable.ts'

/** Undefined where there is no such file. @throws TintypeError `store_unavailable` where it is damaged */
export const readRecord = async <T>(path: string, schema: z.ZodType<T>, subject: string): Promise<T | undefined> => {
  const text = await readText(path).catch(unlessMissing)
  return text === undefined ? undefined : parseRecord(text, schema, path, subject)
}

export const encodeRecord = (content: unknown): string => `${JSON.stringify(content)}\n`

/** Entries that are records, with their tokens in `commits`. @param subject of errors */
export const createRecordFormat = <T extends { commits?: string[] }>(
  schema: z.ZodType<T>,
  subject = 'an account',
): LogFormat<T> => ({
  encode: encodeRecord,
  decode: (text, log, number) => parseRecord(text, schema, `${log}/${number}.json`, subject),
  tokensOf: ({ commits }) => commits ?? [],
})

/** @throws TintypeError `store_unavailable` where the text is damaged */
export const parseRecord = <T>(text: string, schema: z.ZodType<T>, path: string, subject: string): T => {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    // A message of the schema could repeat the content: the log gets the name alone.
    const cause = new Error(`${path} is damaged`)
    throw new TintypeError('store_unavailable', `The files of ${subject} are damaged.`, { cause })
  }
}

/**
 * Undefined where there is no such file or folder. Synchronous: a microsecond or two, where a trip through the thread
 * pool costs tens. By `lstat`: for `stat` of Node 22 a file at the position of the parent folder is the same as a missing
 * one, and a store whose accounts cannot be read would be open.
 *
 * @throws other errors of the system call
 */
export const statsOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false })
