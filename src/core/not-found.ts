// Errors for projects, collections, images and assets that do not exist, or that are hidden from the principal.

import { TintypeError } from './errors.ts'

export const unknownProject = (projectId: string): TintypeError =>
  new TintypeError('project_not_found', `There is no project "${projectId}".`)

export const unknownCollection = (name: string): TintypeError =>
  new TintypeError('collection_not_found', `There is no collection "${name}".`)

export const unknownAsset = (projectId: string, name: string): TintypeError =>
  new TintypeError('asset_not_found', `There is no asset "${name}" in project "${projectId}".`)

export const unknownImage = (projectId: string, imageId: string): TintypeError =>
  new TintypeError('image_not_found', `There is no image "${imageId}" in project "${projectId}".`)
