// Files that are something else, or something more, than the picture that they are named.

import { expect, it } from 'vitest'
import { SIZES } from '../../src/core/names.ts'
import { uploadSchema } from '../../src/http/schemas/images/images.ts'
import { leaksOf } from '../support/attacks/raw.ts'
import { SECRET } from '../support/attacks/target.ts'
import { describeAttacks } from '../support/attacks/under-attack.ts'
import { blank, withChunk } from '../support/pictures/bombs.ts'
import { segment, smallPhoto, withSegments } from '../support/pictures/pictures.ts'

const SCRIPT = '<script>alert(1)</script>'
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="90" height="90">'

/** Loaders of libvips, and of other libraries of pictures, that read files, run programs or take markup. */
const OTHERS = (secret: string): Record<string, string> => ({
  SVG: `${SVG}${SCRIPT}</svg>`,
  'SVG that reads a file': `<!DOCTYPE svg [<!ENTITY x SYSTEM "file://${secret}">]>${SVG}<text>&x;</text></svg>`,
  'SVG that shows a file': `${SVG}<image xlink:href="file://${secret}" width="90" height="90"/></svg>`,
  'SVG that grows (billion laughs)': `<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>${SVG}<text>&b;</text></svg>`,
  'SVG behind a byte order mark': `\ufeff<?xml version="1.0"?>${SVG}</svg>`,
  HTML: `<!DOCTYPE html><html>${SCRIPT}</html>`,
  'HTML behind blanks': `${' '.repeat(2000)}${SCRIPT}`,
  'a script in PHP': '<?php system($_GET["c"]); ?>',
  PDF: `%PDF-1.7\n1 0 obj <</S/JavaScript/JS(app.alert(1))>> endobj`,
  PostScript: `%!PS\n(${secret}) (r) file`,
  'a drawing of ImageMagick': `push graphic-context\nimage over 0,0 0,0 'msl:${secret}'\npop graphic-context`,
  'a script of ImageMagick': `<?xml version="1.0"?><image><read filename="${secret}"/></image>`,
  PPM: 'P6 2 2 255\n............',
  'a table': '1,2,3\n4,5,6\n',
  'a picture of libvips': `\xb6\xa6\xf2\x08${'\0'.repeat(60)}`,
  'Radiance HDR': '#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2 +X 2\n',
  FITS: `SIMPLE  =                    T${' '.repeat(2850)}`,
  BMP: `BM${'\0'.repeat(60)}`,
  ICO: `\0\0\x01\0\x01\0${'\0'.repeat(60)}`,
  ZIP: `PK\x03\x04${'\0'.repeat(60)}`,
  'a program': `\x7fELF${'\0'.repeat(60)}`,
  'a playlist': `#EXTM3U\n#EXTINF:1,\nfile://${secret}\n`,
  'the name of a file': secret,
  'the address of a server': 'http://127.0.0.1:1/a.jpg',
  'the beginning of a JPEG': '\xff\xd8\xff',
  'the beginning of a PNG': '\x89PNG\r\n\x1a\n',
})

describeAttacks('disguises', (attacked) => {
  const upload = async (bytes: Uint8Array, filename = 'photo.jpg', type = 'image/jpeg') => {
    const { ask, ada } = attacked().target
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(bytes)], { type }), filename)
    return ask('/projects/disguised/images', { method: 'POST', headers: ada.who, body: form })
  }

  it('of files of other types as pictures are refused, whatever their names are', async () => {
    for (const [what, text] of Object.entries(OTHERS(`${attacked().target.folder}/beside/secret.jpg`)))
      for (const [name, type] of [
        ['photo.jpg', 'image/jpeg'],
        ['photo.svg', 'image/svg+xml'],
        ['photo.html', 'text/html'],
      ]) {
        const answer = await upload(Buffer.from(text, 'latin1'), name, type)
        const body = await answer.text()
        expect([415, 422], `${what}: ${body}`).toContain(answer.status)
        expect([leaksOf(body), body.includes(SCRIPT)], what).toEqual([[], false])
      }
  })

  it('of programs inside pictures are stored as pictures, without the program (polyglots)', async () => {
    const { ask } = attacked().target
    const [jpeg, png] = [await smallPhoto(), await blank.png(64, 48)]
    const script = Buffer.from(SCRIPT + SECRET)
    const gif = await blank.gif(64, 48)
    const polyglots = {
      'a script behind a JPEG': Buffer.concat([jpeg, script]),
      'an archive behind a JPEG': Buffer.concat([jpeg, Buffer.from('PK\x03\x04'), script]),
      'a script in a comment of a JPEG': withSegments(jpeg, segment(0xfe, script)),
      'a script in EXIF': withSegments(jpeg, segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), script]))),
      'a script in XMP': withSegments(
        jpeg,
        segment(0xe1, Buffer.concat([Buffer.from('http://ns.adobe.com/xap/1.0/\0'), script])),
      ),
      'a script in an unknown segment': withSegments(jpeg, segment(0xef, script)),
      'a script in a text of a PNG': withChunk(png, 'tEXt', Buffer.concat([Buffer.from('a\0'), script])),
      'a script behind a PNG': Buffer.concat([png, script]),
      'a script behind a GIF': Buffer.concat([gif, script]),
    }
    for (const [what, bytes] of Object.entries(polyglots)) {
      const answer = await upload(bytes, 'photo.html', 'text/html')
      expect(answer.status, what).toBe(201)
      const { image_id } = uploadSchema.parse(await answer.json())
      for (const size of SIZES) {
        const sent = await ask(`/projects/disguised/images/${image_id}?size=${size}`)
        const text = Buffer.from(await sent.arrayBuffer()).toString('latin1')
        expect([text.startsWith('\xff\xd8\xff'), text.endsWith('\xff\xd9')], what).toEqual([true, true])
        expect([text.includes('<script'), leaksOf(text)], what).toEqual([false, []])
        expect(sent.headers.get('content-type')).toBe('image/jpeg')
        expect(sent.headers.get('x-content-type-options')).toBe('nosniff')
        expect(sent.headers.get('content-security-policy')).toMatch(/sandbox/)
      }
    }
  })

  it('in text of a request are returned as text that no browser executes', async () => {
    const { ask, ada, open } = attacked().target
    const script = encodeURIComponent(SCRIPT)
    for (const path of [
      `/${script}`,
      `/projects/${script}`,
      `/projects/open/images/${open}?size=${script}`,
      `/projects?after=${script}`,
    ]) {
      const answer = await ask(path, { headers: ada.who })
      expect(answer.status, path).toBeGreaterThanOrEqual(400)
      expect(answer.headers.get('content-type'), path).toBe('application/problem+json')
      expect(answer.headers.get('x-content-type-options'), path).toBe('nosniff')
      expect(answer.headers.get('content-security-policy'), path).toContain("default-src 'none'")
    }
  })
})
