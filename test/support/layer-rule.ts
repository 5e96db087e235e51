// The rule of layers, as a function of source texts: what may import what, and what a file may not hold.

/** Folders (or files directly in src/) that each layer may import values from; types too, unless said otherwise. */
const MAY_IMPORT: Record<string, readonly string[]> = {
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
  server: ['core', 'telemetry', 'stores', 'http', 'options', 'compose', 'config', 'version', 'server'],
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
const MAY_IMPORT_TYPES: Record<string, readonly string[]> = { services: ['image', 'stores'] }

const MOST_LINES = 250

/** One line for each place that breaks the rule. @param files source texts by their path from src/, with `/` */
export const layerViolations = (files: ReadonlyMap<string, string>): string[] =>
  [...files].flatMap(([path, text]) => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    return [...importViolations(path, code), ...shapeViolations(path, text, code)].map((what) => `${path}: ${what}`)
  })

const importViolations = (path: string, code: string): string[] => {
  const layer = layerOf(path)
  const allowed = MAY_IMPORT[layer]
  if (!allowed) return [`${layer} is no layer that the rule knows`]
  return importsOf(code).flatMap(({ specifier, typeOnly }) => {
    if (specifier === 'sharp' || specifier.startsWith('sharp/'))
      return layer === 'image' ? [] : ['imports sharp, which only image/ may']
    if (!specifier.startsWith('.')) return []
    const target = layerOf(new URL(specifier, `file:///${path}`).pathname.slice(1))
    if (allowed.includes(target) || (typeOnly && MAY_IMPORT_TYPES[layer]?.includes(target))) return []
    return [`${layer} imports ${target} (${specifier})`]
  })
}

const shapeViolations = (path: string, text: string, code: string): string[] => {
  const lines = text.split('\n').length - 1
  return [
    ...(lines > MOST_LINES ? [`has ${lines} lines, more than ${MOST_LINES}`] : []),
    ...(/^export default\b|\bas default\b/m.test(code) ? ['has a default export'] : []),
    ...(path !== 'index.ts' && /^export\s+(type\s+)?[{*][^;'"]*?\bfrom\b/m.test(code)
      ? ['passes on exports of another file']
      : []),
    ...(path.endsWith('/index.ts') ? ['is a barrel by its name'] : []),
    ...(!path.startsWith('config/') && /\bprocess\.env\b|\benv\s*[,}].*from 'node:process'/.test(code)
      ? ['reads process.env']
      : []),
  ]
}

/** The first folder of a path, or the name of a file directly in src/ up to its first `-` or `.`. */
const layerOf = (path: string): string => path.split(path.includes('/') ? '/' : /[-.]/)[0] ?? path

const IMPORT = /\b(?:(import|export)\s+(type\s)?[^'"`;()]*?\bfrom\s*|import\s*\(?\s*)['"]([^'"]+)['"]/g

const importsOf = (code: string): { specifier: string; typeOnly: boolean }[] =>
  [...code.matchAll(IMPORT)].map(([whole, , type, specifier = '']) => ({
    specifier,
    typeOnly: type !== undefined || everyNameIsType(whole),
  }))

const everyNameIsType = (statement: string): boolean => {
  const names = /\{([^}]*)\}/.exec(statement)?.[1]
  return names?.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type ')) ?? false
}
