// Colour profiles made in code: the least that a colour engine takes.

const XYZ_OF_SRGB = {
  rXYZ: [0.4361, 0.2225, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7141],
}

export interface ProfileOptions {
  /** @default 'RGB ' */
  space?: 'RGB ' | 'GRAY'
  /** Red and green change places, so that it shows whether the profile was applied. @default false */
  isSwapped?: boolean
  /** Exponent of the curves; without it they are those of sRGB. */
  gamma?: number
  /** Private tags, with their text. */
  extra?: Record<string, string>
}

export const makeProfile = ({ space = 'RGB ', isSwapped = false, gamma, extra = {} }: ProfileOptions = {}): Buffer => {
  const { rXYZ, gXYZ, bXYZ } = XYZ_OF_SRGB
  const curve = gamma === undefined ? srgbCurve() : gammaCurve(gamma)
  const colour: [string, Buffer][] =
    space === 'GRAY'
      ? [['kTRC', curve]]
      : [
          ['rXYZ', xyz(isSwapped ? gXYZ : rXYZ)],
          ['gXYZ', xyz(isSwapped ? rXYZ : gXYZ)],
          ['bXYZ', xyz(bXYZ)],
          ['rTRC', curve],
          ['gTRC', curve],
          ['bTRC', curve],
        ]
  const texts = Object.entries(extra).map(([name, text]): [string, Buffer] => [name, textTag(text)])
  return assemble(space, [['wtpt', xyz([0.9642, 1, 0.8249])], ...colour, ...texts])
}

/** The APP2 contents that carry a profile, in parts of so many bytes. */
export const profileChunks = (profile: Buffer, partBytes = 65_519): Buffer[] => {
  const count = Math.ceil(profile.length / partBytes)
  return Array.from({ length: count }, (_, index) =>
    Buffer.concat([
      Buffer.from('ICC_PROFILE\0', 'latin1'),
      Buffer.from([index + 1, count]),
      profile.subarray(index * partBytes, (index + 1) * partBytes),
    ]),
  )
}

const assemble = (space: string, tags: readonly [string, Buffer][]): Buffer => {
  const head = Buffer.alloc(132 + tags.length * 12)
  head.writeUInt32BE(0x02400000, 8)
  head.write(`mntr${space}XYZ `, 12, 'latin1')
  head.write('acsp', 36, 'latin1')
  // The light that profiles are made for, D50.
  xyz([0.9642, 1, 0.8249]).copy(head, 68, 8)
  head.write('MAKR', 48, 'latin1')
  head.writeUInt32BE(tags.length, 128)
  let end = head.length
  for (const [index, [name, data]] of tags.entries()) {
    head.write(name, 132 + index * 12, 'latin1')
    head.writeUInt32BE(end, 136 + index * 12)
    head.writeUInt32BE(data.length, 140 + index * 12)
    end += data.length
  }
  head.writeUInt32BE(end, 0)
  return Buffer.concat([head, ...tags.map(([, data]) => data)])
}

const xyz = (values: readonly number[]): Buffer => {
  const data = Buffer.alloc(20)
  data.write('XYZ ', 'latin1')
  for (const [index, value] of values.entries()) data.writeInt32BE(Math.round(value * 65_536), 8 + 4 * index)
  return data
}

const gammaCurve = (gamma: number): Buffer => {
  const data = Buffer.alloc(16)
  data.write('curv', 'latin1')
  data.writeUInt32BE(1, 8)
  data.writeUInt16BE(Math.round(gamma * 256), 12)
  return data
}

const srgbCurve = (): Buffer => {
  const data = Buffer.alloc(32)
  data.write('para', 'latin1')
  data.writeUInt16BE(3, 8)
  for (const [index, value] of [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045].entries())
    data.writeInt32BE(Math.round(value * 65_536), 12 + 4 * index)
  return data
}

const textTag = (text: string): Buffer => {
  const padded = text.padEnd(Math.ceil(text.length / 4) * 4, '\0')
  return Buffer.from(`text\0\0\0\0${padded}`, 'latin1')
}
