// Text of an owner file, sealed by the name of its folder and a checksum: a wrong process in it would let a living owner
// be swept, or keep a dead one for ever.

import { createHash } from 'node:crypto'
import { basename, dirname } from 'node:path'

/** @param ownerFile path of the file */
export const sealOwner = (ownerFile: string, owner: object): string => {
  const text = JSON.stringify({ ...owner, folder: folderOf(ownerFile) })
  return `${text.slice(0, -1)},"checksum":"${checksumOf(text)}"}`
}

/** Fault in the text of an owner file, as the end of a sentence; undefined where it is sound. */
export const ownerFault = (ownerFile: string, text: string): string | undefined => {
  if (text === '') return 'is empty'
  const [, body = '', checksum = ''] = /^(.*),"checksum":"([0-9a-f]{64})"\}$/.exec(text) ?? []
  if (checksum !== checksumOf(`${body}}`)) return 'is not what was written'
  return body.endsWith(`"folder":${JSON.stringify(folderOf(ownerFile))}`) ? undefined : 'belongs to another folder'
}

const folderOf = (ownerFile: string): string => basename(dirname(ownerFile))

const checksumOf = (text: string): string => createHash('sha256').update(text).digest('hex')
