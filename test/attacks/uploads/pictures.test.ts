// Pictures made to take a server down: huge when unpacked, endless, or lying about their size.

import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { uploadSchema } from '../../../src/http/schemas/images/images.ts'
import { MAX_PIXELS, MAX_UPLOAD_BYTES } from '../../support/attacks/attacked-server.ts'
import { leaksOf } from '../../support/attacks/raw.ts'
import { describeAttacks } from '../../support/attacks/under-attack.ts'
import { blank, longPictures, lyingHeads, packedBombs } from '../../support/pictures/bombs.ts'
import { eachOfCorpus } from '../../support/pictures/corpus.ts'
import { formOf } from '../../support/upload.ts'

describeAttacks('pictures', (attacked) => {
  const upload = async (bytes: Uint8Array) => {
    const { ask, ada } = attacked().target
    expect(bytes.length).toBeLessThanOrEqual(MAX_UPLOAD_BYTES)
    const answer = await ask('/projects/bombs/images', { method: 'POST', headers: ada.who, body: formOf(bytes) })
    const text = await answer.text()
    expect(leaksOf(text)).toEqual([])
    return { status: answer.status, text }
  }
  /** @returns name and status of each, sent all at once */
  const uploadAll = (pictures: Record<string, Uint8Array>) =>
    Promise.all(Object.entries(pictures).map(async ([name, bytes]) => `${name}: ${(await upload(bytes)).status}`))

  it.each(['jpeg', 'png', 'webp', 'gif', 'tiff'] as const)(
    'of %s are taken up to the limit of pixels, and refused above it',
    async (format) => {
      const { status, text } = await upload(await blank[format](5000, MAX_PIXELS / 5000))
      expect([status, text]).toEqual([201, expect.stringContaining('"width":5000,"height":3000')])
      const above = await upload(await blank[format](5000, MAX_PIXELS / 5000 + 1))
      expect([above.status, above.text]).toEqual([413, expect.stringContaining('too_many_pixels')])
    },
  )

  it('of every format whose header declares huge dimensions are refused by the header', async () => {
    const refused = (await uploadAll(await lyingHeads())).filter((answer) => !/: (413|422)$/.test(answer))
    expect(refused).toEqual([])
  })

  it('with parts that decompress to hundreds of megabytes are refused or read without decompressing them', async () => {
    const answers = await uploadAll(await packedBombs())
    expect(answers.filter((answer) => !/: (201|413|422)$/.test(answer))).toEqual([])
  })

  it('of thousands of frames, scans or pages are reduced to the first one or refused, in bounded time', async () => {
    const pictures = await longPictures()
    const answers = await uploadAll(pictures)
    expect(answers.filter((answer) => !/: (201|413|422)$/.test(answer))).toEqual([])
    const { text } = await upload(pictures['a GIF of 20,000 frames'] ?? Buffer.alloc(0))
    expect(uploadSchema.parse(JSON.parse(text))).toMatchObject({ width: 64, height: 48 })
  })

  it('of all kinds, many at once, do not block ordinary uploads', async () => {
    const { honest } = attacked()
    const many = Object.values({ ...(await lyingHeads()), ...(await longPictures()) })
    const uploads = [...many, ...many].map(upload)
    await honest.goesOn(7)
    for (const { status } of await Promise.all(uploads)) expect([201, 413, 422, 503]).toContain(status)
    await honest.goesOn(7)
  })

  const SOUND = ['crash-test.gif', 'jpeg-with-html-and-zip-tail.jpg', 'phone.heic']
  eachOfCorpus('hostile', '%s of the corpus is refused, or harmless', async (file, path) => {
    const { status } = await upload(await readFile(path))
    const isSound = SOUND.includes(file)
    expect(isSound ? [201] : [413, 415, 422]).toContain(status)
  })
})
