// Colour profiles made in code: the least that a colour engine takes.

/** Red, green and blue as XYZ at D50, as published profiles have them. */
const COLORANTS = {
  srgb: { rXYZ: [0.4361, 0.2225, 0.0139], gXYZ: [0.3851, 0.7169, 0.0971], bXYZ: [0.1431, 0.0606, 0.7141] },
  p3: { rXYZ: [0.5151, 0.2412, -0.0011], gXYZ: [0.292, 0.6922, 0.0419], bXYZ: [0.1571, 0.0666, 0.7841] },
  adobe: { rXYZ: [0.6097, 0.3111, 0.0195], gXYZ: [0.2053, 0.6257, 0.0609], bXYZ: [0.1492, 0.0632, 0.7446] },
}

export interface ProfileOptions {
  /** CMYK has tables only: inks take light away as if printed over each other. @default 'RGB ' */
  space?: 'RGB ' | 'GRAY' | 'CMYK'
  /** Red and green change places, so that it shows whether the profile was applied. @default false */
  isSwapped?: boolean
  /** Exponent of the curves; without it they are those of sRGB. */
  gamma?: number
  /** @default 'srgb' */
  primaries?: keyof typeof COLORANTS
  /** The same as tables (A2B0), beside curves and primaries of nonsense, which tables take precedence over. */
  hasTables?: boolean
  /** Private tags, with their text. */
  extra?: Record<string, string>
}

export const makeProfile = (options: ProfileOptions = {}): Buffer => {
  const { space = 'RGB ', gamma, primaries = 'srgb', extra = {}, hasTables = space === 'CMYK' } = options
  const curve = gamma === undefined ? srgbCurve() : gammaCurve(gamma)
  const { rXYZ, gXYZ, bXYZ } = COLORANTS[primaries]
  const [red, green] = options.isSwapped ? [gXYZ, rXYZ] : [rXYZ, gXYZ]
  const colour: [string, Buffer][] = [
    ['rXYZ', xyz(red)],
    ['gXYZ', xyz(green)],
    ['bXYZ', xyz(bXYZ)],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ]
  const texts = Object.entries(extra).map(([name, text]): [string, Buffer] => [name, textTag(text)])
  const tags = space === 'GRAY' ? [['kTRC', curve] satisfies [string, Buffer]] : space === 'CMYK' ? [] : colour
  if (!hasTables) return assemble(space, 'XYZ ', [['wtpt', xyz(D50)], ...tags, ...texts])
  const nonsense = tags.map(([name]): [string, Buffer] => [
    name,
    name.endsWith('XYZ') ? xyz([0.3, 0.3, 0.3]) : gammaCurve(4),
  ])
  const tables: [string, Buffer] = ['A2B0', tableTag(space, gamma, [red, green, bXYZ])]
  return assemble(space, 'Lab ', [['wtpt', xyz(D50)], ...nonsense, tables, ...texts])
}

const D50 = [0.9642, 1, 0.8249]

/** Points of a channel in the grid of a table: profiles of scanners and printers have 9 to 33. */
const GRID_POINTS = { GRAY: 33, 'RGB ': 33, CMYK: 13 }

/**
 * A table of 16 bits (`mft2`, ICC.1:2022 10.10) to Lab, with identities around its grid.
 *
 * @param colorants XYZ of red, green and blue
 */
const tableTag = (
  space: keyof typeof GRID_POINTS,
  gamma: number | undefined,
  colorants: readonly (readonly number[])[],
): Buffer => {
  const inputs = { GRAY: 1, 'RGB ': 3, CMYK: 4 }[space]
  const points = GRID_POINTS[space]
  const light = (sample: number) => (gamma === undefined ? linearOf(sample) : sample ** gamma)
  const values: number[] = Array(inputs).fill([0, 0xffff]).flat()
  for (let node = 0; node < points ** inputs; node++) {
    const samples = Array.from(
      { length: inputs },
      (_, channel) => (Math.floor(node / points ** (inputs - 1 - channel)) % points) / (points - 1),
    )
    const [first = 0, second = first, third = first, black = 0] = samples
    const rgb = [first, second, third].map((value) =>
      space === 'CMYK' ? light((1 - value) * (1 - black)) : light(value),
    )
    const [x = 0, y = 0, z = 0] = [0, 1, 2].map((axis) =>
      rgb.reduce((sum, part, at) => sum + part * (colorants[at]?.[axis] ?? 0), 0),
    )
    values.push(...labOf(x / 0.9642, y, z / 0.8249))
  }
  for (let channel = 0; channel < 3; channel++) values.push(0, 0xffff)
  const data = Buffer.alloc(52 + 2 * values.length)
  data.write('mft2', 'latin1')
  data.set([inputs, 3, points], 8)
  for (const at of [12, 28, 44]) data.writeInt32BE(65_536, at)
  data.writeUInt16BE(2, 48)
  data.writeUInt16BE(2, 50)
  for (const [at, value] of values.entries())
    data.writeUInt16BE(Math.round(Math.min(0xffff, Math.max(0, value))), 52 + 2 * at)
  return data
}

/** CIELAB of XYZ relative to white, as `mft2` codes it: 100 is ff00, a and b of 0 are 8000. */
const labOf = (x: number, y: number, z: number): number[] => {
  const [fx = 0, fy = 0, fz = 0] = [x, y, z].map((value) =>
    value > (6 / 29) ** 3 ? Math.cbrt(value) : value / (3 * (6 / 29) ** 2) + 4 / 29,
  )
  const [lightness, a, b] = [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)]
  return [lightness * 652.8, (a + 128) * 256, (b + 128) * 256]
}

const linearOf = (sample: number): number => (sample <= 0.04045 ? sample / 12.92 : ((sample + 0.055) / 1.055) ** 2.4)

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

const assemble = (space: string, connection: string, tags: readonly [string, Buffer][]): Buffer => {
  const head = Buffer.alloc(132 + tags.length * 12)
  head.writeUInt32BE(0x02400000, 8)
  head.write(`mntr${space}${connection}`, 12, 'latin1')
  head.write('acsp', 36, 'latin1')
  // The light that profiles are made for, D50.
  xyz(D50).copy(head, 68, 8)
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
