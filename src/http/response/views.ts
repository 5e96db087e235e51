// Views of projects and images in responses, with the URLs of their files.

import { createHash } from 'node:crypto'
import type { Principal } from '../../core/auth/access.ts'
import { SIZES, type Size } from '../../core/names.ts'
import { roundedPoint } from '../../core/project/focal-points.ts'
import type { ImageRecord, Variant } from '../../core/project/model.ts'
import type { ReadableState } from '../../core/project/state.ts'
import { decidingPoint, presetVersion, VERSION } from '../../core/transform/focal-version.ts'
import { EXTENSIONS, PICTURE_EXTENSIONS } from '../../core/transform/formats.ts'
import { layoutOf, resultOf } from '../../core/transform/geometry.ts'
import type { Presets } from '../../core/transform/presets.ts'
import { type Transform, transformParameters } from '../../core/transform/transform.ts'
import type { UploadedImage } from '../../services/images/upload-answers.ts'
import type { ProjectWithCover } from '../../services/projects/projects.ts'
import type { AssetView } from '../schemas/images/assets.ts'
import {
  type CoverView,
  coverSchema,
  type EditedImageView,
  type ImageView,
  imageSchema,
  type PrimaryView,
  type UploadView,
} from '../schemas/images/images.ts'
import { type ProjectView, projectSchema } from '../schemas/projects.ts'
import { accessView } from './auth/access-view.ts'

export interface Views {
  /** @param ignored names of text fields without a meaning */
  upload(uploaded: UploadedImage, ignored?: readonly string[]): UploadView
  image(project: ReadableState, image: ImageRecord): ImageView
  editedImage(project: ReadableState, image: ImageRecord): EditedImageView
  /** @param by principal; members are shown only to principals that may manage the project */
  project(project: ProjectWithCover, by: Principal): ProjectView
  /** Entity tag of the view of a project, which differs by the permission and the share link of the caller. */
  projectEtag(project: Pick<ProjectView, 'revision' | 'permission' | 'link'>): string
  primary(project: ReadableState): PrimaryView
  /** Entity tag of a list of images, from its revision, the fields of the views and the URLs in them. */
  listEtag(project: { revision: number }): string
  /** Undefined for an image that is no asset. */
  asset(project: ReadableState, image: ImageRecord): AssetView | undefined
  imageUrl(projectId: string, imageId: string, size?: Size): string
  /** URL of an asset as JPEG. */
  assetUrl(projectId: string, name: string): string
  projectUrl(projectId: string): string
  /** URL of the project's page in the gallery. @param imageId image that it opens */
  pageUrl(projectId: string, imageId?: string): string
  projectsUrl(): string
  /** Prefix of every URL. */
  basePath: string
}

/**
 * @param basePath prefix of every URL
 * @param presets shown with every image
 */
export const createViews = (basePath: string, presets: Presets): Views => {
  const edition = editionOf(presets)
  const projectsUrl = () => `${basePath}/projects`
  const projectUrl = (projectId: string) => `${projectsUrl()}/${projectId}`
  const imageUrl = (projectId: string, imageId: string, size?: Size) => {
    const url = `${projectUrl(projectId)}/images/${imageId}`
    return size === undefined ? url : `${url}?size=${size}`
  }

  /** What pages and games show of an image, wherever it is named. */
  const pictureView = (own: string, image: ImageRecord, made: ReturnType<typeof presetResults>) => {
    const urls = ofEachSize((size) => `${own}?size=${size}`)
    const { thumb, medium } = image.sizes
    return {
      sizes: { ...ofEachSize((size) => dimensions(image.sizes[size])), ...sourceOf(image) },
      urls,
      files: ofEachSize((size) => filesOf(`${own}/${size}`)),
      srcset: srcsetOf(image, [candidate(urls.thumb, thumb), candidate(urls.medium, medium), ...Object.values(made)]),
    }
  }

  const coverView = (own: string, image: ImageRecord): CoverView => ({
    id: image.id,
    alt: image.alt ?? null,
    placeholder: image.placeholder ?? null,
    color: image.color ?? null,
    ...pictureView(own, image, presetResults(image, own, presets)),
  })

  const assetBase = (projectId: string, name: string) => `${projectUrl(projectId)}/assets/${name}`

  const imageView = (project: ReadableState, image: ImageRecord): ImageView => {
    const own = imageUrl(project.project_id, image.id)
    const made = presetResults(image, own, presets)
    return {
      id: image.id,
      created_at: image.created_at,
      is_primary: image.id === project.primary_image_id,
      width: image.width,
      height: image.height,
      placeholder: image.placeholder ?? null,
      color: image.color ?? null,
      name: image.name ?? null,
      title: image.title ?? null,
      alt: image.alt ?? null,
      tags: image.tags ?? [],
      focal_point: image.focal_point ?? null,
      taken_at: image.taken_at ?? null,
      asset: image.asset ?? null,
      transparent: image.transparent === true,
      ...pictureView(own, image, made),
      presets: made,
    }
  }

  return {
    upload({ project, image, isNew }, ignored = []) {
      const { id, ...view } = imageView(project, image)
      return {
        image_id: id,
        project_id: project.project_id,
        ...view,
        revision: project.revision,
        ...(isNew ? {} : ({ deduplicated: true } as const)),
        ...(ignored.length > 0 ? { ignored_fields: [...ignored] } : {}),
      }
    },

    image: imageView,

    asset(project, image) {
      const { asset: name } = image
      if (name === undefined) return undefined
      return { name, files: filesOf(assetBase(project.project_id, name)), image: imageView(project, image) }
    },

    editedImage: (project, image) =>
      Object.assign({ project_id: project.project_id, revision: project.revision }, imageView(project, image)),

    listEtag: ({ revision }) => `"${revision}-${edition}"`,

    projectEtag: ({ revision, permission, link }) =>
      `"${revision}-${permission === 'read' ? '' : `${permission}-`}${link ? `${link.id}-` : ''}${edition}"`,

    // The URL names the image id, so that browsers cache unchanged covers.
    project: ({ project, cover }, by) => ({
      project_id: project.project_id,
      title: project.title,
      tags: project.tags ?? [],
      cover_url:
        project.primary_image_id === null ? null : imageUrl(project.project_id, project.primary_image_id, 'thumb'),
      cover: cover && coverView(imageUrl(project.project_id, cover.id), cover),
      image_count: project.image_count,
      primary_image_id: project.primary_image_id,
      revision: project.revision,
      created_at: project.created_at,
      updated_at: project.updated_at,
      ...accessView(project, by),
    }),

    primary: ({ project_id, primary_image_id, revision }) => ({ project_id, primary_image_id, revision }),

    imageUrl,
    assetUrl: (projectId, name) => `${assetBase(projectId, name)}.jpg`,
    projectUrl,
    pageUrl: (projectId, imageId) => `${basePath}/g/${projectId}${imageId === undefined ? '' : `?image=${imageId}`}`,
    projectsUrl,
    basePath,
  }
}

const editionOf = (presets: Presets): string => {
  const named = [...presets].map(
    ([name, transform]) => `${name}:${new URLSearchParams(transformParameters(transform))}`,
  )
  // The fields too: after an update, clients fetch lists again that they have from the older version.
  const fields = [imageSchema, coverSchema, projectSchema].map(({ shape }) => Object.keys(shape))
  const text = [...fields, PICTURE_EXTENSIONS, ...named]
  return createHash('sha256').update(text.join('\n')).digest('base64url').slice(0, 8)
}

const dimensions = ({ width, height, bytes }: Variant) => ({ width, height, bytes })

const sourceOf = ({ sizes: { source } }: ImageRecord) => (source ? { source: dimensions(source) } : {})

const ofEachSize = <T>(value: (size: Size) => T): Record<Size, T> => {
  const [original, medium, thumb, game] = SIZES
  return { original: value(original), medium: value(medium), thumb: value(thumb), game: value(game) }
}

/** URLs of a picture in every format, by extension. @param base URL without the extension */
const filesOf = (base: string): Record<string, string> => {
  const files: Record<string, string> = {}
  for (const extension of PICTURE_EXTENSIONS) files[extension] = `${base}.${extension}`
  return files
}

interface Candidate {
  url: string
  /** In pixels. */
  width: number
  height: number
}

interface PresetResult extends Candidate {
  /** URL with an extension. */
  file: string
}

const candidate = (url: string, { width, height }: Variant): Candidate => ({ url, width, height })

/** URLs and dimensions of all presets for one image, by preset name. */
export const presetResults = (
  { width, height, focal_point }: ImageRecord,
  imageUrl: string,
  presets: Presets,
): Record<string, PresetResult> => {
  const results: Record<string, PresetResult> = {}
  for (const [name, transform] of presets) {
    const point = decidingPoint(transform, focal_point ? roundedPoint(focal_point) : null)
    const query = `preset=${name}${point ? `&${VERSION}=${presetVersion(transform, point)}` : ''}`
    const file = `${imageUrl}/render.${extensionOf(transform)}?${query}`
    results[name] = { url: `${imageUrl}/render?${query}`, file, ...resultOf(layoutOf({ width, height }, transform)) }
  }
  return results
}

/** With `auto`, of a format that every browser reads. */
const extensionOf = ({ format }: Transform): string => EXTENSIONS[format === 'auto' ? 'webp' : format]

/**
 * The `srcset` of an image, narrowest first. Browsers choose among the files by width alone, so it omits files of
 * another aspect ratio (cropped or with margins), enlarged ones, and further ones of equal width.
 */
export const srcsetOf = (image: ImageRecord, candidates: readonly Candidate[]): string => {
  const byWidth = new Map<number, Candidate>()
  for (const candidate of candidates)
    if (candidate.width <= image.width && isWhole(candidate, image) && !byWidth.has(candidate.width))
      byWidth.set(candidate.width, candidate)
  return [...byWidth.values()]
    .sort((one, other) => one.width - other.width)
    .map(({ url, width }) => `${url} ${width}w`)
    .join(', ')
}

/** True for the aspect ratio of the picture, within one pixel of rounding. */
const isWhole = ({ width, height }: Candidate, picture: { width: number; height: number }): boolean =>
  Math.abs(height - (width * picture.height) / picture.width) < 1 ||
  Math.abs(width - (height * picture.width) / picture.height) < 1
