// What is answered for a project or an image that isn't there, or that isn't there for who asks.

import { TintypeError } from './errors.ts'

export const unknownProject = (projectId: string): TintypeError =>
  new TintypeError('project_not_found', `There is no project "${projectId}".`)

export const unknownImage = (projectId: string, imageId: string): TintypeError =>
  new TintypeError('image_not_found', `There is no image "${imageId}" in project "${projectId}".`)
