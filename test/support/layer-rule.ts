// The rule of layers, as a function of source texts: what may import what, and what a file may not hold.

/** Folders (or files directly in src/) that each layer may import values from; types too, unless said otherwise. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  client: ['client'],
  gallery: ['client', 'gallery'],
  core: ['core'],
  telemetry: ['core', 'telemetry'],
  image: ['core', 'telemetry', 'image'],
  stores: ['core', 'telemetry', 'stores'],
  queues: ['core', 'telemetry', 'queues'],
  services: ['core', 'telemetry', 'services'],
  http: ['core', 'telemetry', 'image', 'stores', 'services', 'http'],
  options: ['core', 'telemetry', 'http'],
  compose: ['core', 'telemetry', 'image', 'stores', 'queues', 'services', 'http', 'options', 'version', 'compose'],
  index: ['core', 'options', 'compose'],
  config: ['core', 'config'],
  server: ['core', 'telemetry', 'http', 'options', 'compose', 'config', 'version', 'server'],
  cli: [
    'core',
    'telemetry',
    'image',
    'stores',
    'services',
    'http',
    'options',
    'compose',
    'config',
    'version',
    'server',
    'cli',
  ],
  version: [],
}

/** Services are given their store and encoders; they know only the interfaces. */
const MAY_IMPORT_TYPES: Record<string, readonly string[]> = { services: ['image', 'stores', 'queues'] }

const MOST_LINES = 250

/** Written by a program. */
const GENERATED = ['client/schema.ts']

/** What the package exports: the only files that pass on exports of others. */
const ENTRIES = ['index.ts', 'client/index.ts']

const MOST_FILES = 15

/** Layers whose services and stores come from compose. Values that they may import from there are pure helpers. */
const BUILT_BY_COMPOSE: Record<string, readonly string[]> = {
  http: ['stores', 'services', 'image'],
  server: ['services'],
}

/** Names of values that build something. */
const BUILDER = /^(create|open|build)[A-Z]/

/** One line for each place that breaks the rule. @param files source texts by their path from src/, with `/` */
export const layerViolations = (files: ReadonlyMap<string, string>): string[] => [
  ...[...files].flatMap(([path, text]) => {
    const code = codeOf(text)
    return [...importViolations(path, code), ...shapeViolations(path, text, code)].map((what) => `${path}: ${what}`)
  }),
  ...circles(files),
  ...fullFolders(files.keys()),
]

/** Packages that are loaded with a file, by it and all that it imports. */
export const packagesOf = (files: ReadonlyMap<string, string>, entry: string): Set<string> => {
  const packages = new Set<string>()
  const loaded = new Set<string>()
  const load = (path: string): void => {
    if (loaded.has(path)) return
    loaded.add(path)
    for (const { specifier, typeOnly } of importsOf(codeOf(files.get(path) ?? ''))) {
      if (typeOnly) continue
      if (specifier.startsWith('.')) load(targetOf(path, specifier))
      else packages.add(specifier)
    }
  }
  load(entry)
  return packages
}

const codeOf = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')

const targetOf = (path: string, specifier: string): string => new URL(specifier, `file:///${path}`).pathname.slice(1)

/** Imports that lead back to their own file, of types too: one line for each circle. */
const circles = (files: ReadonlyMap<string, string>): string[] => {
  const imports = new Map(
    [...files].map(([path, text]) => [
      path,
      importsOf(codeOf(text)).flatMap(({ specifier }) =>
        specifier.startsWith('.') ? [targetOf(path, specifier)] : [],
      ),
    ]),
  )
  const found = new Set<string>()
  const done = new Set<string>()
  const walk = (path: string, way: readonly string[]): void => {
    const at = way.indexOf(path)
    if (at >= 0) found.add(`import circle: ${[...way.slice(at)].sort().join(', ')}`)
    if (at >= 0 || done.has(path)) return
    for (const target of imports.get(path) ?? []) walk(target, [...way, path])
    done.add(path)
  }
  for (const path of imports.keys()) walk(path, [])
  return [...found]
}

/** One line for each folder of more than 15 files. */
export const fullFolders = (paths: Iterable<string>): string[] => {
  const counts = new Map<string, number>()
  for (const path of paths) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')))
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  return [...counts].flatMap(([folder, count]) =>
    count > MOST_FILES ? [`${folder}: has ${count} files, more than ${MOST_FILES}`] : [],
  )
}

const importViolations = (path: string, code: string): string[] => {
  const layer = layerOf(path)
  const allowed = MAY_IMPORT[layer]
  if (!allowed) return [`${layer} is no layer that the rule knows`]
  return importsOf(code).flatMap(({ specifier, typeOnly, values }) => {
    if (specifier === 'sharp' || specifier.startsWith('sharp/'))
      return layer === 'image' ? [] : ['imports sharp, which only image/ may']
    if (!specifier.startsWith('.')) return []
    const target = layerOf(targetOf(path, specifier))
    const built = BUILT_BY_COMPOSE[layer]?.includes(target) ? values.find((name) => BUILDER.test(name)) : undefined
    if (built !== undefined) return [`builds ${built} of ${target}, which only compose/ may`]
    if (allowed.includes(target) || (typeOnly && MAY_IMPORT_TYPES[layer]?.includes(target))) return []
    return [`${layer} imports ${target} (${specifier})`]
  })
}

const shapeViolations = (path: string, text: string, code: string): string[] => {
  const lines = text.split('\n').length - 1
  return [
    ...(lines > MOST_LINES && !GENERATED.includes(path) ? [`has ${lines} lines, more than ${MOST_LINES}`] : []),
    ...(/^export default\b|\bas default\b/m.test(code) ? ['has a default export'] : []),
    ...(!ENTRIES.includes(path) && /^export\s+(type\s+)?[{*][^;'"]*?\bfrom\b/m.test(code)
      ? ['passes on exports of another file']
      : []),
    ...(path.endsWith('/index.ts') && !ENTRIES.includes(path) ? ['is a barrel by its name'] : []),
    ...(!path.startsWith('config/') && /\bprocess\.env\b|\benv\s*[,}].*from 'node:process'/.test(code)
      ? ['reads process.env']
      : []),
  ]
}

/** The first folder of a path, or the name of a file directly in src/ up to its first `-` or `.`. */
const layerOf = (path: string): string => path.split(path.includes('/') ? '/' : /[-.]/)[0] ?? path

const IMPORT = /\b(?:(import|export)\s+(type\s)?[^'"`;()]*?\bfrom\s*|import\s*\(?\s*)['"]([^'"]+)['"]/g

interface Import {
  specifier: string
  typeOnly: boolean
  /** Imported names that are no types. */
  values: string[]
}

const importsOf = (code: string): Import[] =>
  [...code.matchAll(IMPORT)].map(([whole, , type, specifier = '']) => {
    const list = /\{([^}]*)\}/.exec(whole)?.[1]
    const names = list?.split(',').flatMap((name) => name.trim() || []) ?? []
    const values = type === undefined ? names.filter((name) => !name.startsWith('type ')) : []
    return { specifier, typeOnly: type !== undefined || (list !== undefined && values.length === 0), values }
  })
