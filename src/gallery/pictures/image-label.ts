// The name of an image for screen readers and lists.

import type { Image } from '../project/model.ts'
import { t } from '../texts/texts.ts'

export const labelOf = ({ alt, title, name }: Pick<Image, 'alt' | 'title' | 'name'>): string =>
  alt || title || name || t.picture
