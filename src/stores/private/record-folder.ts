// Folders of records that only the server may read, such as accounts and webhooks: on the local disk (folder.ts) or in a
// bucket (bucket-folder.ts). Records appear complete and durable, and only where their name is free.

import type { z } from 'zod'
import type { AppendLog, NumberedEntry } from '../append-log.ts'

export interface RecordFolder {
  /** Path of a record or a folder. */
  path(...names: string[]): string
  /** Makes a folder for its first record. @returns its path */
  folder(inner: string): Promise<string>
  /**
   * Reads a record. Undefined where there is none.
   *
   * @throws TintypeError `store_unavailable`, also where the record is damaged
   */
  read<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined>
  /** Names of records and folders in a folder of {@link path}; none where there is no folder. */
  names(path: string): Promise<string[]>
  /** True where there is a record, or anything in a folder. */
  exists(path: string): Promise<boolean>
  /**
   * Creates a record. Durable when it resolves.
   *
   * @param content unique: no other writer creates the same bytes
   * @returns false where the name is taken
   * @throws TintypeError `store_unavailable` where the outcome is unknown; errors of the system
   */
  publish(inFolder: string, name: string, content: unknown): Promise<boolean>
  /** Removes a record, if there is one. @param isDurable false where a power cut may bring it back. @default true */
  remove(path: string, isDurable?: boolean): Promise<void>
  /** Removes a folder with all that is in it. */
  removeFolder(path: string): Promise<void>
  /** Logs whose entries are records. */
  log<Entry extends { commits?: string[] }>(options: RecordLogOptions<Entry>): RecordLog<Entry>
  /** Logs below a folder, each with the time of its last change in milliseconds since 1970. */
  logs(inner: string): AsyncIterable<{ log: string; changedMs: number }>
  /** Removes drafts of crashed processes. */
  sweep(): Promise<void>
}

export interface RecordLogOptions<Entry> {
  /** Holds a folder for each log. */
  folder: string
  schema: z.ZodType<Entry>
  /**
   * Fate of older entries: `pruned`, which frees their numbers, or `kept`, without their content where the medium allows
   * it. Logs that are pruned can be removed whole by any process, and those that are kept by the process that began them.
   */
  older: 'pruned' | 'kept'
  /**
   * False for a pruned log that is never removed whole: in a bucket, its entries stay for an hour, and reads cost less.
   *
   * @default true
   */
  isRemovable?: boolean
  /** Newest entries that stay in a pruned log. @default 1 */
  keep?: number
  /** False where entries need not survive a power cut. @default true */
  isDurable?: boolean
}

export interface RecordLog<Entry> extends AppendLog<Entry> {
  /** {@link AppendLog.newest}, by the same calls of the medium whether it is in memory or not. */
  readNewest: AppendLog<Entry>['newest']
  /**
   * {@link AppendLog.newest} without a wait, where the entry in memory can be shown to be it, or to have been it a moment
   * ago, as the medium promises. Undefined says nothing.
   *
   * @param share see `Store.current`
   */
  current(log: string, share?: boolean): NumberedEntry<Entry> | undefined
  /** Numbers of the entries that are there, lowest first. */
  numbers(log: string): Promise<number[]>
  /** An entry by its number; undefined where there is none. @throws TintypeError `store_unavailable` where it is damaged */
  entry(log: string, number: number): Promise<Entry | undefined>
}
