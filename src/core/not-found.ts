// Errors for projects, collections, images, assets and objects that do not exist, or that are hidden from the principal.

import { TintypeError } from './errors.ts'
import { clip } from './text.ts'

export const unknownProject = (projectId: string): TintypeError =>
  new TintypeError('project_not_found', `There is no project "${projectId}".`)

export const unknownCollection = (name: string): TintypeError =>
  new TintypeError('collection_not_found', `There is no collection "${name}".`)

export const unknownAsset = (projectId: string, name: string): TintypeError =>
  new TintypeError('asset_not_found', `There is no asset "${name}" in project "${projectId}".`)

export const unknownImage = (projectId: string, imageId: string): TintypeError =>
  new TintypeError('image_not_found', `There is no image "${imageId}" in project "${projectId}".`)

export const unknownObject = (projectId: string, key: string): TintypeError =>
  new TintypeError('object_not_found', `There is no object "${clip(key)}" in the source of project "${projectId}".`)
