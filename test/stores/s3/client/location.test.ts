import { expect, it } from 'vitest'
import { createLocation } from '../../../../src/stores/s3/client/location.ts'

const rowOf = (options: Parameters<typeof createLocation>[0]) => createLocation(options).urlOf('a/b')

it('addresses a bucket by its host at AWS, and by the path elsewhere', () => {
  const [region, bucket] = ['eu-west-1', 'pictures']
  expect(rowOf({ region, bucket })).toBe('https://pictures.s3.eu-west-1.amazonaws.com/a/b')
  expect(rowOf({ region, bucket: 'my.pictures' })).toBe('https://s3.eu-west-1.amazonaws.com/my.pictures/a/b')
  expect(rowOf({ region, bucket, isPathStyle: true })).toBe('https://s3.eu-west-1.amazonaws.com/pictures/a/b')
  expect(rowOf({ region, bucket, endpoint: 'http://127.0.0.1:9000/' })).toBe('http://127.0.0.1:9000/pictures/a/b')
  expect(rowOf({ region, bucket, endpoint: 'https://s3.shop.example:8443', isPathStyle: false })).toBe(
    'https://pictures.s3.shop.example:8443/a/b',
  )
})

it('encodes keys and queries as signatures need it', () => {
  const { urlOf } = createLocation({ region: 'us-east-1', bucket: 'b', endpoint: 'http://s3.test' })
  expect(urlOf("!a b+c'(ü)/*")).toBe('http://s3.test/b/%21a%20b%2Bc%27%28%C3%BC%29/%2A')
  expect(urlOf()).toBe('http://s3.test/b/')
  expect(urlOf(undefined, { prefix: 'a/b c', 'list-type': '2' })).toBe('http://s3.test/b/?prefix=a%2Fb%20c&list-type=2')
})
