import { expect, it } from 'vitest'
import { readListing } from '../../../../src/stores/s3/client/listing.ts'

const pageOf = (inner: string) =>
  `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</ListBucketResult>`

const object = (key: string) =>
  `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified><ETag>&quot;1&quot;</ETag><Size>12</Size></Contents>`

it('reads one object or many, keys of digits alone too', () => {
  const modifiedMs = Date.parse('2026-01-02T03:04:05.678Z')
  expect(readListing(pageOf(`<IsTruncated>false</IsTruncated>${object('007')}`))).toEqual({
    objects: [{ key: '007', bytes: 12, modifiedMs, etag: '1' }],
    folders: [],
    next: undefined,
  })
  const many = pageOf(
    `<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>1e3</NextContinuationToken>${object('a%2Bb')}${object('a+b')}<CommonPrefixes><Prefix>f/</Prefix></CommonPrefixes>`,
  )
  expect(readListing(many)).toEqual({
    objects: ['a+b', 'a b'].map((key) => ({ key, bytes: 12, modifiedMs, etag: '1' })),
    folders: ['f/'],
    next: '1e3',
  })
})

it('reads keys as they are where the engine does not encode them', () => {
  const page = pageOf(
    `<IsTruncated>false</IsTruncated>\n${object('a+b%20c&#39;&#x22;&amp;lt; ')}<CommonPrefixes><Prefix>f%/</Prefix></CommonPrefixes>`,
  )
  const { objects, folders } = readListing(page)
  expect(objects.map(({ key }) => key)).toEqual([`a+b%20c'"&lt; `])
  expect(folders).toEqual(['f%/'])
})

it('refuses what is not a whole page', () => {
  expect(() => readListing('')).toThrow()
  expect(() => readListing('<html>sign in</html>')).toThrow()
  expect(() => readListing(pageOf('<IsTruncated>true</IsTruncated>'))).toThrow('goes on without a token')
})
