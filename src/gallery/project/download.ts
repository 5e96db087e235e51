// Downloads chosen images as one ZIP file, which the browser makes of their originals.

import { downloadZip } from 'client-zip'
import type { Image } from './model.ts'

export const downloadImages = async (projectId: string, images: readonly Image[]): Promise<void> => {
  const blob = await downloadZip(filesOf(images)).blob()
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = `${projectId}.zip`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** One after the other, so that few are in memory at a time. */
async function* filesOf(images: readonly Image[]) {
  const taken = new Set<string>()
  for (const image of images) {
    const input = await fetch(image.urls.original)
    if (!input.ok) throw new Error(`${nameOf(image)}: ${input.status}`)
    yield { name: freeName(nameOf(image), taken), input, lastModified: new Date(image.taken_at ?? image.created_at) }
  }
}

/** Originals are JPEG, whatever was uploaded. */
const nameOf = ({ name, id }: Image): string => `${(name ?? id).replace(/\.[^.]*$/, '')}.jpg`

const freeName = (name: string, taken: Set<string>): string => {
  let free = name
  for (let n = 2; taken.has(free.toLowerCase()); n++) free = name.replace(/\.jpg$/, ` (${n}).jpg`)
  taken.add(free.toLowerCase())
  return free
}
