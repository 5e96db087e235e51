// Pages of a listing (ListObjectsV2), the only XML of the engine that is read beside its errors.

import { XMLParser } from 'fast-xml-parser'
import { z } from 'zod'

export interface ListOptions {
  prefix: string
  /** Begins behind this key. */
  after?: string
  /** `next` of the page before. */
  from?: string
  delimiter?: '/'
  /** Most objects and folders of the page. @default 1000, the limit of every engine */
  limit?: number
}

export interface ListedObject {
  key: string
  bytes: number
  /** Milliseconds since 1970, by the engine's clock. */
  modifiedMs: number
  /** Names the content, without quotes; undefined where the engine sent none. */
  etag?: string
}

export interface ListedPage {
  objects: readonly ListedObject[]
  /** With a delimiter: the beginnings that keys behind it have in common, each with the delimiter. */
  folders: readonly string[]
  /** Continues the listing; undefined on its last page. */
  next: string | undefined
}

const resultSchema = z.object({
  ListBucketResult: z.object({
    /** Missing or empty where an engine does not know `encoding-type`: keys are then XML text like any other. */
    EncodingType: z.string().optional(),
    IsTruncated: z.enum(['true', 'false']),
    NextContinuationToken: z.string().optional(),
    Contents: z
      .array(
        z.object({ Key: z.string(), Size: z.coerce.number(), LastModified: z.string(), ETag: z.string().optional() }),
      )
      .default([]),
    CommonPrefixes: z.array(z.object({ Prefix: z.string() })).default([]),
  }),
})

const parser = new XMLParser({
  parseTagValue: false,
  // Numeric ones too, as in `&#34;`.
  htmlEntities: true,
  trimValues: false,
  isArray: (name) => name === 'Contents' || name === 'CommonPrefixes',
})

/** Query of a page. @param before begins every key, and is not part of those of the options */
export const listingQuery = (
  { prefix, after, from, delimiter, limit }: ListOptions,
  before: string,
): Record<string, string> => ({
  'list-type': '2',
  // No character of a key can then break the XML.
  'encoding-type': 'url',
  prefix: before + prefix,
  ...(after === undefined ? {} : { 'start-after': before + after }),
  ...(from === undefined ? {} : { 'continuation-token': from }),
  ...(delimiter === undefined ? {} : { delimiter }),
  ...(limit === undefined ? {} : { 'max-keys': String(limit) }),
})

/** @throws Error where the text is no page of a listing */
export const readListing = (text: string): ListedPage => {
  const { ListBucketResult: result } = resultSchema.parse(parser.parse(text))
  if (result.IsTruncated === 'true' && result.NextContinuationToken === undefined)
    throw new Error('the listing goes on without a token')
  const decoded = (key: string) => (result.EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key)
  return {
    objects: result.Contents.map(({ Key, Size, LastModified, ETag }) => ({
      key: decoded(Key),
      bytes: Size,
      modifiedMs: Date.parse(LastModified),
      etag: bareEtag(ETag),
    })),
    folders: result.CommonPrefixes.map(({ Prefix }) => decoded(Prefix)),
    next: result.IsTruncated === 'true' ? result.NextContinuationToken : undefined,
  }
}

/** An entity tag without quotes, which some engines leave out. */
export const bareEtag = (etag: string | undefined): string | undefined =>
  etag?.replace(/^(?:W\/)?"?|"$/g, '') || undefined
