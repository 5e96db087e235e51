// Tar archives made byte by byte (POSIX.1-1988 ustar), so that each field can be wrong.

export interface TarEntry {
  name: string
  content?: Uint8Array | string
  /** Type flag: 0 a file, 1 and 2 links, 3 and 4 devices, 5 a folder, 6 a pipe. @default '0' */
  type?: string
  linkname?: string
  /** Declared length. @default the real one */
  declared?: number
}

const BLOCK = 512

const headerOf = ({ name, type = '0', linkname = '' }: TarEntry, length: number): Buffer => {
  const header = Buffer.alloc(BLOCK)
  header.write(name, 0, 100)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write(type, 156)
  header.write(linkname, 157, 100)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

export const tarOf = (entries: readonly TarEntry[], { hasEnd = true } = {}): Buffer =>
  Buffer.concat([
    ...entries.flatMap((entry) => {
      const content = Buffer.from(entry.content ?? '')
      const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)
      return [headerOf(entry, entry.declared ?? content.length), content, padding]
    }),
    ...(hasEnd ? [Buffer.alloc(2 * BLOCK)] : []),
  ])
