// Files that were chosen, dropped or pasted; of folders, all files in them.

/** Types of the file dialog. Browsers know HEIC by its extension alone. */
export const ACCEPTED = 'image/*,.heic,.heif,.avif'

/** Files that systems keep in folders are not uploaded: `.DS_Store`, `Thumbs.db`. */
const isHidden = (name: string): boolean => name.startsWith('.') || name === 'Thumbs.db'

export const chosenFiles = (list: FileList | null): File[] => [...(list ?? [])].filter(({ name }) => !isHidden(name))

/** Files of a drop. Entries of folders have to be taken before anything is waited for. */
export const droppedFiles = async (transfer: DataTransfer): Promise<File[]> => {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? [])
  if (entries.length === 0) return chosenFiles(transfer.files)
  const found: File[] = []
  for (const entry of entries) found.push(...(await filesBelow(entry)))
  return found
}

const filesBelow = async (entry: FileSystemEntry): Promise<File[]> => {
  if (isHidden(entry.name)) return []
  if (isFile(entry)) return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))]
  if (!isFolder(entry)) return []
  const reader = entry.createReader()
  const found: File[] = []
  // A reader gives a hundred entries at a time.
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (entries.length === 0) return found
    for (const each of entries) found.push(...(await filesBelow(each)))
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
